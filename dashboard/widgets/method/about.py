"""What a method does: a drawing and its words, what is our reading, what its paper found."""

from __future__ import annotations

import streamlit as st

from core.catalog.method_table import Method
from core.catalog.paper_table import citations
from core.types import Dataset
from dashboard import naming, state
from dashboard.charts.method_drawing import KINDS, drawing
from dashboard.charts.palette import enlarged
from dashboard.widgets.export import Tables
from dashboard.widgets.layout import on_paper, png
from dashboard.widgets.method import papers

LOOKS = {
    "given": "thin frame",
    "trained": "blue, bold",
    "frozen": "grey",
    "loss": "dashed",
    "result": "green frame",
}


def panel(method: Method) -> Tables:
    """The method in a paragraph, a drawing and steps; then what its paper measured, for an export too."""
    st.markdown(f"**{method.name}.** {method.says}")
    st.caption(naming.plain(citations()[method.paper]))
    _drawn(method)
    left, right = st.columns([1.25, 1], gap="large")
    with left:
        st.markdown("#### Step by step")
        st.markdown("\n".join(f"{number}. {step}" for number, step in enumerate(method.steps, 1)))
    with right:
        st.markdown("#### Our reading")
        st.caption("Where the paper leaves a choice open, or needs what is not here.")
        st.markdown("\n".join(f"- {reading}" for reading in method.readings))
    st.markdown("#### What the paper found")
    return papers.panel(method)


def caption(method: Method, dataset: Dataset | None) -> str:
    """What the tables of the page are about, for those who take them away."""
    where = f" on {dataset.name} ({dataset.id})" if dataset else ""
    return f"{method.title}{where}. {citations()[method.paper]}"


def _drawn(method: Method) -> None:
    figure = drawing(method.boxes, method.arrows, dark=state.dark())
    shown = on_paper(enlarged(figure) if state.view().present else figure, dark=state.dark())
    with st.container(key="chart-drawing"):
        st.markdown("#### How it works")
        st.caption(" · ".join(f"{LOOKS[kind]}: {said}" for kind, said in KINDS.items()))
        st.plotly_chart(
            shown, theme=None, config=png(method.title), key=f"drawn-{method.key}", alt=method.told
        )
