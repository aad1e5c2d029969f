"""Run: what is to be done with a data set, from the fields of a recipe, told before it happens."""

from __future__ import annotations

import streamlit as st

from dashboard import current, naming, plans, state
from dashboard.widgets import jobs, readiness
from dashboard.widgets.language_model import estimate
from dashboard.widgets.method import link
from dashboard.widgets.run_form import outcome, sections, starting

dataset = current.dataset()
st.title("Run")
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.badge(naming.in_badge(naming.language_task(dataset)), color="blue")
    st.text(dataset.name)
jobs.running_jobs()
if state.view().job:
    starting.follow(state.view().job)
plan = plans.read(dataset)
form, beside = st.columns([1.7, 1], gap="large")
with form:
    for title, section in (
        ("What, and on what", sections.scope),
        ("Stage I", sections.stage_one),
        ("Exemplars", sections.exemplars),
        ("Stage II", sections.stage_two),
    ):
        with st.container(border=True):
            st.markdown(f"#### {title}")
            section(plan)
with beside:
    link.of_plan(plan.recipe)
    with st.container(border=True, key="outcome"):
        outcome.panel(plan)
        estimate.panel(plan)
        if state.view().present:
            st.info("This is presentation mode: nothing can be started.", icon=":material/lock:")
        else:
            starting.start(plan)
    labelled = current.stage1_labels(dataset)
    if labelled:
        readiness.brief(labelled)
