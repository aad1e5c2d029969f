"""What several people labelled: where they differ, what all agree on, and the decided as data of its own."""

from __future__ import annotations

import streamlit as st

from core.types import Dataset
from dashboard import auditing, naming, routes, state
from dashboard.widgets import errors

DONE = "audit-done"


def said(text: str) -> None:
    """Say what was done when the page comes again."""
    state.keep(DONE, text)


def told() -> None:
    """Say once what was done."""
    text = state.kept(DONE)
    if text:
        state.keep(DONE, "")
        st.toast(naming.plain(text), icon=":material/check:")


def deciding(dataset: Dataset, who: str) -> None:
    """How much is to be decided, and the buttons that decide it."""
    told()
    differ, same = auditing.waiting(dataset)
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small", key="deciding"):
        st.text(_words(dataset, len(differ), len(same)), width="stretch")
        if differ:
            st.page_link(
                routes.ANNOTATE,
                label="Decide",
                icon=":material/gavel:",
                query_params=state.link(feed="adjudicate"),
            )
        if who and same and st.button(f"Accept {len(same):,} agreed", icon=":material/done_all:"):
            with errors.shown():
                n = auditing.accept_agreed(dataset, who)
                said(f"{naming.counted(n, dataset.task)} accepted as one action: History takes it back.")
                st.rerun()
        if who:
            _as_data(dataset)


def _words(dataset: Dataset, differ: int, same: int) -> str:
    if not differ and not same:
        return "Nothing waits to be decided."
    parts = [
        f"people differ in {naming.counted(differ, dataset.task)}" if differ else "",
        f"all agree on {naming.counted(same, dataset.task)} that nobody decided yet" if same else "",
    ]
    text = "; ".join(part for part in parts if part)
    return f"{text[0].upper()}{text[1:]}."


def _as_data(dataset: Dataset) -> None:
    with (
        st.popover("As a data set", icon=":material/dataset:"),
        st.form("audit-as-data", border=False),
    ):
        st.caption("What humans say of whole items becomes the gold labels of a data set of its own.")
        name = st.text_input("Name", value=f"{dataset.id}-adjudicated", max_chars=80)
        doubly = st.checkbox("Only what several people labelled and somebody decided")
        if st.form_submit_button("Make it", type="primary"):
            with errors.shown():
                made = auditing.make_dataset(dataset, name, doubly=doubly)
                state.go(dataset=made)
                said(f"{made} is a data set now.")
                st.rerun()
