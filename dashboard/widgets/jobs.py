"""Jobs on their way: progress, cancel, and why one failed."""

from __future__ import annotations

import streamlit as st

from core.jobs import JobStatus
from dashboard import actions, queries, state
from dashboard.naming import RECIPES, language_task, plain

SECONDS = 1.0


def running_jobs() -> None:
    """A panel that follows running jobs; nothing is asked again while there are none."""
    active = actions.active_jobs()
    if active:
        st.fragment(_panel, run_every=SECONDS)(frozenset(job.id for job in active))


def _panel(known: frozenset[str]) -> None:
    active = actions.active_jobs()
    now = frozenset(job.id for job in active)
    if now != known:
        _announce(known - now)
        st.rerun(scope="app")
    with st.container(border=True, key="jobs"):
        for job in active:
            _job(job)


def _announce(gone: frozenset[str]) -> None:
    ended = {"done": "is finished", "failed": "failed", "cancelled": "was cancelled"}
    for job in actions.all_jobs():
        if job.id in gone:
            st.toast(f"{_name(job)}: the run {ended.get(job.state, 'ended')}")


def _job(job: JobStatus) -> None:
    share = min(1.0, job.done / job.total) if job.total else 0.0
    said = "bringing in the results" if job.state == "ingesting" else job.stage or "starting"
    counted = f" · {job.done:,} of {job.total:,}" if job.total > 1 else ""
    recipe = RECIPES.get(job.recipe, job.recipe)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        with st.container(gap=None):
            st.markdown(f":material/progress_activity: **{_name(job)}** · {recipe}")
            st.progress(share, text=f"{said}{counted}")
        if not state.view().present:
            st.button(
                "Cancel",
                key=f"cancel-{job.id}",
                icon=":material/stop_circle:",
                on_click=actions.cancel,
                args=(job.id,),
            )


def _name(job: JobStatus) -> str:
    found = [item for item in queries.datasets() if item.id == job.dataset]
    return plain(language_task(found[0]) if found else job.dataset)


def last_problem(dataset: str) -> None:
    """Why the newest job of a data set failed, if it did and nothing was computed since."""
    job = actions.last_job(dataset)
    if job and job.state == "failed" and job.started > queries.last_computed(dataset):
        with st.container(gap=None):
            st.badge("last run failed", color="red", icon=":material/error:")
            st.text(job.message)
