"""How often the exemplars of a sentence carry its own label: per language, retriever beside retriever."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.catalog.method_table import Method
from core.retrieval.shares import Shares
from dashboard import methods as asked
from dashboard import state
from dashboard.charts.method_shares import shares
from dashboard.widgets.export import Tables
from dashboard.widgets.layout import chart

BY = {"language": "language", "script": "script", "family": "family"}


def panel(method: Method) -> Tables:
    """Share of exemplars with the sentence's own gold label, over all data sets this method was run on."""
    found = asked.same_label(method.recipe)
    if not found:
        st.caption("No run of it has chosen source exemplars for sentences with gold labels yet.")
        return {}
    by = st.segmented_control("By", list(BY), default="language", required=True, key="shares-by")
    rows = table(found)
    note = (
        "Of the exemplars a sentence is shown, how many carry its own gold label; the target’s gold labels "
        "are used here alone, to measure. The line is what exemplars drawn at random would give. Means over "
        "runs and data sets."
    )
    figure = shares(rows, by=by or "language", dark=state.dark())
    chart("Exemplars of the right label", figure, key="same-label", note=note)
    with st.expander("Run by run", icon=":material/table_rows:"):
        st.dataframe(
            rows, hide_index=True, key="same-label-rows", alt="Exemplars of the right label, run by run"
        )
    return {"Same-label share": rows}


def table(found: list[Shares]) -> pd.DataFrame:
    """A row per run."""
    return pd.DataFrame(
        [
            {
                "language": row.language,
                "script": row.script,
                "family": row.family or "not noted",
                "retriever": _called(row),
                "data set": row.dataset,
                "k": row.k,
                "items": row.n,
                "share": row.share,
                "low": row.low,
                "high": row.high,
                "by chance": row.expected,
                "run": row.run,
            }
            for row in found
        ]
    )


def _called(row: Shares) -> str:
    """`xampler mined, all-MiniLM-L6-v2`: what found the exemplars, and the last part of its model's name."""
    return ", ".join(part for part in (row.retriever, row.base.rstrip("/").rpartition("/")[2]) if part)
