"""The two what-if tabs of the exemplars page: one sentence, and the whole set. Each reruns by itself."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import what_if
from core.workbench import Workbench
from dashboard import captions, trying
from dashboard.current import Here
from dashboard.widgets import errors, exemplars
from dashboard.widgets.export import Later, Tables, export_menu
from dashboard.widgets.what_if import candidate, chosen, proof, saving, settings, whole


@st.fragment
def one_sentence(here: Here, position: int) -> None:
    """What other settings choose for this sentence, while their sliders move."""
    with errors.shown():
        bench = trying.bench(here.run["id"])
        row = bench.row_of(position)
        if row < 0:
            st.info("This sentence has no noisy labels in this run. Step to another.", icon=":material/info:")
            return
        given = trying.tries()
        left, right = st.columns([1, 2.7], gap="large")
        began = time.perf_counter()
        with right, errors.shown():
            top = _top("what-if")
            asked = trying.effective(bench, given)
            tried = trying.one(bench, asked, row)
            seconds = time.perf_counter() - began
            tables = _sentence(here, bench, asked, tried, seconds)
            _buttons(top, here, given, asked, tables, "what-if")
        with left, st.container(key="tries-panel"):
            near = [int(place) for place in bench.positions[_nearest(bench, row)]]
            settings.panel(trying.defaults(bench, given), given, bench.ready.labels, near)


def _nearest(bench: Workbench, row: int) -> Any:
    return (-bench.problem([row]).similarity[0]).argsort(kind="stable")[:30]


def _sentence(
    here: Here, bench: Workbench, asked: Mapping[str, Any], tried: what_if.Tried, seconds: float
) -> Tables:
    found = chosen.as_found(bench, tried)
    exemplars.badges(found)
    chosen.changed(here, found)
    chosen.figures(tried)
    n = len(bench.pool) - (found["position"] in bench.ready.rows)
    st.caption(f"Chosen from {n:,} candidates in {1000 * seconds:.0f} ms.")
    chosen.price(tried)
    candidate.cloud(here, bench, tried)
    candidate.details(here, bench, tried, asked)
    st.markdown(f"#### The {len(tried.selection.chosen)} chosen")
    chosen.cards(here, bench, tried, found)
    chosen.swap_table(here, bench, tried)
    chosen.prompt(here, bench, tried)
    proved = proof.prove_it(here, bench, asked)
    n = len(tried.selection.chosen)
    return {
        "Chosen": Later(n, lambda: exemplars.as_table(found)),
        "Swap test": Later(len(tried.picks), lambda: chosen.swaps(bench, tried)),
        "Candidates": Later(len(bench.pool), lambda: candidate.as_table(bench, tried)),
        "Proof": proved,
    }


@st.fragment
def whole_set(here: Here) -> None:
    """What other settings choose for all sentences together."""
    with errors.shown():
        bench = trying.bench(here.run["id"])
        given = trying.tries()
        left, right = st.columns([1, 2.7], gap="large")
        with right, errors.shown():
            top = _top("whole-set")
            asked = trying.effective(bench, given)
            tables = _set(here, bench, asked)
            _buttons(top, here, given, asked, tables, "whole-set")
        with left, st.container(key="tries-panel"):
            settings.panel(trying.defaults(bench, given), given, bench.ready.labels, ())


def _set(here: Here, bench: Workbench, asked: Mapping[str, Any]) -> Tables:
    began = time.perf_counter()
    solved, price = trying.everything(bench, asked)
    seconds = time.perf_counter() - began
    whole.figures(here, what_if.figures(bench, solved, asked), solved, seconds)
    whole.price(price)
    used = whole.usage(bench, solved)
    shown = whole.labels(bench, solved)
    others = whole.others(here, bench, asked)
    return {"Use of exemplars": used, "Labels shown": shown, "Settings side by side": others}


def _top(stem: str) -> DeltaGenerator:
    return st.container(horizontal=True, gap="small", horizontal_alignment="right", key=f"{stem}-buttons")


def _buttons(
    top: DeltaGenerator,
    here: Here,
    given: Mapping[str, Any],
    asked: Mapping[str, Any],
    tables: Tables,
    stem: str,
) -> None:
    with top:
        saving.buttons(here, given, asked)
        about = captions.of_run(here)
        export_menu(tables, stem=f"{here.dataset.id}-{stem}", key=stem, caption=about)
