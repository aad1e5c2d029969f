"""Scores, always with the gold, the label set and the number of items they were computed on."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.intervals import Interval
from core.types import Score
from dashboard import measures, naming, state
from dashboard.current import Here

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


def score_table(here: Here, scores: Sequence[Score]) -> pd.DataFrame:
    """Show the scores of a run; returns the table for export."""
    shown = table(scores)
    if state.view().present:  # the type of st.dataframe does not grow with the page's
        st.table(_written(shown))
    else:
        _grid(shown)
    first = scores[0]
    _gains(here)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.caption(f"Percent, {measured(here, first)}.", width="content")
        with st.popover("Label set", type="tertiary"):
            st.text(" ".join(first.label_set))
            if here.unit == "tokens":
                st.caption(PAPER_FIGURE)
    return shown


def _gains(here: Here) -> None:
    """How sure the difference of the leading scores is, both stages drawn together."""
    if not here.both or not here.gold:
        return
    metric = naming.MAIN_METRIC[here.dataset.task]
    found = measures.gains(here.run["id"], "stage1", "stage2", here.gold, here.dataset.task).get(metric)
    if found:
        st.caption(
            f"{naming.METRICS[metric]}, Stage II minus Stage I: {100 * found.value:+.1f} "
            f"(95 % interval {100 * found.low:+.1f} to {100 * found.high:+.1f}, paired over sentences): "
            f"{_verdict(found)}."
        )


def _verdict(gain: Interval) -> str:
    if gain.low > 0:
        return "better"
    return "worse" if gain.high < 0 else "it could be luck"


def _grid(shown: pd.DataFrame) -> None:
    columns = {
        name: st.column_config.NumberColumn(format="%.2f") for name in shown.columns if name != "metric"
    }
    columns["difference"] = st.column_config.NumberColumn("II − I", format="%+.2f")
    st.dataframe(
        shown, hide_index=True, column_config=columns, key="scores", alt="Scores per metric and stage"
    )


def _written(shown: pd.DataFrame) -> pd.DataFrame:
    """The same with its figures as text, the metric as row name."""
    written = shown.set_index("metric").map(lambda value: f"{value:.2f}" if pd.notna(value) else "")
    if "difference" in shown:
        written["difference"] = [f"{value:+.2f}" for value in shown["difference"]]
    return written.rename(columns={"difference": "II − I"})


def measured(here: Here, score: Score | None) -> str:
    """What the figures of a page were computed against: gold, number of items, label set."""
    if score is None:
        return f"against {here.gold_name}"
    return naming.against(here.gold_name, score.n_instances, len(score.label_set), here.dataset.task)


def change(before: Score | None, after: Score | None) -> str:
    """`78.5 → 83.2`, or the one there is, in percent."""
    figures = [f"{100 * score.value:.1f}" for score in (before, after) if score is not None]
    return " → ".join(figures) if figures else "no score"
