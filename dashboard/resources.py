"""What one server process holds once for all sessions: the open store."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.settings import settings
from core.store import Store


@st.cache_resource(show_spinner=False)
def _open(workspace: Path) -> Store:
    return Store.open(workspace)


def store() -> Store:
    """The store of this process's workspace, opened on first use.

    Raises:
        StoreLocked: another process holds it.
        StoreDamaged: it cannot be read.
    """
    return _open(settings().workspace)


def close() -> None:
    """Close the store, so that its file may be replaced; the next use opens it again."""
    store().close()
    _open.clear()


def version() -> tuple[str, int]:
    """Which data a cached answer was computed from: the workspace and its version counter."""
    return str(settings().workspace), store().version()
