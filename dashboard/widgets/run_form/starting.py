"""Start what is planned, follow it, keep it as a recipe."""

from __future__ import annotations

import streamlit as st

from core.jobs import JobStatus
from dashboard import actions, naming, plans, routes, state
from dashboard.plans import Plan
from dashboard.widgets import errors
from dashboard.widgets.language_model import consent


def start(plan: Plan) -> None:
    """Consent where it is needed, and the button; an address never carries consent."""
    agreed = _consent(plan)
    asking = consent.given(plan)
    ready = plan.error is None and (agreed or not plans.asks_consent(plan)) and asking is not None
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        pressed = st.button(
            "Start", type="primary", icon=":material/play_arrow:", disabled=not ready, key="start-run"
        )
        with st.popover("Save as recipe", icon=":material/save:", disabled=not plan.overrides):
            _save(plan)
        st.button("Reset", icon=":material/undo:", disabled=not plan.rows, on_click=_reset)
    if pressed:
        with errors.shown():
            given = {"embedder.agreed": plan.host} if agreed else {}
            job = actions.start_run(
                plan.recipe,
                plan.dataset.id,
                {**plan.overrides, **given, **(asking or {})},
                sources=plan.sources,
                split=plan.split,
                limit=plan.limit,
                seed=plan.seed,
            )
            state.go(job=job)
            st.rerun()


def _consent(plan: Plan) -> bool:
    if not plan.host or not plans.asks_consent(plan):
        return False
    key = f"agreed-{plan.dataset.id}-{plan.host}-{'-'.join(plans.used_sources(plan))}"
    return st.checkbox(f"This text may be sent to {naming.plain(plan.host)}", key=key)


def _reset() -> None:
    state.set_table("plan", {})


def _save(plan: Plan) -> None:
    with st.form("save-run", border=False):
        name = st.text_input("Name", placeholder="my-recipe", help="Small letters, digits, - and _.")
        st.caption("Everything set here but sources, split, number and seed.")
        sent = st.form_submit_button("Save", type="primary")
    if sent:
        with errors.shown():
            saved = actions.save_recipe(name.strip(), plan.recipe, plan.overrides)
            st.success(f"Saved as {naming.plain(saved)}; it is in the list of recipes now.")


def follow(job_id: str) -> None:
    """What became of the job that was started here."""
    job = next((job for job in actions.all_jobs() if job.id == job_id), None)
    if job is None:
        return
    with st.container(border=True, key="started"):
        _ended(job)
        st.page_link(
            routes.JOBS, label="All jobs", icon=":material/work_history:", query_params=state.link(job=job.id)
        )


def _ended(job: JobStatus) -> None:
    if job.state in {"failed", "cancelled"}:
        st.badge(f"the run {'failed' if job.state == 'failed' else 'was stopped'}", color="red")
        st.text(job.message)
        return
    if job.state != "done":
        st.badge("started", color="blue", icon=":material/progress_activity:")
        return
    st.badge("the run is finished", color="green", icon=":material/check:")
    there = state.link(dataset=job.dataset, run=job.run_id)
    with st.container(horizontal=True, gap="small"):
        st.page_link(routes.STAGE1, label="Its Stage I", icon=":material/looks_one:", query_params=there)
        st.page_link(
            routes.COMPARE, label="What changed", icon=":material/compare_arrows:", query_params=there
        )
        if job.model:
            st.page_link(routes.CALLS, label="Its calls", icon=":material/forum:", query_params=there)
