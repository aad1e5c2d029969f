"""What the corrections since a run reach, and the button that labels exactly that anew."""

from __future__ import annotations

import streamlit as st

from core.errors import StudioError
from core.jobs import ACTIVE
from core.loop.affected import Affected
from dashboard import actions, looping, naming, providers, queries, state
from dashboard.current import Here
from dashboard.widgets import errors
from dashboard.widgets.language_model import consent
from dashboard.widgets.loop import learned

SECONDS = 2.0
KEY = "F9"
AFTER = (0, 5, 10, 20, 50)
"""Corrections after which a round starts by itself; 0 = never."""


def panel(here: Here, feed_key: str) -> None:
    """The loop of a run; follows by itself what is saved and labelled, and leaves the rest of the page alone.

    Args:
        feed_key: of the desk beside it; another one starts the panel afresh.
    """
    with st.container(border=True, key="loop"):
        st.markdown("#### The loop")
        st.fragment(_panel, run_every=SECONDS)(here, feed_key)
        learned.curve(here)


def _panel(here: Here, feed_key: str) -> None:
    newest = looping.newest_round(here.run["id"])
    if newest["id"] != here.run["id"]:
        _newer(here, newest)
    if looping.on_its_way(here.dataset.id):
        _working(here)
        return
    _announce(here, newest["id"])
    n = looping.corrections(newest["id"])
    if not n:
        st.caption("No corrections since this run. Save some: they teach the labels of all other items.")
        return
    told = looping.reach(here.dataset.id, newest["id"])
    _reached(here, n, told)
    host = providers.away(str(naming.resolved(newest).get("llm", {}).get("base_url", "")))
    _go(here, newest, n, told, host, feed_key)


def _newer(here: Here, newest: queries.RunRow) -> None:
    """Labels are shown of an older round than there is."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        n = newest["meta"].get("rerun", {}).get("sentences", 0)
        st.badge(f"{n:,} {here.items} were labelled anew", color="green", icon=":material/check:")
        st.button(
            "Go on with the new labels",
            key="loop-newer",
            icon=":material/arrow_forward:",
            on_click=state.go,
            kwargs={"run": newest["id"], "job": ""},
        )


def _working(here: Here) -> None:
    job = next(job for job in actions.all_jobs() if job.dataset == here.dataset.id and job.state in ACTIVE)
    share = min(1.0, job.done / job.total) if job.total else 0.0
    st.progress(share, text=naming.plain(f"labelling anew: {job.stage or 'starting'}"))


def _announce(here: Here, newest: str) -> None:
    """Say once, in this session, that a round is done, or why it failed."""
    job_id = str(state.kept("loop-job", ""))
    if not job_id:
        return
    state.keep("loop-job", "")
    job = next((job for job in actions.all_jobs() if job.id == job_id), None)
    if job is not None and job.state != "done":
        st.toast(naming.plain(f"The round failed: {job.message}" if job.state == "failed" else "Stopped"))
    elif newest != here.run["id"]:
        st.toast("The round is done")


def _reached(here: Here, n: int, told: looping.Told) -> None:
    corrected = f"{n:,} {'corrections' if n > 1 else 'correction'} since this run"
    if told.error is not None:
        st.text(f"{corrected}.")
        st.caption(naming.plain(str(told.error)))
        return
    if told.value is None:
        st.text(f"{corrected}.")
        st.badge("working out what they reach", color="blue", icon=":material/progress_activity:")
        return
    late = "" if told.fresh else " (of a moment ago)"
    st.text(f"{corrected}. {reach_text(told.value, here.items)}{late}")


def reach_text(found: Affected, items: str) -> str:
    """What corrections reach, in one line."""
    n = len(found.positions)
    if not n:
        return "They change no exemplars and no other labels."
    parts = [
        (found.sets, "get other exemplars"),
        (found.shown, "show one that was corrected"),
        (found.own, "have words that are seen otherwise now"),
    ]
    said = ", ".join(f"{count:,} {what}" for count, what in parts if count)
    return f"They reach {n:,} {items}: {said}."


def _go(here: Here, newest: queries.RunRow, n: int, told: looping.Told, host: str, feed_key: str) -> None:
    if state.view().present or told.error is not None:
        return
    question = consent.question_again(host, "")
    agreed = not question or st.checkbox(question, key=f"loop-agreed-{host}")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        size = len(told.value.positions) if told.value and told.fresh else 0
        pressed = st.button(
            f"Label {size:,} {here.items} anew" if size else "Label anew what they reach",
            key=f"loop-round-{feed_key}",
            icon=":material/autorenew:",
            type="primary",
            shortcut=KEY,
            disabled=not agreed or bool(told.value and told.fresh and not size),
        )
        after = st.selectbox(
            "By itself after",
            AFTER,
            format_func=lambda number: f"{number} corrections" if number else "never",
            key=f"loop-after-{feed_key}",
            width=180,
        )
    if pressed or (agreed and after and n >= after):
        _start(newest["id"], host)
        if looping.on_its_way(here.dataset.id):
            _working(here)


def _start(run_id: str, host: str) -> None:
    """Start a round; that somebody else's took the corrections in meanwhile is no problem."""
    with errors.shown():
        try:
            state.keep("loop-job", looping.start_round(run_id, agreed=host))
        except StudioError as error:
            if looping.corrections(run_id):
                raise
            st.caption(naming.plain(str(error)))
