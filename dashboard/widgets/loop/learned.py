"""What the corrections were worth so far, and how many more the exemplars need."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core.loop.budget import Budget
from core.loop.curve import Curve
from dashboard import looping, naming, routes, state
from dashboard.charts.budget import budget as budget_chart
from dashboard.charts.learning import AXES, learning
from dashboard.current import Here
from dashboard.widgets.export import export_menu
from dashboard.widgets.layout import chart

SECONDS = 5.0
CHART = "loop-curve"
POINT = "loop-point"


def curve(here: Here) -> None:
    """The running curve and the noise budget; both follow what is saved."""
    st.fragment(_curve, run_every=SECONDS)(here)


def _curve(here: Here) -> None:
    newest = looping.newest_round(here.run["id"])
    told = looping.learning(here.dataset.id, here.run["id"], newest["id"])
    if told.value is None:
        if told.error is None:
            st.badge("working out what it was worth", color="blue", icon=":material/progress_activity:")
        return
    with st.container(horizontal=True, gap="large"):
        with st.container(width=520):
            _drawn(told.value)
        with st.container(width=360):
            _budget(here, newest["id"])


def _drawn(found: Curve) -> None:
    table = looping.table(found)
    if not found.source:
        st.markdown("#### What it was worth")
        st.caption(
            "There is no gold here. Label some items of a random sample blind (the audit queue): then this "
            "shows how good each run is, with its interval."
        )
        return
    over = st.segmented_control(
        "Over",
        list(AXES),
        default="corrections",
        required=True,
        label_visibility="collapsed",
        format_func=AXES.__getitem__,
        key="loop-over",
    )
    figure = learning(
        table,
        over=over or "corrections",
        metric=naming.METRICS.get(found.metric, found.metric),
        dark=state.dark(),
    )
    chart("What it was worth", figure, key=CHART, note=note(found), on_select=_chosen)
    _opened(table)
    export_menu({"What it was worth": table}, stem="learning-curve", key="loop-export")


def note(found: Curve) -> str:
    """What the curve is measured on."""
    if found.source == "gold":
        return f"Against gold, on the {found.judged:,} items that nobody corrected; 95 % intervals."
    return "Estimated from items labelled blind and the run's own confidence; 95 % intervals."


def _chosen() -> None:
    points: list[Any] = list(state.widget(CHART)["selection"]["points"])
    data = points[0].get("customdata") if points else None
    if data:
        state.keep(POINT, data[0] if isinstance(data, list) else str(data))


def _opened(table: pd.DataFrame) -> None:
    """Ways from the chosen point: its run, and what changed since the one before."""
    runs = list(table["run"])
    chosen = state.kept(POINT, "")
    at = runs.index(chosen) if chosen in runs else len(runs) - 1
    with st.container(horizontal=True, gap="small"):
        label = f"Run {at + 1} of {len(runs)}"
        st.page_link(
            routes.STAGE1, label=label, icon=":material/open_in_new:", query_params=state.link(run=runs[at])
        )
        if at:
            sides = f"{runs[at - 1]}@stage2,{runs[at]}@stage2"
            st.page_link(
                routes.COMPARE,
                label="Compare with the run before",
                icon=":material/compare_arrows:",
                query_params=state.link(run=runs[at], sides=sides),
            )


def _budget(here: Here, run_id: str) -> None:
    told = looping.noise(here.dataset.id, run_id)
    if told.value is None:
        return
    found: Budget = told.value
    if found.exemplars is None:
        st.markdown("#### Noise budget")
    else:
        share = found.exemplars
        figure = budget_chart(share.value, share.low, share.high, found.goal, dark=state.dark())
        note_ = f"Wrong labels among likely exemplars; shaded: up to {found.goal:.0%} they win."
        chart("Noise budget", figure, key="loop-budget", note=note_)
    st.text(found.remark)
