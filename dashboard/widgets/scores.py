"""Scores, always with the gold, the label set and the number of items they were computed on."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.types import Score
from dashboard import naming

ORDER = list(naming.METRICS)
PAPER_FIGURE = (
    "Paper-compatible F1 is the figure the SSP paper reports: span F1 over runs of equal tags, also for "
    "parts of speech. Token accuracy is the plain share of right tokens."
)


def table(scores: Sequence[Score]) -> pd.DataFrame:
    """One row per metric: Stage I, Stage II and the difference, as percentages."""
    values = {(score.metric, score.stage): 100 * score.value for score in scores}
    names = sorted(
        {metric for metric, _ in values}, key=lambda name: ORDER.index(name) if name in ORDER else 99
    )
    rows = [
        {
            "metric": naming.METRICS.get(name, name),
            "Stage I": values.get((name, "stage1")),
            "Consensus": values.get((name, "consensus")),
            "Stage II": values.get((name, "stage2")),
        }
        for name in names
    ]
    shown = pd.DataFrame(rows, columns=["metric", "Stage I", "Consensus", "Stage II"])
    shown["difference"] = pd.to_numeric(shown["Stage II"]) - pd.to_numeric(shown["Stage I"])
    return shown.dropna(axis="columns", how="all")


def score_table(scores: Sequence[Score], *, gold_name: str, task: str) -> pd.DataFrame:
    """Show the scores of a run; returns the table for export."""
    shown = table(scores)
    columns = {
        name: st.column_config.NumberColumn(format="%.2f") for name in shown.columns if name != "metric"
    }
    columns["difference"] = st.column_config.NumberColumn("II − I", format="%+.2f")
    st.dataframe(
        shown, hide_index=True, column_config=columns, key="scores", alt="Scores per metric and stage"
    )
    first = scores[0]
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.caption(
            f"Percent, {naming.against(gold_name, first.n_instances, len(first.label_set), task)}.",
            width="content",
        )
        with st.popover("Label set", type="tertiary"):
            st.text(" ".join(first.label_set))
            if task in {"pos", "ner"}:
                st.caption(PAPER_FIGURE)
    return shown


def change(before: Score | None, after: Score | None) -> str:
    """`78.5 → 83.2`, or the one there is, in percent."""
    figures = [f"{100 * score.value:.1f}" for score in (before, after) if score is not None]
    return " → ".join(figures) if figures else "no score"
