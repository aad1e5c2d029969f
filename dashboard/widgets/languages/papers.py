"""What papers published of a task, whether or not it can be held against anything here, and why not."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.across import Entry
from core.catalog import language
from core.published import PaperFigure, figures
from core.types import TaskName
from dashboard import naming

FIGURES = st.column_config.NumberColumn(format="%.2f")


def table(task: TaskName, found: Sequence[Entry]) -> pd.DataFrame:
    """A row per published figure, in percent; `beside ours` says where it stands or what keeps it apart."""
    here = {figure for entry in found for figure in entry.published}
    datasets = {entry.dataset.id for entry in found}
    rows = [
        {
            "paper": figure.paper,
            "method": figure.method,
            "language": language(figure.language).name if figure.language else "mean",
            "metric": naming.METRICS.get(figure.metric, "not stated"),
            "stage": naming.STAGES[figure.stage],
            "published": 100 * figure.value,
            "items": figure.n or None,
            "data set": figure.dataset,
            "beside ours": why(figure, compared=figure in here, present=figure.dataset in datasets),
            "source": figure.source,
            "citation": figure.citation,
        }
        for figure in figures(task)
    ]
    return pd.DataFrame(rows)


def why(figure: PaperFigure, *, compared: bool, present: bool) -> str:
    """Why a figure stands beside ours, or does not."""
    if compared:
        return "yes: same data, split, labels and metric"
    if not figure.language:
        return "no: a mean over many languages"
    if not figure.metric:
        return "no: its metric is not stated"
    return "no: other items or labels here" if present else "no: the data are not in this workspace"


def listed(shown: pd.DataFrame) -> None:
    """The table, with its sources."""
    if shown.empty:
        st.caption("No published figures of this task are known here.")
        return
    st.dataframe(
        shown, hide_index=True, column_config={"published": FIGURES}, key="papers", alt="Published figures"
    )
