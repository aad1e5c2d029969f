"""Empty states: what is missing, and what to do next."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.errors import StudioError
from dashboard import state


def empty(
    title: str,
    body: str,
    *,
    command: str = "",
    page: str = "",
    go: str = "",
    button: Callable[[], None] | None = None,
) -> None:
    """A calm box: what is not here, the button or page that changes it, the same on the command line."""
    with st.container(border=True, key="empty-state"):
        st.markdown(f"### {title}")
        st.text(body)
        if button:
            button()
        if page:
            st.page_link(page, label=go, icon=":material/arrow_forward:", query_params=state.link())
        if command:
            st.caption("On the command line")
            st.code(command, language=None)


def problem(error: StudioError) -> None:
    """One clear message: what happened, and what to do next."""
    with st.container(border=True, key="problem"):
        st.badge("This did not work", color="red", icon=":material/error:")
        st.text(error.message)
        if error.hint:
            st.text(error.hint)
