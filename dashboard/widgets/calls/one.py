"""One call, word for word: what was asked, what came back, and how that was read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.types import Completion, Prediction
from dashboard import call_queries, naming, queries, routes, state
from dashboard.current import Here
from dashboard.widgets import sentence
from dashboard.widgets.calls.listing import names
from dashboard.widgets.layout import verbatim

HEIGHT = 400
COLOURS = {"ok": "green", "repaired": "blue", "unparseable": "orange", "truncated": "orange"}
WHO = {"assistant": "The model answered", "user": "It was told what to mend"}


def call(here: Here, stage: str, position: int) -> Completion | None:
    """The call whose answer became the labels of an item; None where it is not stored."""
    found = queries.prediction(here.run["id"], stage, position)
    return call_queries.call(found.completion_key) if found and found.completion_key else None


def heading(here: Here, stage: str, position: int) -> None:
    """Which item, how its call ended, and what was wrong."""
    found = queries.prediction(here.run["id"], stage, position)
    outcome: str = (found.outcome or "") if found else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(sentence.title(here, position), width="content")
        st.badge(names()[outcome], color=COLOURS.get(outcome, "red" if outcome else "gray"))  # type: ignore[arg-type]
        if stage == "stage2":
            there, icon = state.link(sentence=position), ":material/join_inner:"
            st.page_link(routes.EXEMPLARS, label="Its exemplars", icon=icon, query_params=there)


def problem(found: Prediction | None, made: Completion | None) -> None:
    """What was wrong with the answer, or why there was none."""
    said_by = [row.error for row in (found, made) if row is not None and row.error]
    for said in dict.fromkeys(said_by):
        st.text(f"{said[:1].upper()}{said[1:]}")


def opened(here: Here, stage: str, position: int) -> None:
    """Prompt and answer side by side, what the call took, how the answer was read, what else was asked."""
    found = queries.prediction(here.run["id"], stage, position)
    made = call(here, stage, position)
    problem(found, made)
    if made is None:
        st.info("No call is stored for this one.", icon=":material/info:")
        return
    asked = call_queries.parameters(made)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("##### Prompt, as it was sent")
        verbatim(made.prompt, height=HEIGHT)
    with right:
        st.markdown("##### Answer, as it came back")
        _turns(asked.get("then") or ())
        verbatim(made.text, height=HEIGHT)
    st.caption(took(made))
    st.markdown("##### How it was read")
    sentence.against_gold(here, stage, position, key=f"read-{stage}")
    with st.expander("Parameters", icon=":material/tune:"):
        st.code(_readable(made, asked), language="json", wrap_lines=True)
    _attempts(here, made)


def _turns(then: Sequence[Any]) -> None:
    """What was said between the prompt and the answer that counts."""
    turns = [turn for turn in then if isinstance(turn, list | tuple) and len(turn) == 2]
    if turns:
        with st.expander(f"Before that: {len(turns)} turns", icon=":material/history:"):
            for who, text in turns:
                st.caption(WHO.get(str(who), "Somebody said"))
                st.code(str(text), language=None, wrap_lines=True)


def took(made: Completion) -> str:
    """`fake-model at api.example.org · 900 prompt and 60 answer tokens · 0.8 s · ended with stop`."""
    place = f" at {made.host}" if made.host else ""
    counts = (("prompt", made.prompt_tokens), ("answer", made.completion_tokens))
    tokens = " and ".join(f"{n:,} {name}" for name, n in counts if n is not None)
    parts = [f"{made.model}{place}", f"{tokens} tokens" if tokens else ""]
    parts += [f"{made.seconds:.2f} s" if made.seconds is not None else ""]
    parts += [f"ended with {made.finish_reason}" if made.finish_reason else ""]
    return naming.plain(" · ".join(filter(None, parts)))


def _readable(made: Completion, asked: Mapping[str, Any]) -> str:
    """Everything that was asked for besides the text, and what the call is known by."""
    frame = dict(asked.get("frame") or {})
    frame.pop("words", None)
    told = {**asked, "frame": frame} if frame else dict(asked)
    told.pop("then", None)
    ids = {"key": made.key, "prompt_sha256": made.prompt_sha256, "host": made.host, "status": made.status}
    return json.dumps({**told, **ids}, ensure_ascii=False, indent=2)


def _attempts(here: Here, made: Completion) -> None:
    """Other calls with this very prompt: repairs, repetitions, other runs."""
    others = [
        other for other in call_queries.attempts(here.dataset.id, made.prompt_sha256) if other.key != made.key
    ]
    if not others:
        return
    with st.expander(f"{len(others)} more with this prompt", icon=":material/repeat:"):
        for other in others:
            st.caption(f"{_kind(other)} · {took(other)}")
            if other.error:
                st.text(other.error)
            st.code(other.text or "(nothing)", language=None, wrap_lines=True)


def _kind(made: Completion) -> str:
    asked = call_queries.parameters(made)
    if asked.get("again"):
        return f"Asked again ({asked['again']})"
    if asked.get("sample"):
        return f"Answer {int(asked['sample']) + 1} of several"
    return "After a mistake was pointed out" if asked.get("then") else "First answer"
