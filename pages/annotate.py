"""Annotate: a linguist overrules noisy labels by keyboard, and sees what that is worth."""

from __future__ import annotations

import streamlit as st

from dashboard import current, desking, naming, queries, state
from dashboard.current import Here
from dashboard.widgets import hand_over, loop
from dashboard.widgets.desk import bench, feeds, labels, who

dataset = current.dataset()
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    st.title("Annotate", width="content")
    buttons = st.container(horizontal=True, horizontal_alignment="right", width="content", gap="small")
with st.container(horizontal=True, vertical_alignment="center", gap="small", key="desk-head"):
    st.badge(naming.in_badge(naming.language_task(dataset)), color="blue")
    about = st.container(width="content")
    name = who.who()
if not name:
    st.caption("Everything you say is kept under this name, and nothing is ever overwritten.")
    st.stop()
seat = desking.seat(dataset, name)
desking.take_seat(seat)
about.text(f"{dataset.name} · {naming.run_title(seat.run) if seat.run else 'labels of the file'}")
work = feeds.begun(seat)
feeds.picker(seat)
bench.bench(seat)
if work:
    feeds.waiting(seat, work)
with buttons:
    feeds.again(seat)
    labels.button(dataset)
if seat.run:
    here = Here(dataset, seat.run, queries.gold_run(dataset.id))
    with buttons:
        hand_over.hand_over(here)
    if not state.view().present:
        loop.panel(here, str(seat.key))
