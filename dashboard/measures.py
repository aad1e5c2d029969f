"""How far the figures of a stage can be trusted, worked out once for the data as they are."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core import score_intervals
from core.advice.preflight import Preflight, of_run
from core.guessing import Floor, floor
from core.intervals import Interval
from core.store import views
from core.types import Dataset, TaskName
from dashboard import naming, queries, resources

Intervals = Mapping[str, Interval]
PERCENTILE = 0.8
"""SSP, arXiv 2406.18880, section 3.2."""


@st.cache_data(show_spinner="Working out intervals …", max_entries=64)
def _intervals(run: str, stage: str, gold: str, task: TaskName, version: tuple[str, int]) -> Intervals:
    pairs = views.paired_labels(resources.store(), run, stage, gold)
    return score_intervals.intervals(score_intervals.tallies(task, *pairs))


def intervals(run: str, stage: str, gold: str, task: TaskName) -> Intervals:
    """Per metric the score of a stage with its 95 % interval; {} where nothing is scored."""
    return _intervals(run, stage, gold, task, resources.version())


def floors(dataset: Dataset, confusion: pd.DataFrame, metrics: Mapping[str, object]) -> dict[str, Floor]:
    """What guessing would score by each metric, from the gold labels scored against."""
    gold = {str(label): int(n) for label, n in confusion.groupby("gold")["count"].sum().items()}
    spans = {"macro_f1"} if dataset.task == "ner" else set()
    found = {name: floor(name, gold, len(dataset.labels)) for name in metrics if name not in spans}
    return {name: item for name, item in found.items() if item}


@st.cache_data(show_spinner="Estimating the noise …", max_entries=64)
def _preflight(run: str, version: tuple[str, int]) -> Preflight:
    return of_run(resources.store(), run)


def preflight(run: str) -> Preflight:
    """What can be said of Stage-I labels before anything is built on them, without gold."""
    return _preflight(run, resources.version())


def percentile(run: queries.RunRow) -> float:
    """Which of a label's sorted confidences is its threshold: the run's own, else SSP's."""
    return float(naming.resolved(run).get("selector", {}).get("percentile", PERCENTILE))


def thresholds(run: queries.RunRow, stage: str) -> dict[str, float]:
    """The confidence that counts as high, for each label somebody was given."""
    rows = queries.label_thresholds(run["id"], stage, percentile(run))
    return dict(zip(map(str, rows.label), map(float, rows.threshold), strict=True))
