"""What a method's paper published, and why none of it can be held against the figures here."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.catalog.method_table import Method
from core.catalog.paper_table import PaperFigure, paper_figures, paper_gains
from core.types import Dataset
from dashboard import naming
from dashboard.method_ways import Way
from dashboard.widgets.export import Tables

TITLE = "Published figures"
SYNTHETIC = "demo-world/"


def panel(method: Method) -> Tables:
    """The published figures of a method with their sources."""
    st.caption(naming.plain(f"Model: {method.paper_model}. Data: {method.paper_data}."))
    rows = table(method)
    if rows.empty:
        st.caption(
            "No figure of this paper is kept here: what is known of it is in words. It reports better "
            "results than NPPrompt in nearly all cases, and that large English-centric models win on "
            "high-resource languages and lose on low-resource ones."
        )
        return {}
    st.dataframe(rows, hide_index=True, key=f"published-{method.key}", alt=TITLE)
    return {TITLE: rows}


def table(method: Method) -> pd.DataFrame:
    """what, on, figure, source: as the paper says it."""
    rows = [
        {
            "what": f"{figure.method}: {naming.METRICS.get(figure.metric, 'score')}",
            "on": _on(figure),
            "figure": f"{100 * figure.value:.2f}",
            "source": figure.source,
        }
        for figure in paper_figures()
        if figure.paper == method.title
    ]
    rows += [
        {
            "what": f"gain over {gain.over}",
            "on": gain.on,
            "figure": f"{gain.value:+g} {gain.unit}",
            "source": gain.source,
        }
        for gain in paper_gains()
        if gain.paper == method.paper
    ]
    return pd.DataFrame(rows)


def _on(figure: PaperFigure) -> str:
    if not figure.language:
        return figure.dataset
    return f"{naming.language_name(figure.language)}, {naming.STAGES[figure.stage]}, {figure.n} items"


def apart(method: Method, dataset: Dataset, shown: Sequence[Way]) -> pd.DataFrame:
    """What the paper measured with, and what stands here: one row each."""
    first = shown[0].runs[0]
    here = {
        "": "here",
        "model": ", ".join(dict.fromkeys(model(way) for way in shown if way.own)) or "none: no run of it yet",
        "data": f"{naming.language_of(dataset)}: {dataset.name}, {first.n:,} items, {first.labels} labels"
        + (" (synthetic)" if naming.is_synthetic(dataset) else ""),
        "learned from": ", ".join(dict.fromkeys(source for way in shown for source in sources(way)))
        or "nothing",
    }
    paper = {
        "": "the paper",
        "model": method.paper_model,
        "data": method.paper_data,
        "learned from": "see its data",
    }
    return pd.DataFrame([paper, here]).set_index("")


def model(way: Way) -> str:
    """The pretrained model a way rests on, by its own name; those made here say so."""
    settings = way.settings
    named = [
        str(settings.get(key) or "")
        for key in ("stage1.model", "embedder.base", "embedder.model", "llm.model")
    ]
    found = [name for name in named if name]
    if not found:
        return "no pretrained model"
    synthetic = any(name.startswith(SYNTHETIC) for name in found)
    return ", ".join(found) + (" (tiny, trained on synthetic text)" if synthetic else "")


def sources(way: Way) -> tuple[str, ...]:
    """The data sets a way learned from."""
    found = way.settings.get("sources", ())
    return tuple(found) if isinstance(found, tuple | list) else ()


def told(method: Method, dataset: Dataset) -> str:
    """The difference, in one sentence."""
    same = any(figure.dataset == dataset.id for figure in paper_figures() if figure.paper == method.title)
    if same:
        return "The paper has figures of this very data set: Languages sets them beside the runs they fit."
    synthetic = naming.is_synthetic(dataset)
    why = "synthetic text and a tiny model" if synthetic else "another model and other data"
    return (
        f"These are not the paper’s conditions: {why}. Whether a gain shows here says whether the method "
        "works as built, not how large its gain is where the paper measured it."
    )
