"""The way from an item to the call that labelled it."""

from __future__ import annotations

import streamlit as st

from dashboard import queries, routes, state
from dashboard.current import Here


def call_link(here: Here, stage: str, position: int) -> None:
    """A link to the call of an item, where a language model was asked about it."""
    found = queries.prediction(here.run["id"], stage, position) if stage in here.stages else None
    if found and (found.outcome or found.completion_key):
        there = {**state.link(sentence=position), "stage": stage}
        st.page_link(routes.CALLS, label="Its call", icon=":material/forum:", query_params=there)
