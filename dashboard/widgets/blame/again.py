"""Doing without an exemplar: what that takes, leave to do it, and what came of it."""

from __future__ import annotations

import streamlit as st

from core.errors import StudioError
from dashboard import actions, blaming, call_queries, naming, providers, queries, routes, state
from dashboard.current import Here
from dashboard.widgets import errors, jobs
from dashboard.widgets.language_model import consent, money

BAN, SWAP = "ban", "swap"
TAGGER = "offline"


def panel(here: Here, ref: str) -> None:
    """Ban it or swap it: says how many sentences change and how many calls that takes before it starts."""
    if state.view().present:
        return
    st.markdown("##### Do without it")
    which = st.segmented_control(
        "Its place",
        (BAN, SWAP),
        format_func={BAN: "is chosen anew", SWAP: "goes to a sentence"}.__getitem__,
        default=BAN,
        required=True,
        key=f"without-{ref}",
    )
    pin = _other(here, ref) if which == SWAP else ()
    if pin is None:
        return
    try:
        price = blaming.price(here, (ref,), pin)
    except StudioError as error:
        st.caption(naming.plain(str(error)))
        return
    st.text(_told(here, price))
    _go(here, ref, pin, price)


def _other(here: Here, ref: str) -> tuple[str, ...] | None:
    """The sentence that takes its place; None where none is named yet."""
    at = st.number_input(
        "Sentence",
        min_value=0,
        max_value=max(0, here.dataset.n_instances - 1),
        value=None,
        placeholder="its number",
        key=f"instead-{ref}",
        help="A sentence of this run, by the number that lists show",
    )
    if at is None:
        return None
    found = queries.instance(here.dataset.id, int(at))
    st.text(found.text if found else "")
    return (str(int(at)),)


def _told(here: Here, price: blaming.Price) -> str:
    items = here.items if price.sentences != 1 else here.items.removesuffix("s")
    change = "change" if price.sentences != 1 else "changes"
    if blaming.was_recorded(here):
        return (
            f"{price.sentences:,} {items} {change}. Their answers were recorded, and there are none to other "
            "prompts: the offline tagger labels them, so they differ by more than their exemplars."
        )
    calls = f"{price.calls:,} calls at least" if price.calls else "no calls"
    return f"{price.sentences:,} {items} {change}, {calls}; all others keep their labels."


def _go(here: Here, ref: str, pin: tuple[str, ...], price: blaming.Price) -> None:
    host = providers.away(str(naming.resolved(here.run).get("llm", {}).get("base_url", "")))
    asks = price.calls > 0
    question = consent.question_again(host if asks else "", _cost(here, price) if asks else "")
    agreed = not question or st.checkbox(question, key=f"agreed-{ref}-{question}")
    n = f"{price.sentences:,} {here.items if price.sentences != 1 else here.items.removesuffix('s')}"
    pressed = st.button(
        f"Label {n} again", icon=":material/replay:", type="primary", disabled=not agreed, key=f"rerun-{ref}"
    )
    if pressed:
        with errors.shown():
            by = TAGGER if blaming.was_recorded(here) else ""
            job = actions.rerun(here.run["id"], (ref,), pin=pin, answered_by=by, agreed=host if asks else "")
            state.go(job=job)
            st.rerun()


def _cost(here: Here, price: blaming.Price) -> str:
    """What the calls come to at the price of one that was made; "" = nothing, or not known."""
    before = queries.prediction(here.run["id"], "stage2", price.positions[0])
    made = call_queries.call(before.completion_key) if before and before.completion_key else None
    listed = actions.price(made.model, made.host) if made else None
    if made is None or listed is None:
        return ""
    cost = price.calls * listed.of(made.prompt_tokens or 0, made.completion_tokens or 0)
    return f"about {money.said(cost, listed.currency)}" if cost else ""


def follow(here: Here) -> None:
    """How the run stands that was started here, and the way to hold it against this one."""
    job = jobs.ended(here)
    if job is None:
        return
    with st.container(border=True, key="without"):
        if job.state != "done":
            st.badge("this failed" if job.state == "failed" else "this was stopped", color="red")
            st.text(job.message)
            there = state.link(job=job.id)
            st.page_link(routes.JOBS, label="Its job", icon=":material/work_history:", query_params=there)
            return
        st.badge("labelled again", color="green", icon=":material/check:")
        before, after = f"{here.run['id']}@stage2", f"{job.run_id}@stage2"
        st.button(
            "Compare before and after",
            icon=":material/compare_arrows:",
            key="before-and-after",
            on_click=state.go,
            kwargs={"sides": f"{before},{after}", "part": "", "job": ""},
        )
