"""The word that somebody has to give before text goes to another machine, or money is spent."""

from __future__ import annotations

import streamlit as st

from core.costs import Estimate
from dashboard import naming, plans
from dashboard.plans import Plan
from dashboard.widgets.language_model import estimate


def given(plan: Plan) -> dict[str, str] | None:
    """What the plan's overrides get when it starts; None = it may not start yet."""
    if not plan.live:
        return {}
    found = estimate.work(plan)
    if found is None or not found.done or found.error:
        return None
    asked = question(found.value)
    if not asked:
        return {}
    key = f"asked-{plan.dataset.id}-{plans.command(plan)}-{asked}"
    if not st.checkbox(asked, key=key):
        return None
    return {"llm.agreed": plan.model_host} if plan.model_host else {}


def question(found: Estimate) -> str:
    """What has to be agreed to; "" = nothing: the text stays here and it costs nothing."""
    sent = f"This text may be sent to {naming.plain(found.host)}" if found.leaves else ""
    if not found.costs:
        return sent
    spent = "cost what its owner asks" if found.price is None else f"cost {estimate.money_of(found)}"
    return f"{sent} and {spent}" if sent else f"This may {spent}"


def question_again(host: str, cost: str) -> str:
    """As `question`, for more calls to the model of a run; `cost` is "" where it is none or not known."""
    if host:
        return f"This text may be sent to {naming.plain(host)} and cost {cost or 'what its owner asks'}"
    return f"This may cost {cost}" if cost else ""
