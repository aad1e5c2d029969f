"""The labeller with what is next, and what lies below it. A part of its own: it runs at every save."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import desking, naming, queries, routes, state
from dashboard.desking import LABELLER, Seat
from dashboard.widgets import errors, run_link
from dashboard.widgets.desk import feeds
from dashboard.widgets.labeller import labeller


@st.fragment
def bench(seat: Seat) -> None:
    """Hear what was said, show what is next. Nothing here asks what changes with every save of others.

    While the feed is worked out (after a restart, say) the labeller stays where it is.
    """
    with errors.shown():
        if not desking.desk().ready(seat.key):
            labeller(desking.idle(seat), key=LABELLER)
            return
        data = desking.turn(seat)
        labeller(data, key=LABELLER)
        if data["done"]:
            finished(seat)
        else:
            _links(seat, data["queue"][0])


def _links(seat: Seat, item: dict[str, Any]) -> None:
    """Ways on from the item that is next."""
    if seat.run is None:
        return
    there = {"dataset": seat.dataset.id, "run": seat.key.run, "sentence": item["id"]}
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="desk-links"):
        st.caption(f"{naming.plain(str(item['head']))[:60]}", width="content")
        if seat.key.stage == "stage2" and not seat.order.blind:
            link = state.link(**there)
            st.page_link(
                routes.EXEMPLARS, label="Its exemplars", icon=":material/join_inner:", query_params=link
            )
        if not seat.order.blind:
            link = state.link(**there)
            st.page_link(routes.COMPARE, label="Compare", icon=":material/compare_arrows:", query_params=link)
        st.page_link(
            routes.AUDIT, label="History and audit", icon=":material/fact_check:", query_params=state.link()
        )


def finished(seat: Seat) -> None:
    """The queue is empty: what next."""
    drawn = any(row["kind"] == "audit" for row in queries.queues(seat.dataset.id))
    if seat.order.name == "audit" and not drawn and not state.view().present:
        feeds.draw(seat)
        return
    with st.container(border=True, key="desk-done"):
        st.markdown("#### What next")
        st.text(_advice(seat))
        with st.container(horizontal=True, gap="small"):
            run_link.run_link(seat.dataset)
            if seat.run:
                st.page_link(
                    routes.COMPARE,
                    label="Compare",
                    icon=":material/compare_arrows:",
                    query_params=state.link(dataset=seat.dataset.id, run=seat.key.run),
                )
            st.page_link(routes.AUDIT, label="Audit", icon=":material/fact_check:", query_params=state.link())
    if seat.order.name == "audit" and not state.view().present:
        feeds.draw(seat)


def _advice(seat: Seat) -> str:
    said = {
        "audit": "Nothing is left of this sample. The audit page has the estimate; a new sample narrows it.",
        "adjudicate": "Nobody disagrees: everything that several people labelled is decided.",
        "flagged": "Nothing is flagged.",
        "mine": "Your part is done.",
        "disagreement": "No stage, run or person says anything else than the others.",
    }
    usual = "Everything in this queue is labelled, skipped, or in somebody else's hands."
    return said.get(seat.order.name, usual) + " Choose another queue above, or let the corrections work."
