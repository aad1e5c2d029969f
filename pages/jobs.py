"""Jobs: what is being computed, what waits, what went wrong; stop it, go on with it."""

from __future__ import annotations

import streamlit as st

from dashboard.widgets import jobs
from dashboard.widgets.empty import empty
from dashboard.widgets.export import export_menu

listed = jobs.table()
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    st.title("Jobs", width="content")
    buttons = st.container(horizontal=True, horizontal_alignment="right", width="content", gap="small")
st.markdown(
    "Runs are carried out one after the other in a process of their own. What they have finished is kept: "
    "after a stop, a crash or a restart they go on where they were."
)
if listed.empty:
    empty(
        "No jobs yet",
        "A run that is started here, or on the command line while this dashboard is open, appears here.",
        command="ssp sample",
    )
    st.stop()
with buttons:
    export_menu({"Jobs": listed}, stem="jobs", key="jobs")
jobs.board()
