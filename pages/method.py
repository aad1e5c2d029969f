"""Method: what a method does, a run of it, how it was trained, and what it scored beside others."""

from __future__ import annotations

import streamlit as st

from dashboard import current, queries, state, tabs
from dashboard.widgets import jobs
from dashboard.widgets.export import Tables, export_menu
from dashboard.widgets.method import about, choosing, demo, form, results, training
from dashboard.widgets.run_form import starting

TABS = {"": "What it does", "plan": "Plan a run", "training": "Training", "results": "Results"}

with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    st.title("Method", width="content")
    buttons = st.container(horizontal=True, horizontal_alignment="right", width="content", gap="small")
method = choosing.method()
dataset = current.dataset() if state.view().dataset else None
choosing.about(dataset)
jobs.running_jobs()
if state.view().job:
    starting.follow(state.view().job)
tables: Tables = {}
does, plan, trained, scored = st.tabs(list(TABS.values()), **tabs.bound("tab", TABS))
with does:
    if does.open:
        tables = about.panel(method)
        demo.offer(method)
        if not queries.datasets():
            choosing.fitting(method, None)
for tab, part in ((plan, form.panel), (trained, training.panel), (scored, results.panel)):
    with tab:
        if tab.open:
            able = choosing.fitting(method, dataset)
            tables = part(method, able) if able else {}
            if not tables and tab is not plan:
                demo.offer(method)
if tables:
    with buttons:
        caption = about.caption(method, dataset)
        export_menu(tables, stem=f"method-{method.key}", key="method", caption=caption)
