"""Which queue: what there is, how much is left of it, what it is for."""

from __future__ import annotations

import time
from functools import partial

import streamlit as st

from dashboard import actions, background, desking, naming, queries, state
from dashboard.desking import Seat
from dashboard.widgets import errors

AT_ONCE = 0.4
"""Seconds a page waits for a feed that may be there at once."""
SIZES = (50, 100, 200, 400)


def picker(seat: Seat) -> None:
    """The feeds and stored queues, and one line on the chosen one."""
    found = desking.offered(seat.run, seat.key.who, seat.dataset.id)
    names = {order.name: order.title for order in found}
    stored = [row for row in queries.queues(seat.dataset.id) if not row["kind"]]
    names |= {str(row["id"]): f"{str(row['name'])[:40]}" for row in stored}
    now = seat.key.feed
    titles = {name: _titled(seat, name, title) for name, title in names.items()}
    if now not in titles:
        titles[now] = seat.title
    st.pills(
        "Queue",
        list(titles),
        format_func=lambda name: naming.plain(titles[name]),
        label_visibility="collapsed",
        **state.bound_feed(now),
    )
    about = seat.order.about
    reason = next((str(row["reason"]) for row in stored if str(row["id"]) == now), "")
    st.caption(naming.plain(reason or about))


def _titled(seat: Seat, name: str, title: str) -> str:
    """The open queue tells in the labeller how much is left of it, save by save."""
    left = None if name == seat.key.feed else desking.count(seat, name)
    return f"{title} · {left:,}" if left else title


def begun(seat: Seat) -> background.Work | None:
    """The work on the chosen feed, begun here where nobody did; None once it can be handed out."""
    name = f"feed-{seat.key}"
    if desking.desk().ready(seat.key):
        background.forget(name)
        return None
    known = background.look(name)
    if known and known.done:  # of a feed that was renewed since, or of data that were replaced
        background.forget(name)
        if known.error:
            return known
    work = background.start(name, lambda _alive: desking.desk().feed(seat.key))
    until = time.monotonic() + AT_ONCE
    while not work.done and time.monotonic() < until:
        time.sleep(0.005)
    return work if work.error or not desking.desk().ready(seat.key) else None


def waiting(seat: Seat, work: background.Work) -> None:
    """Say that the feed is being worked out, or why it cannot be."""
    if not work.error:
        background.follow(work, f"Working out the queue “{seat.title}”")
    else:
        with errors.shown():
            raise work.error


def draw(seat: Seat) -> None:
    """Where there is no audit yet: draw one. The sample decides what accuracy and noise are said to be."""
    n = seat.dataset.n_instances
    with st.container(border=True, key="draw-audit"):
        st.markdown("#### Draw a random sample")
        st.text(
            "Label these without seeing what any model thinks. Accuracy and noise are estimated from them "
            "alone, so the estimate is honest; they do not enter the pool."
        )
        with st.form("audit", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
            sizes = [size for size in SIZES if size < n] or [n]
            size = st.number_input("Items", 1, n, min(sizes[0], n), step=10, width=140)
            seed = st.number_input("Seed", 0, 2**31 - 1, 0, width=140)
            if st.form_submit_button("Draw", type="primary", icon=":material/casino:"):
                with errors.shown():
                    actions.draw_audit(seat.dataset, seat.key.run, seat.key.stage, int(size), int(seed))
                    desking.desk().again(seat.key)
                    st.rerun()


def again(seat: Seat) -> None:
    """Work the queue out anew: corrections and runs since have changed what is worth doing."""
    st.button(
        "Renew the queue",
        icon=":material/refresh:",
        type="tertiary",
        help="Works the order out again from what is known by now.",
        on_click=partial(desking.desk().again, seat.key),
    )
