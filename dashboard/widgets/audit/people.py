"""Who labels what, and how far everybody is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd
import streamlit as st

from core.annotators.assigning import Progress
from core.types import Dataset
from dashboard import auditing, naming, queries, routes, state
from dashboard.widgets import errors
from dashboard.widgets.audit.deciding import said, told
from dashboard.widgets.export import Tables

EVERYTHING = 0
"""Stands, among the queues to choose from, for the whole data set."""


def people(dataset: Dataset, who: str) -> Tables:
    """Progress per person, a form that gives items out, and one that takes them away; returns the table."""
    told()
    found = auditing.progress(dataset)
    st.caption(
        "What one person alone is to label counts at once. Of what several are to label, everybody's labels "
        "are kept apart until somebody decides (Agreement)."
    )
    shown = _table(found)
    if found:
        _progress(dataset, shown)
    else:
        st.info("Nothing was given out yet.", icon=":material/group_add:")
    if who:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _give_out(dataset)
            _take_away(dataset, found)
            st.page_link(
                routes.ANNOTATE,
                label="To the desk",
                icon=":material/edit_note:",
                query_params=state.link(feed="mine") if _has(found, who) else state.link(),
            )
    return {"People": shown}


def _has(found: Sequence[Progress], who: str) -> bool:
    return any(one.who == who for one in found)


def _table(found: Sequence[Progress]) -> pd.DataFrame:
    rows = [{**asdict(one), "share": 100 * one.done / one.assigned} for one in found]
    columns = ["who", "share", "done", "assigned", "overlap", "overlap_done", "skipped", "last"]
    return pd.DataFrame(rows, columns=columns)


def _progress(dataset: Dataset, shown: pd.DataFrame) -> None:
    number = st.column_config.NumberColumn
    columns: dict[str, Any] = {
        "who": "",
        "share": st.column_config.ProgressColumn("done", format="%.0f %%", min_value=0, max_value=100),
        "done": number(naming.items(dataset.task), format="localized"),
        "assigned": number("of", format="localized"),
        "overlap": number("with others", format="localized"),
        "overlap_done": number("of these done", format="localized"),
        "skipped": number(format="localized"),
        "last": st.column_config.DatetimeColumn("last label (UTC)", format="D MMM, HH:mm", timezone="UTC"),
    }
    st.dataframe(shown, hide_index=True, column_config=columns, placeholder="", alt="Progress per person")


def _give_out(dataset: Dataset) -> None:
    queues = {row["id"]: row for row in queries.queues(dataset.id)}
    names = {EVERYTHING: f"all {naming.items(dataset.task)}"} | {
        number: f"{row['name']} ({len(row['positions']):,})" for number, row in queues.items()
    }
    with (
        st.popover("Give items out", icon=":material/group_add:"),
        st.form("give-out", border=False),
    ):
        queue = st.selectbox("Items", list(names), format_func=names.__getitem__)
        listed = st.text_input("People", placeholder="Anna, Ben, Clare", max_chars=300)
        overlap = st.slider("Labelled by several, in percent", 0, 100, 20, 5)
        times = st.number_input("People for each of these", 2, 10, 2)
        st.caption("Evenly, in the order of the queue; every pair meets as often. What somebody has stays.")
        if st.form_submit_button("Give out", type="primary"):
            with errors.shown():
                positions = queues[queue]["positions"] if queue else range(dataset.n_instances)
                n = auditing.assign(dataset, list(positions), listed.split(","), overlap / 100, int(times))
                said(f"{naming.counted(n, dataset.task)} given out.")
                st.rerun()


def _take_away(dataset: Dataset, found: Sequence[Progress]) -> None:
    left = {one.who: one.assigned - one.done for one in found if one.assigned > one.done}
    if not left:
        return
    with (
        st.popover("Take items away", icon=":material/group_remove:"),
        st.form("take-away", border=False),
    ):
        name = st.selectbox("From", list(left), format_func=lambda one: f"{one}: {left[one]:,} not labelled")
        st.caption("What was labelled stays. The rest can be given to others.")
        if st.form_submit_button("Take away"):
            with errors.shown():
                n = auditing.withdraw(dataset, name)
                said(f"{naming.counted(n, dataset.task)} taken away from {name}.")
                st.rerun()
