"""Which window of which browser asks: one session of the server each."""

from __future__ import annotations

from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx


def window() -> str:
    """The name of the window whose page is being made; "" outside of any."""
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""


def is_open(window: str) -> bool:
    """Whether somebody still has that window open."""
    try:
        return bool(get_instance().is_active_session(window))
    except RuntimeError:  # no server: a test of a page, a script
        return True
