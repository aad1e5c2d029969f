"""The parts of the audit page: which there are, and the one that is open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from core.types import Dataset
from dashboard import state
from dashboard.widgets.audit import agreement, effort, history, people, quality
from dashboard.widgets.export import Tables

STYLE = Path(__file__).parent / "audit.css"
Show = Callable[[Dataset, str], Tables]
TABS: dict[str, tuple[str, Show]] = {
    "": ("How good", quality.quality),
    "agreement": ("Agreement", agreement.agreement),
    "history": ("History", history.history),
    "effort": ("Effort", effort.effort),
    "people": ("People", people.people),
}


def parts(dataset: Dataset, who: str) -> Tables:
    """Show the part that is open; returns its tables. Nothing of the others is worked out.

    `who` is who looks, "" where nobody said: then nothing can be changed.
    """
    titles = {name: title for name, (title, _) in TABS.items()}
    found: Tables = {}
    st.html(STYLE)
    tabs = st.tabs(list(titles.values()), **state.bound_tabs("audited", titles))
    for tab, (_, show) in zip(tabs, TABS.values(), strict=True):
        with tab:
            if tab.open:
                found = show(dataset, "" if state.view().present else who)
    return found
