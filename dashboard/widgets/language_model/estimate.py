"""What a run with a language model will take, told before it begins; nothing is sent to find out."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.costs import Estimate, Range
from core.costs.estimating import estimate
from core.jobs.prepare import Request
from dashboard import background, naming, plans, resources
from dashboard.background import Work
from dashboard.plans import Plan
from dashboard.widgets.empty import problem
from dashboard.widgets.language_model import money, prices


def request(plan: Plan) -> Request:
    """What the plan asks for, without anybody's consent."""
    return Request(
        plan.recipe, plan.dataset.id, plan.overrides, plan.sources, plan.split, plan.limit, plan.seed
    )


def work(plan: Plan) -> Work | None:
    """The estimate of a plan, begun if it was not yet; None where no model is asked or something is wrong."""
    if not plan.live or plan.error:
        return None
    store, asked = resources.store(), request(plan)
    workspace, version = resources.version()
    key = f"estimate {workspace} {version} {plans.command(plan)}"
    return background.start(key, lambda _: estimate(store, asked, store.path.parent))


def panel(plan: Plan) -> None:
    """The estimate, or that it is being worked out."""
    found = work(plan)
    if found is None:
        return
    with st.container(key="estimate"):
        st.markdown("##### What it will cost")
        if not found.done:
            background.follow(found, "Counting tokens")
            return
        if found.error:
            problem(found.error)
            return
        told(found.value)
        with st.container(horizontal=True, gap="small"):
            prices.button(found.value.model, found.value.host)


def told(found: Estimate) -> None:
    """Calls, tokens, money, time and where text goes."""
    st.text(found.statement)
    with st.container(gap="xsmall"):
        for name, value in figures(found).items():
            st.markdown(f"{name}: **{naming.plain(value)}**")
    st.caption(naming.plain(f"Price: {found.priced}"))
    with st.expander("How this was worked out"):
        st.caption(f"From the prompts of {found.measured_on:,} items; ranges are of 95 %.")
        for note in found.notes:
            st.caption(naming.plain(note))


def figures(found: Estimate) -> dict[str, str]:
    """The figures in words."""
    calls = _range(found.calls)
    if found.cached:
        calls = f"{calls}, {found.cached:,} of them in the log"
    shown = {
        "Calls": calls,
        "Prompt tokens": _range(found.prompt_tokens),
        "Answer tokens": _range(found.completion_tokens),
        "Money": money_of(found),
    }
    if found.seconds is not None:
        shown["Time"] = _range(found.seconds, duration)
    return shown


def money_of(found: Estimate) -> str:
    """`0.12 USD (0.10 to 0.15)`."""
    if found.price is None:
        return money.said(None, "")
    if not found.price.high:
        return "nothing"
    return _range(found.price, lambda value: money.said(value, found.currency))


def _range(found: Range, write: Callable[[float], str] = lambda value: f"{value:,.0f}") -> str:
    low, likely, high = (write(value) for value in (found.low, found.likely, found.high))
    return likely if low == high else f"{likely} ({low} to {high})"


def duration(seconds: float) -> str:
    """`40 s`, `5 min`, `2.1 h`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def table(found: Estimate) -> pd.DataFrame:
    """The estimate as a table, for an export."""
    return pd.DataFrame(figures(found).items(), columns=["what", "estimate"])
