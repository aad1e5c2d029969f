"""Empty states: what is missing, and what to do next."""

from __future__ import annotations

import streamlit as st

from core.errors import StudioError
from dashboard import state


def empty(
    title: str, body: str, *, icon: str = ":material/inbox:", command: str = "", page: str = "", go: str = ""
) -> None:
    """A calm box: what is not here, the page that changes it, the same on the command line."""
    with st.container(border=True, key="empty-state"):
        st.markdown(f"#### {icon} {title}")
        st.text(body)
        if page:
            st.page_link(page, label=go, icon=":material/arrow_forward:", query_params=state.link())
        if command:
            st.caption("or on the command line")
            st.code(command, language=None)


def problem(error: StudioError) -> None:
    """One clear message: what happened, and what to do next."""
    with st.container(border=True, key="problem"):
        st.badge("This did not work", color="red", icon=":material/error:")
        st.text(error.message)
        if error.hint:
            st.text(error.hint)
