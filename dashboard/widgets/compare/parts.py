"""The parts of the page: which there are, and the one that is open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard import comparisons, naming, state
from dashboard.comparisons import Asked
from dashboard.current import Here
from dashboard.widgets import blame
from dashboard.widgets.compare import agreement, changes, confidence, labels, price, slices
from dashboard.widgets.export import Tables

Show = Callable[[Here, Asked], Tables]
TABS: dict[str, tuple[str, Show]] = {
    "": ("What changed", changes.changes),
    "labels": ("Labels", labels.labels),
    "words": ("Lengths and words", slices.words),
    "sure": ("Confidence", confidence.confidence),
    "agree": ("Agreement", agreement.agreement),
    "price": ("Price", price.price),
}


def parts(here: Here, asked: Asked, position: int | None, *, caption: str) -> Tables:
    """Show the part that is open; returns its tables. Nothing of the others is worked out.

    `position` is the sentence that is open; `caption` says below what the figures were made from.
    """
    shown: dict[str, tuple[str, Show]] = {**TABS, "blame": ("Blame", partial(_blame, position))}
    titles = {name: title for name, (title, _) in shown.items()}
    found: Tables = {}
    tabs = st.tabs(list(titles.values()), **state.bound_tabs("part", titles))
    for tab, (_, show) in zip(tabs, shown.values(), strict=True):
        with tab:
            if tab.open:
                found = show(here, asked)
                st.caption(naming.plain(caption))
    return found


def _blame(position: int | None, here: Here, asked: Asked) -> Tables:
    """Of the run of the later side."""
    return blame.section(comparisons.of_side(here, asked.sides[asked.after]), position)
