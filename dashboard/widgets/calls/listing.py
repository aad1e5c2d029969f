"""The calls of a run: counted by outcome, filtered, listed by page, exported."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.types import OUTCOMES
from dashboard import call_queries, captions, naming, state
from dashboard.charts.outcomes import outcomes
from dashboard.current import Here
from dashboard.state import PAGE_SIZE
from dashboard.widgets.export import Later, Tables, export_menu
from dashboard.widgets.layout import CONFIG

UNKNOWN = "not recorded"
EVERY = ""


def stage_of(here: Here) -> str:
    """Whose calls are shown: the stage of the address, else the last that has some; "" = none has."""
    found = call_queries.stages(here.run)
    return state.view().stage if state.view().stage in found else found[0] if found else ""


def names() -> dict[str, str]:
    """What outcomes are called."""
    return {**naming.OUTCOMES, "": UNKNOWN}


def summary(here: Here, stage: str) -> None:
    """The outcomes as a bar, and as chips to filter by; which stage, where both were asked."""
    found = call_queries.outcomes(here.run["id"], stage)
    stages = call_queries.stages(here.run)
    if len(stages) > 1:
        st.segmented_control(
            "Stage", stages, format_func=naming.STAGES.__getitem__, required=True, **_bound_stage(stage)
        )
    figure = outcomes(found, names(), dark=state.dark())
    st.plotly_chart(figure, theme=None, config=CONFIG, key="outcomes", alt=_told(found))
    counted: dict[str, str] = {
        name: f"{names()[name]} {found[name]:,}" for name in OUTCOMES if found.get(name)
    }
    if state.view().outcome and state.view().outcome not in counted:
        counted[state.view().outcome] = f"{names()[state.view().outcome]} 0"
    every = {EVERY: f"all {sum(found.values()):,}", **counted}
    st.segmented_control(
        "How they ended",
        list(every),
        format_func=every.__getitem__,
        required=True,
        **state.bound("outcome"),
    )


def _bound_stage(stage: str) -> dict[str, Any]:
    arguments = state.bound("stage")
    state.show(arguments["key"], stage)
    return arguments


def _told(found: dict[str, int]) -> str:
    parts = [f"{names()[name]} {found[name]}" for name in (*OUTCOMES, "") if found.get(name)]
    return f"Outcomes of the calls: {', '.join(parts)}"


def listed(here: Here, stage: str) -> Later | None:
    """A page of calls; a click on a row opens that call. Returns all that pass the filter, for export."""
    outcome = state.view().outcome or None
    counts = call_queries.outcomes(here.run["id"], stage)
    total = sum(counts.values()) if outcome is None else counts.get(outcome, 0)
    if not total:
        st.info("No call of this run ended so. Choose another outcome.", icon=":material/filter_alt_off:")
        return None
    pages = max(1, math.ceil(total / PAGE_SIZE))
    page = min(state.view().page, pages)
    rows = call_queries.calls(
        here.run["id"], stage, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE, outcome=outcome
    )
    shown = rows.drop(columns="key").assign(outcome=[names()[name] for name in rows.outcome])
    positions = [int(value) for value in rows.position]
    st.dataframe(
        shown[[name for name in shown if name == "position" or shown[name].notna().any()]],
        hide_index=True,
        height=min(330, 40 + 35 * len(shown)),
        selection_mode="single-row",
        column_config=_columns(here),
        placeholder="",
        alt="Calls; choose a row to open it",
        **state.row_to_view(f"calls-{stage}-{outcome}-{page}", "sentence", positions),
    )
    left, right = st.columns([1, 3], vertical_alignment="center")
    left.caption(f"{total:,} calls" if total > 1 else "1 call")
    if pages > 1:
        with right.container(horizontal_alignment="right"):
            st.pagination(pages, width="stretch", **state.bound("page"))
    return Later(total, partial(_everything, here.run["id"], stage, total, outcome))


def _everything(run_id: str, stage: str, total: int, outcome: str | None) -> pd.DataFrame:
    return call_queries.calls(run_id, stage, limit=total, offset=0, outcome=outcome)


def _columns(here: Here) -> dict[str, Any]:
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "position": number("#", width=50, pinned=True, help="Counted from 0, as on the command line"),
        "text": text("premise" if here.dataset.task == "nli" else here.items.removesuffix("s"), width=300),
        "outcome": text("how it ended", width=95),
        "problem": text("what was wrong", width=300),
        "prompt_tokens": number("prompt", width=65, help="Tokens of the prompt"),
        "completion_tokens": number("answer", width=65, help="Tokens of the answer"),
        "seconds": number("seconds", format="%.1f", width=70),
    }


def exports(here: Here, table: Later | None, more: Tables) -> None:
    """The whole log as JSON Lines, the table as CSV."""
    st.download_button(
        "Export log (JSONL)",
        partial(call_queries.log_file, here.run),
        f"{here.dataset.id}-calls-{here.run['id'][:8]}.jsonl".replace("/", "-"),
        "application/x-ndjson",
        key="call-log",
        on_click="ignore",
        icon=":material/download:",
        help="Every call word for word, repairs and repetitions too.",
    )
    about = captions.of_run(here)
    export_menu({"Calls": table, **more}, stem=here.dataset.id, key="calls", caption=about)


def opened(here: Here, stage: str) -> int | None:
    """Position of the call that is open: the address's, else the first that passes the filter."""
    found = call_queries.positions(here.run["id"], stage, state.view().outcome or None)
    asked = state.view().sentence
    if asked >= 0 and asked in call_queries.positions(here.run["id"], stage, None):
        return asked
    return found[0] if found else None


def stepper(here: Here, stage: str, position: int) -> None:
    """Previous and next, among those that pass the filter."""
    found = call_queries.positions(here.run["id"], stage, state.view().outcome or None)
    before = [place for place in found if place < position]
    after = [place for place in found if place > position]
    for label, icon, there in (
        ("Previous", ":material/chevron_left:", before[-1:]),
        ("Next", ":material/chevron_right:", after[:1]),
    ):
        st.button(
            label,
            icon=icon,
            icon_position="left" if label == "Previous" else "right",
            disabled=not there,
            on_click=_step,
            args=tuple(there),
        )


def _step(position: int) -> None:
    state.go(sentence=position)
