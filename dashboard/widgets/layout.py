"""The parts of a page's layout: heading, a row of figures, a titled chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.types import Dataset
from dashboard import naming, state
from dashboard.charts.palette import enlarged, theme
from dashboard.current import Here
from dashboard.widgets.export import file_name

CONFIG: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False}


def heading(title: str, here: Here, source: str) -> DeltaGenerator:
    """The page's title, what it is about, and who gave the labels; returns the place for its buttons."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        st.title(title, width="content")
        buttons = st.container(horizontal=True, horizontal_alignment="right", width="content", gap="small")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(naming.in_badge(naming.language_task(here.dataset)), color="blue")
        made_here(here.dataset)
        st.text(f"{here.dataset.name} · {source}")
    return buttons


def made_here(dataset: Dataset) -> None:
    """Says of sentences that come with the project what they are; nothing of others."""
    if not dataset.illustrative:
        return
    synthetic = naming.is_synthetic(dataset)
    told = (
        "Made up by a program: nothing in it is a fact about a real language."
        if synthetic
        else "Written for this project with the help of a machine, not checked by native speakers."
    )
    said = "synthetic" if synthetic else "illustrative sample"
    st.badge(said, color="orange", icon=":material/science:", help=told)


def metrics(values: Mapping[str, str | None], *, note: str = "") -> None:
    """Figures side by side; those that do not apply are left out."""
    shown = {name: value for name, value in values.items() if value is not None}
    with st.grid(max(1, len(shown)), min_column_width=92, gap="small"):
        for name, value in shown.items():
            st.metric(name, value)
    if note:
        st.caption(note)


def verbatim(text: str, *, height: int) -> None:
    """A text as it stands, in a box of its own that scrolls; the keyboard gets there by its copy button."""
    with st.container(height=height, border=False):
        st.code(text or "(nothing)", language=None, wrap_lines=True)


def png(title: str) -> dict[str, Any]:
    """Settings of a chart that can be saved as a PNG, made in the browser: one button, named after its title.

    The image is what is on the screen, twice as fine.
    """
    name = file_name(state.view().dataset, title.lower(), ending="png").removesuffix(".png")
    return {
        "displayModeBar": True,
        "modeBarButtons": [["toImage"]],
        "displaylogo": False,
        "scrollZoom": False,
        "toImageButtonOptions": {"format": "png", "filename": name, "scale": 2},
    }


def on_paper(figure: go.Figure, *, dark: bool) -> go.Figure:
    """The same figure on the page's own colour, so that an image of it can be read anywhere."""
    colors = theme(dark)
    bar = {"bgcolor": "rgba(0,0,0,0)", "color": colors.muted, "activecolor": colors.accent}
    return figure.update_layout(paper_bgcolor=colors.surface, modebar=bar)


def chart(
    title: str, figure: go.Figure, *, key: str, note: str = "", caption: str = "", **selection: Any
) -> None:
    """A chart under its title, to be saved as an image; below it what it was made from (`captions`)."""
    with st.container(key=f"chart-{key}"):  # frame.css puts the button beside the title
        st.markdown(f"#### {title}")
        if note:
            st.caption(note)
        shown = on_paper(enlarged(figure) if state.view().present else figure, dark=state.dark())
        options: dict[str, Any] = {"selection_mode": "points", **selection} if selection else {}
        st.plotly_chart(shown, theme=None, config=png(title), key=key, alt=title, **options)
        if caption:
            st.caption(naming.plain(caption))
