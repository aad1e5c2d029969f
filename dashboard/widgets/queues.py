"""Queues: sentences put aside to look at; filled from a selection, opened as a filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import actions, queries, routes, state
from dashboard.current import Here
from dashboard.widgets import errors, sentences
from dashboard.widgets.export import safe_csv


def annotate_link(here: Here, queue: int = 0, *, label: str = "Annotate") -> None:
    """A link to the desk, with a queue opened there, or the usual one."""
    there = state.link(dataset=here.dataset.id, run=here.run["id"])
    there |= {"queue": str(queue)} if queue else {}
    st.page_link(routes.ANNOTATE, label=label, icon=":material/edit_note:", query_params=there)


def queue_selection(here: Here, stage: str) -> None:
    """A form that keeps what the filters now let through; absent while presenting."""
    if state.view().present:
        return
    chosen = sentences.filters(here, stage)
    total = queries.n_sentences(here.run["id"], stage, **{k: v for k, v in chosen.items() if k != "order"})
    said = described(here, chosen)
    with (
        st.popover("Queue this selection", icon=":material/playlist_add:", disabled=not total),
        st.form(f"queue-{said}", border=False),
    ):
        st.caption(
            f"Keeps {total:,} {here.items if total != 1 else here.items.removesuffix('s')} in this order."
        )
        name = st.text_input("Name", value=said[:60], max_chars=80)
        reason = st.text_input("Why", value="", placeholder="what to look for", max_chars=300)
        if st.form_submit_button("Queue", type="primary"):
            with errors.shown():
                positions = queries.positions(here.run["id"], stage, **chosen)
                queue = actions.add_queue(here.dataset.id, name, positions, reason)
                state.go(queue=queue)
                st.rerun()


def add_button(here: Here, label: str, name: str, positions: Sequence[int], reason: str) -> None:
    """A button that keeps these positions, and then lists them."""
    if st.button(label, icon=":material/playlist_add:", key=f"add-{name}"):
        with errors.shown():
            queue = actions.add_queue(here.dataset.id, name, positions, reason)
            state.go(queue=queue)
            st.rerun()


def described(here: Here, chosen: Mapping[str, Any]) -> str:
    """The filters in a few words: `NOUN labelled VERB, "hús"`."""
    parts = []
    if chosen.get("gold_label") and chosen.get("predicted_label"):
        parts.append(f"{chosen['gold_label']} labelled {chosen['predicted_label']}")
    elif chosen.get("gold_label"):
        parts.append(f"with {chosen['gold_label']} in gold")
    elif chosen.get("predicted_label"):
        parts.append(f"labelled {chosen['predicted_label']}")
    if chosen.get("changed"):
        parts.append(str(chosen["changed"]))
    if chosen.get("text"):
        parts.append(f"“{chosen['text']}”")
    if chosen.get("order") == "least_confident":
        parts.append("least confident first")
    return ", ".join(parts) or f"all {here.items}"


def listed(here: Here) -> None:
    """The queues of the data set: how many, why, open, export, delete."""
    found = queries.queues(here.dataset.id)
    opened = next((queue for queue in found if queue["id"] == state.view().queue), None)
    if opened:
        _opened(here, opened)
    if found:
        with st.expander(f"Queues · {len(found)}", icon=":material/playlist_play:"):
            for queue in found:
                _row(here, queue)


def _opened(here: Here, queue: Mapping[str, Any]) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small", key="queue"):
        with st.container(gap=None):
            st.text(f"Queue: {queue['name']}")
            if queue["reason"]:
                st.text(str(queue["reason"]))
        annotate_link(here, queue["id"])
        st.button("Close", key="queue-close", icon=":material/close:", on_click=partial(state.go, queue=0))


def _row(here: Here, queue: Mapping[str, Any]) -> None:
    number = queue["id"]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"queue-{number}"):
        with st.container(gap=None):
            st.text(str(queue["name"]))
            said = [f"{len(queue['positions']):,}", f"{queue['created_at']:%Y-%m-%d %H:%M}", queue["reason"]]
            st.text(" · ".join(part for part in said if part))
        st.button(
            "Open",
            key=f"queue-open-{number}",
            icon=":material/filter_alt:",
            disabled=number == state.view().queue,
            on_click=partial(state.go, queue=number, gold="", label="", changed="", text=""),
        )
        annotate_link(here, number)
        st.download_button(
            "Export",
            partial(_csv, here, list(queue["positions"]), str(queue["reason"])),
            f"{here.dataset.id}-queue-{number}.csv",
            "text/csv",
            key=f"queue-export-{number}",
            on_click="ignore",
            icon=":material/download:",
        )
        if not state.view().present:
            st.button(
                "Delete",
                key=f"queue-delete-{number}",
                icon=":material/delete:",
                on_click=_delete,
                args=(number,),
            )


def _delete(queue_id: int) -> None:
    actions.delete_queue(queue_id)
    if state.view().queue == queue_id:
        state.go(queue=0)


def _csv(here: Here, positions: list[int], reason: str) -> bytes:
    """position, text and why, in the queue's order."""
    found = queries.instances(here.dataset.id, positions)
    rows = [(place, found[place].text, reason) for place in positions if place in found]
    return safe_csv(pd.DataFrame(rows, columns=["position", "text", "reason"]))
