"""Jobs on their way and those that have ended: progress, stop, resume, and why one failed."""

from __future__ import annotations

import time

import pandas as pd
import streamlit as st

from core.jobs import ACTIVE, JobStatus
from core.jobs.progress import duration
from dashboard import actions, queries, routes, state
from dashboard.current import Here
from dashboard.naming import RECIPES, language_task, plain
from dashboard.widgets import errors
from dashboard.widgets.language_model import spending

SECONDS = 1.0
SHOWN = 30
STATES = {
    "queued": ("waiting", "gray", ":material/hourglass_empty:"),
    "running": ("running", "blue", ":material/progress_activity:"),
    "ingesting": ("bringing in the results", "blue", ":material/database_upload:"),
    "done": ("done", "green", ":material/check:"),
    "failed": ("failed", "red", ":material/error:"),
    "cancelled": ("stopped", "orange", ":material/stop_circle:"),
}
ENOUGH = ("budget used up", "orange", ":material/savings:")


def running_jobs() -> None:
    """A panel that follows running jobs; nothing is asked again while there are none."""
    active = actions.active_jobs()
    if active:
        st.fragment(_panel, run_every=SECONDS)(frozenset(job.id for job in active))


def ended(here: Here) -> JobStatus | None:
    """The job of the view once it has ended, where it made another run of these data; followed until then."""
    job = next((job for job in actions.all_jobs() if job.id == state.view().job), None)
    if job is None or job.dataset != here.dataset.id or job.run_id == here.run["id"]:
        return None
    if job.state not in ACTIVE:
        return job
    running_jobs()
    return None


def _panel(known: frozenset[str]) -> None:
    active = actions.active_jobs()
    now = frozenset(job.id for job in active)
    if now != known:
        _announce(known - now)
        st.rerun(scope="app")
    with st.container(border=True, key="jobs"):
        for job in active:
            _on_its_way(job)


def _announce(gone: frozenset[str]) -> None:
    ended = {"done": "is finished", "failed": "failed", "cancelled": "was stopped"}
    for job in actions.all_jobs():
        if job.id in gone:
            st.toast(f"{_name(job)}: the run {ended.get(job.state, 'ended')}")


def _on_its_way(job: JobStatus) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        with st.container(gap=None):
            st.markdown(f":material/progress_activity: **{_name(job)}** · {_recipe(job)}")
            _bar(job)
            spending.line(job)
        if not state.view().present:
            _button("Stop", job, ":material/stop_circle:", actions.cancel)


def _bar(job: JobStatus) -> None:
    share = min(1.0, job.done / job.total) if job.total else 0.0
    st.progress(share, text=f"{plain(_stage(job))}{_pace(job)}")


def _stage(job: JobStatus) -> str:
    if job.state == "ingesting":
        return "bringing in the results"
    if job.state == "queued":
        return f"waiting to go on, after {job.stage}" if job.stage else "waiting its turn"
    return job.stage or "starting"


def _pace(job: JobStatus) -> str:
    """How far, how fast and how much longer, as far as that is known."""
    parts = [f"{job.done:,} of {job.total:,}"] if job.total > 1 else []
    if job.state == "running" and job.rate and job.left is not None:
        rate = f"{job.rate:,.0f}" if job.rate >= 10 else f"{job.rate:.1f}"
        parts += [f"{rate} per second", f"{duration(job.left)} left in this stage"]
    return "".join(f" · {part}" for part in parts)


def _button(label: str, job: JobStatus, icon: str, does: object) -> None:
    st.button(label, key=f"{label}-{job.id}", icon=icon, on_click=does, args=(job.id,))  # type: ignore[arg-type]


def _name(job: JobStatus) -> str:
    found = [item for item in queries.datasets() if item.id == job.dataset]
    return plain(language_task(found[0]) if found else job.dataset or "unknown data set")


def _recipe(job: JobStatus) -> str:
    return RECIPES.get(job.recipe, plain(job.recipe))


def board() -> None:
    """Every job, the opened one with its log; live while one is on its way."""
    if actions.active_jobs():
        st.fragment(_board, run_every=SECONDS)(True)
    else:
        _board(False)


def _board(was_active: bool) -> None:  # noqa: FBT001 - Streamlit passes it on
    found = actions.all_jobs()
    if any(job.state in ACTIVE for job in found) != was_active:
        st.rerun()  # of the whole page: with or without the fragment that looks again every second
    opened = state.view().job
    if opened and all(job.id != opened for job in found):
        st.info(
            "The job of this address has been deleted, or is not in this workspace.", icon=":material/info:"
        )
    for job in sorted(found, key=lambda job: (job.id != opened, job.state not in ACTIVE))[:SHOWN]:
        with st.container(border=True, key=f"job-{job.id}"):
            _card(job, opened=job.id == opened)
    if len(found) > SHOWN:
        st.caption(f"{len(found) - SHOWN} older ones are in the export only.")


def _card(job: JobStatus, *, opened: bool) -> None:
    said, colour, icon = ENOUGH if spending.reached(job) else STATES[job.state]
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(f"**{_name(job)}** · {_recipe(job)}", width="content")
        st.badge(said, color=colour, icon=icon)  # type: ignore[arg-type]
    if job.state in ACTIVE:
        _bar(job)
    if spending.reached(job):
        spending.go_on(job)
    elif job.message and job.state == "failed":
        st.text(job.message)
    spending.line(job)
    began = time.strftime("%Y-%m-%d %H:%M", time.localtime(job.started)) if job.started else "unknown"
    st.caption(f"{job.id} · asked for {began} · {duration(job.spent)} of work so far")
    with st.container(horizontal=True, gap="small"):
        _ways_on(job, opened=opened)
    if opened:
        st.code(actions.job_log(job.id) or "Its worker has said nothing.", language=None, wrap_lines=True)


def _ways_on(job: JobStatus, *, opened: bool) -> None:
    if job.state == "done":
        there = state.link(dataset=job.dataset, run=job.run_id)
        st.page_link(
            routes.COMPARE, label="Its results", icon=":material/compare_arrows:", query_params=there
        )
        if job.model:
            st.page_link(routes.CALLS, label="Its calls", icon=":material/forum:", query_params=there)
    if not state.view().present:
        if job.state in ACTIVE:
            _button("Stop", job, ":material/stop_circle:", actions.cancel)
        if job.state in {"failed", "cancelled"} and not spending.reached(job):
            _button("Resume", job, ":material/play_arrow:", _resume)
        if job.state not in ACTIVE:
            _button("Delete", job, ":material/delete:", _delete)
    label, target = ("Close the log", "") if opened else ("Log", job.id)
    st.button(label, key=f"log-{job.id}", icon=":material/notes:", on_click=lambda: state.go(job=target))


def _resume(job_id: str) -> None:
    with errors.shown():
        actions.resume(job_id)


def _delete(job_id: str) -> None:
    with errors.shown():
        actions.delete_job(job_id)


def table() -> pd.DataFrame:
    """The jobs as rows, for an export."""
    columns = (
        "id",
        "state",
        "dataset",
        "recipe",
        "run_id",
        "stage",
        "done",
        "total",
        "rate",
        "left",
        "spent",
        "message",
    )
    asked = ("calls", "cached", "failed", "prompt_tokens", "completion_tokens", "price", "currency")
    rows = [
        {name: getattr(job, name) for name in columns} | {name: job.model.get(name) for name in asked}
        for job in actions.all_jobs()
    ]
    return pd.DataFrame(rows, columns=[*columns, *asked])


def last_problem(dataset: str) -> None:
    """Why the newest job of a data set failed, if it did and nothing was computed since."""
    job = actions.last_job(dataset)
    if job and job.state == "failed" and job.started > queries.last_computed(dataset):
        with st.container(gap=None):
            st.badge("last run failed", color="red", icon=":material/error:")
            st.text(job.message)
            there = state.link(job=job.id)
            st.page_link(routes.JOBS, label="Its job", icon=":material/work_history:", query_params=there)
