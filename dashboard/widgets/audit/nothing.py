"""A part of the audit page that has nothing to show yet, and where that changes."""

from __future__ import annotations

import streamlit as st

from dashboard import routes, state


def nothing(title: str, body: str) -> None:
    """What is not there yet, and the desk."""
    with st.container(border=True, key="audit-nothing"):
        st.markdown(f"#### {title}")
        st.text(body)
        st.page_link(
            routes.ANNOTATE, label="Open the desk", icon=":material/edit_note:", query_params=state.link()
        )
