"""What a job spends on its language model, and a budget that was reached."""

from __future__ import annotations

import streamlit as st

from core.jobs import JobStatus
from dashboard import actions, field_texts, naming, state
from dashboard.widgets import errors
from dashboard.widgets.language_model import money

BUDGET = "budget"
"""The code of the error with which a job ends that may not spend more."""


def line(job: JobStatus) -> None:
    """Calls, tokens and money so far, and what it comes to in the end."""
    if job.model:
        st.caption(naming.plain(told(job)))


def told(job: JobStatus) -> str:
    """`m at example.org: 40 calls, 12 from the log, 1 failed · 31,000 tokens · 0.02 USD`."""
    found = job.model
    currency = str(found.get("currency") or "")
    calls = [f"{_number(found.get('calls')):,} calls"]
    calls += [f"{_number(found.get('cached')):,} from the log"] if found.get("cached") else []
    calls += [f"{_number(found.get('failed')):,} failed"] if found.get("failed") else []
    tokens = _number(found.get("prompt_tokens")) + _number(found.get("completion_tokens"))
    spent = money.said(found.get("price"), currency)
    projected = found.get("projected")
    if projected and job.state in {"running", "queued"}:
        spent += f", about {money.said(projected, currency)} in the end"
    host = f" at {found['host']}" if found.get("host") else ""
    name = f"{found['model']}{host}: " if found.get("model") else ""
    return f"{name}{', '.join(calls)} · {tokens:,} tokens · {spent}"


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def reached(job: JobStatus) -> bool:
    """Whether a job has stopped because it may not spend more."""
    return job.state == "failed" and job.code == BUDGET


def go_on(job: JobStatus) -> None:
    """The limits of a job that has reached one of them, to be raised; then it goes on."""
    st.text(job.message)
    if state.view().present:
        return
    now = actions.limits(job.id)
    row = st.form(f"budget-{job.id}", border=False)
    with row, st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        wanted = {
            name: st.number_input(
                field_texts.TEXTS[f"llm.{name}"].label,
                min_value=0.0 if name == "max_price" else 0,
                value=value if name == "max_price" else int(value),
                format="%g" if name == "max_price" else "%d",
                help="0 = no limit.",
                width=150,
            )
            for name, value in now.items()
        }
        sent = st.form_submit_button("Raise and go on", type="primary", icon=":material/play_arrow:")
    if sent:
        with errors.shown():
            actions.raise_budget(job.id, {name: float(value) for name, value in wanted.items()})
            st.rerun()
