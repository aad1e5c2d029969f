"""Overview: what is in the workspace, how good it is, and where to go on."""

from __future__ import annotations

import streamlit as st

from dashboard import queries, routes, state
from dashboard.widgets import cards, jobs
from dashboard.widgets.empty import empty

found = queries.in_order(queries.datasets())
targets = [item for item in found if queries.is_target(item)]
st.title("Overview")
st.markdown(
    "Label a language that has no labelled data: learn from its relatives, "
    "then let its own confident sentences teach the rest."
)
jobs.running_jobs()
if not found:
    empty(
        "This workspace is empty",
        "Import a data set from the catalog, or prepare the embedded sample.",
        command="ssp sample",
        page=routes.IMPORT,
        go="Open the catalog",
    )
    st.stop()
if cards.demo_or_sample(found):
    cards.real_data()
cards.grid(targets)
sources = [item for item in found if item not in targets]
if sources:
    with st.expander(f"Source data · {len(sources)} labelled data sets Stage I can learn from"):
        cards.grid(sources)
if not state.view().present:
    st.page_link(routes.IMPORT, label="Import more data", icon=":material/add:", query_params=state.link())
