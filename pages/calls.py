"""Calls: what a language model was asked and what it answered, word for word; asking it again."""

from __future__ import annotations

import streamlit as st

from dashboard import current, naming, routes, state
from dashboard.widgets.calls import again, listing, notes, one, wording
from dashboard.widgets.empty import empty
from dashboard.widgets.layout import heading, metrics

TABS = {"": "The call", "wording": "The template"}

here = current.here()
stage = listing.stage_of(here)
buttons = heading("Calls", here, naming.stages(here.run))
if not stage:
    empty(
        "No language model was asked in this run",
        "Its labels came without one. A run whose Stage II is a language model shows every call here.",
        command=f"ssp run ssp --dataset {here.dataset.id} --set llm=endpoint --set llm.base_url=… …",
        page="" if state.view().present else routes.RUN,
        go="Plan such a run",
    )
    st.stop()
metrics(notes.figures(here, stage), note=notes.told(here, stage))
tables = notes.more(here, stage)
listing.summary(here, stage)
position = listing.opened(here, stage)
again.follow(here, stage, position)
table = listing.listed(here, stage)
if position is not None:
    with st.container(border=True, key="opened"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            one.heading(here, stage, position)
            with st.container(horizontal=True, horizontal_alignment="right", width="content", gap="small"):
                listing.stepper(here, stage, position)
        the_call, the_template = st.tabs(list(TABS.values()), **state.bound_tabs("tab", TABS))
        with the_call:
            if the_call.open:
                one.opened(here, stage, position)
                again.panel(here, stage, position, key="call")
        with the_template:
            if the_template.open:
                wording.panel(here, stage, position)
with buttons:
    listing.exports(here, table, tables)
