"""The way to the run page, from wherever a run may be wanted."""

from __future__ import annotations

import streamlit as st

from core.types import Dataset
from dashboard import routes, state


def run_link(dataset: Dataset) -> None:
    """A link to the run page, with the data set chosen there; absent while presenting."""
    if not state.view().present:
        there = state.link(dataset=dataset.id)
        st.page_link(routes.RUN, label="Run", icon=":material/play_arrow:", query_params=there)
