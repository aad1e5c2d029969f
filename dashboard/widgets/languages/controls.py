"""What the matrix shows: task, metric, what rows stand for, what columns are grouped by."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.across import Entry
from core.types import Dataset, TaskName
from dashboard import naming, state
from dashboard.widgets.languages import board


def tasks(found: Sequence[Dataset]) -> list[TaskName]:
    """The tasks there are data sets of, in the usual order."""
    present = {item.task for item in found}
    order: tuple[TaskName, ...] = ("pos", "ner", "nli", "topic")
    return [task for task in order if task in present]


def task(known: Sequence[TaskName], found: Sequence[Dataset]) -> TaskName:
    """The task that is looked at: chosen, or that of the data set of the view where it has scores."""
    own = next((item.task for item in found if item.id == state.view().dataset), known[0])
    scored = [item for item in sorted(known, key=lambda item: item != own) if board.entries(item)]
    usual = scored[0] if scored else own
    chosen = st.segmented_control(
        "Task", known, format_func=naming.TASKS.__getitem__, required=True, **state.bound("task", empty=usual)
    )
    return next((item for item in known if item == chosen), usual)


def choices(task: TaskName, found: Sequence[Entry]) -> tuple[str, str, str]:
    """Metric, what a row stands for, and what columns are grouped by."""
    known = metrics(found)
    usual = usual_metric(task, found)
    left, middle, right = st.columns(3, gap="medium")
    with left:
        metric = st.selectbox(
            "Score",
            known,
            format_func=lambda name: naming.METRICS[name],
            **state.bound("metric", empty=usual),
        )
    with middle:
        per = st.selectbox(
            "A row per", list(board.PER), format_func=board.PER.__getitem__, **state.bound("per")
        )
    with right:
        by = st.segmented_control(
            "Columns by", list(board.BY), format_func=board.BY.__getitem__, required=True, **state.bound("by")
        )
    return metric if metric in known else usual, per or "", by or ""


def metrics(found: Sequence[Entry]) -> list[str]:
    """The scores that some last stage has, in the usual order."""
    present = {name for entry in found for name in entry.scores[entry.last]}
    return [name for name in naming.METRICS if name in present]


def usual_metric(task: TaskName, found: Sequence[Entry]) -> str:
    """What is shown first: the score papers published of these data, else the task's main one."""
    known = metrics(found)
    published = [figure.metric for entry in found for figure in entry.published]
    wanted = [*published[:1], naming.MAIN_METRIC[task], *known]
    return next(name for name in wanted if name in known)
