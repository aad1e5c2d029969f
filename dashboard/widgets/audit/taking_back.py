"""Taking back: what it would change and what it would leave alone, before it is done."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.annotators.history import Step
from core.store.views_history import Entry
from core.types import Dataset, Instance, Labels
from dashboard import auditing, naming, routes, state
from dashboard.widgets import errors
from dashboard.widgets.audit.deciding import said

LEFT_ALONE = 5
"""Items left alone that are named."""


def opened(dataset: Dataset, row: Entry, item: Instance | None, who: str) -> None:
    """A row of the history, word by word, and a button that takes it back."""
    title = f"{row.author}, {row.at:%d %B %Y, %H:%M:%S} UTC: {auditing.ACTIONS.get(row.action, row.action)}"
    st.markdown(f"#### {naming.plain(title)}")
    step = auditing.would_revert(row.id)
    stood = auditing.stood([row]).get(row.id)
    st.dataframe(
        _words(row, item, step, stood), hide_index=True, alt="The labels, word by word", width="content"
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if step.done and who and st.button("Take this back", type="primary", icon=":material/undo:"):
            with errors.shown():
                done = auditing.revert(row.id, who)
                said(f"Taken back. {done.message}".strip())
                st.rerun()
        st.text(_told(step))
        st.page_link(
            routes.EXEMPLARS,
            label="Its exemplars",
            icon=":material/join_inner:",
            query_params=state.link(sentence=row.position),
        )


def _words(row: Entry, item: Instance | None, step: Step, stood: Labels | None) -> pd.DataFrame:
    """word, before, after, and what it would be after taking this back: the words that changed first."""
    n = len(row.after or row.before or ())
    whole = item.text if item else ""
    words = item.tokens if item and len(item.tokens) == n else (whole,) * n
    before = stood if stood and len(stood) == n else ("",) * n
    changed = {place for place in range(n) if row.after and row.after[place] != before[place]}
    order = sorted(range(n), key=lambda place: (place not in changed, place))
    lines = [
        {
            "word": words[place],
            "before": before[place],
            "after": row.after[place] if row.after else "",
            "taken back": _again(step, place, n),
        }
        for place in order
    ]
    return pd.DataFrame(lines)


def _again(step: Step, place: int, n: int) -> str:
    if not step.done:
        return "stays"
    if step.labels is None:
        return "as the run says"
    if place in step.kept:
        return f"stays {step.labels[place]}"
    return step.labels[place] if len(step.labels) == n else ""


def _told(step: Step) -> str:
    if not step.done:
        return f"This cannot be taken back: {step.message}"
    n = len(step.tokens)
    changes = "No label changes." if not n else f"{n} label{'s' if n != 1 else ''} would change."
    return f"{changes} {step.message}".strip()


def bulk(dataset: Dataset, batch: str, who: str) -> None:
    """The bulk action that is chosen: what it was, and a button that takes all of it back."""
    row = next((one for one in auditing.batches(dataset) if one["batch"] == batch), None)
    if row is None:
        return
    found = auditing.would_undo(batch)
    with st.container(border=True, key="bulk-action"):
        what = auditing.ACTIONS.get(row["action"], row["action"])
        title = f"{row['author']}, {row['at']:%d %B %Y, %H:%M} UTC: {what}"
        st.markdown(f"#### {naming.plain(title)}")
        st.text(f"{row['comment']} · {naming.counted(row['items'], dataset.task)}")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if found.n and who and st.button("Take all of it back", type="primary", icon=":material/undo:"):
                with errors.shown():
                    done = auditing.undo_batch(batch, who)
                    said(f"Taken back in {naming.counted(done.n, dataset.task)}, as one action.")
                    st.rerun()
            left = f"; {len(found.skipped):,} stay, wholly or in part" if found.skipped else ""
            st.text(f"{naming.counted(found.n, dataset.task)} would change{left}.")
        for position, why in list(found.skipped.items())[:LEFT_ALONE]:
            st.text(f"{naming.items(dataset.task).removesuffix('s').capitalize()} {position}: {why}")
        if len(found.skipped) > LEFT_ALONE:
            st.text(f"and {len(found.skipped) - LEFT_ALONE:,} more")
