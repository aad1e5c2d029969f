"""A queue of the sentences listed."""

from __future__ import annotations

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard import actions, naming, routes, state
from dashboard.current import Here
from dashboard.widgets import errors

QUEUED = "queued-comparison"


def queue_these(here: Here, positions: NDArray[np.int64], said: str) -> None:
    """A form that keeps the sentences listed, in this order; absent while presenting."""
    if state.view().present:
        return
    n = len(positions)
    with (
        st.popover("Queue this selection", icon=":material/playlist_add:", disabled=not n),
        st.form(f"queue-{said}", border=False),
    ):
        st.caption(f"Keeps {naming.counted(n, here.dataset.task)} in this order.")
        name = st.text_input("Name", value=(said or f"all {here.items}")[:60], max_chars=80)
        reason = st.text_input("Why", value="", placeholder="what to look for", max_chars=300)
        if st.form_submit_button("Queue", type="primary"):
            with errors.shown():
                queue = actions.add_queue(here.dataset.id, name, [int(place) for place in positions], reason)
                state.keep(QUEUED, queue)
                st.rerun()
    queue = state.kept(QUEUED)
    if queue:
        there = {**state.link(dataset=here.dataset.id), "queue": str(queue)}
        st.page_link(routes.ANNOTATE, label="Annotate", icon=":material/edit_note:", query_params=there)
        st.page_link(
            routes.STAGE1, label="Open the queue", icon=":material/playlist_play:", query_params=there
        )
