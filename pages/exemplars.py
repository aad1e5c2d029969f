"""Exemplars: which sentences teach one sentence, why those, and what other settings would choose."""

from __future__ import annotations

import streamlit as st

from dashboard import current, naming, queries, state
from dashboard.widgets import exemplars, sentence, sentences, worth
from dashboard.widgets.calls.link import call_link
from dashboard.widgets.layout import heading
from dashboard.widgets.what_if import tabs

TABS = {"": "As chosen", "try": "What if", "set": "Whole set", "worth": "What they are worth"}

here = current.here()
selector = naming.resolved(here.run).get("selector", {})
buttons = heading(
    "Exemplars", here, naming.selector_title(selector) if selector else "recorded with the labels"
)
stage = here.noisy_stage if here.noisy_stage in here.stages else here.stages[0]
position = sentences.opened(here, stage)
if position is None:
    st.info(
        f"No {here.items.removesuffix('s')} passes the filters of this address. Clear them to see one.",
        icon=":material/filter_alt_off:",
    )
    st.stop()
with buttons:
    sentences.stepper(here, stage, position)
with st.container(border=True, key="query"):
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(sentence.title(here, position), width="content")
        call_link(here, "stage2", position)
    spoke = None if state.view().tab else queries.influence(here.run["id"], position)
    sentence.one_stage(here, stage, position, key="query-sentence", pick="token" if spoke else "")
as_chosen, what_if, whole_set, what_worth = st.tabs(list(TABS.values()), **state.bound_tabs("tab", TABS))
with as_chosen:
    if as_chosen.open:
        exemplars.as_chosen(here, position, queries.selection(here.run["id"], position), buttons)
with what_if:
    if what_if.open:
        tabs.one_sentence(here, position)
with whole_set:
    if whole_set.open:
        tabs.whole_set(here)
with what_worth:
    if what_worth.open:
        worth.worth()
