"""Asking again: one item, all that ended alike, or every one with another template; what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from core.jobs import JobStatus
from core.llms import LIVE
from dashboard import actions, call_queries, naming, providers, queries, routes, state
from dashboard.current import Here
from dashboard.widgets import errors, jobs
from dashboard.widgets.calls import one
from dashboard.widgets.calls.listing import names
from dashboard.widgets.language_model import consent, money
from dashboard.widgets.layout import verbatim

ONE, ALIKE, EVERY = "one", "alike", "every"


def panel(
    here: Here,
    stage: str,
    position: int,
    *,
    template: str = "",
    key: str,
    ready: bool = True,
    before: Callable[[], None] = lambda: None,
) -> None:
    """Which items to ask about once more, consent where text goes away, and the button.

    `template` is the name of a template to ask with ("" = as before), which `before` saves.
    """
    if state.view().present:
        return
    if here.run["kind"] != "run" or not _model(here):
        st.caption(
            "Only a run of one's own, with a language model that can be reached, can be asked again.",
        )
        return
    st.markdown("##### Ask again")
    which = _which(here, stage, position, every=bool(template), key=key)
    host = providers.away(_address(here))
    question = consent.question_again(
        host, _cost(here, stage, position, _count(here, stage, position, which))
    )
    agreed = not question or st.checkbox(question, key=f"again-{key}-{question}")
    label = "Ask again with this template" if template else "Ask again"
    pressed = st.button(
        label, icon=":material/replay:", type="primary", disabled=not (agreed and ready), key=f"ask-{key}"
    )
    st.caption("It becomes a run of its own. All other answers come from the log and cost nothing.")
    if pressed:
        with errors.shown():
            before()
            positions = [] if which == EVERY else _positions(here, stage, position, which)
            job = actions.ask_again(
                here.run["id"], positions, template=template, whole=which == EVERY, agreed=host
            )
            state.go(job=job)
            st.rerun()


def _address(here: Here) -> str:
    return str(naming.resolved(here.run).get("llm", {}).get("base_url", ""))


def _count(here: Here, stage: str, position: int, which: str) -> int:
    every = int(here.run["n"])
    return every if which == EVERY else len(_positions(here, stage, position, which))


def _cost(here: Here, stage: str, position: int, n: int) -> str:
    """What so many calls like this one cost; "" = nothing, or not known."""
    made = one.call(here, stage, position)
    price = actions.price(made.model, made.host) if made else None
    if made is None or price is None:
        return ""
    cost = n * price.of(made.prompt_tokens or 0, made.completion_tokens or 0)
    return f"about {money.said(cost, price.currency)}" if cost else ""


def _model(here: Here) -> bool:
    return naming.resolved(here.run).get("stage2", {}).get("llm") in LIVE


def _which(here: Here, stage: str, position: int, *, every: bool, key: str) -> str:
    outcome = _outcome(here, stage, position)
    n = call_queries.outcomes(here.run["id"], stage).get(outcome, 0)
    options = {ONE: "this one"}
    if n > 1:
        options[ALIKE] = f"all {n:,} that ended “{names()[outcome]}”"
    if every:
        options[EVERY] = f"every one ({here.run['n']:,})"
    chosen = st.segmented_control(
        "Ask about",
        list(options),
        format_func=options.__getitem__,
        default=ONE,
        required=True,
        key=f"of-{key}",
    )
    return str(chosen)


def _outcome(here: Here, stage: str, position: int) -> str:
    found = queries.prediction(here.run["id"], stage, position)
    return (found.outcome or "") if found else ""


def _positions(here: Here, stage: str, position: int, which: str) -> Sequence[int]:
    if which == ONE:
        return [position]
    return call_queries.positions(here.run["id"], stage, _outcome(here, stage, position))


def follow(here: Here, stage: str, position: int | None) -> None:
    """How the run stands that was started here, and the new answer beside the old once it is there."""
    job = jobs.ended(here)
    if job is None:
        return
    with st.container(border=True, key="asked-again"):
        if job.state == "done":
            _came_back(here, job, stage, position)
        else:
            st.badge(
                "asking again failed" if job.state == "failed" else "asking again was stopped", color="red"
            )
            st.text(job.message)
            there = state.link(job=job.id)
            st.page_link(routes.JOBS, label="Its job", icon=":material/work_history:", query_params=there)


def _came_back(here: Here, job: JobStatus, stage: str, position: int | None) -> None:
    st.badge("asked again", color="green", icon=":material/check:")
    found = queries.prediction(job.run_id, stage, position) if position is not None else None
    if found and position is not None:
        before = queries.prediction(here.run["id"], stage, position)
        said = [names()[(row.outcome or "")] if row else "" for row in (before, found)]
        same = before is not None and before.labels == found.labels
        labels = "the same labels" if same else "other labels"
        item = "Sentence" if here.unit == "tokens" else "Item"
        st.text(f"{item} {position}: {said[0]} before, now {said[1]}; {labels}.")
        made = call_queries.call(found.completion_key) if found.completion_key else None
        if made:
            verbatim(made.text, height=180)
    there = state.link(run=job.run_id, sentence=-1 if position is None else position)
    st.page_link(routes.CALLS, label="Open the new run", icon=":material/forum:", query_params=there)
