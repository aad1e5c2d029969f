"""Prove it: the same queries solved again with the whole pool in a solver, both objectives side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.workbench import Audit, Workbench
from dashboard import trying
from dashboard.current import Here
from dashboard.widgets import errors

FEW, MANY = 3, 20
LARGE = 2000
"""Pools from this size on take a solver seconds per query: fewer are proven."""
SAME = 1e-9


def prove_it(here: Here, bench: Workbench, settings: Mapping[str, Any]) -> pd.DataFrame | None:
    """The button, and what came of it; absent for selectors that solve no program."""
    if settings.get("name", "ilp") != "ilp":
        return None
    n = min(len(bench.queries), FEW if len(bench.pool) > LARGE else MANY)
    st.markdown("#### Prove it")
    st.caption(
        f"Solve {n} queries again with all {len(bench.pool):,} candidates in the CBC solver, "
        "without any of our shortcuts, and hold the objectives side by side."
    )
    if st.button("Prove it", icon=":material/verified:", key="prove"):
        with errors.shown():
            _prove(here, bench, settings, n)
    done = trying.kept(here.run["id"], "proof", settings).get("audit")
    return None if done is None else _shown(done)


def _prove(here: Here, bench: Workbench, settings: Mapping[str, Any], n: int) -> None:
    bar = st.progress(0.0, text="Solving")
    seen = {"rounds": 0, "last": 0}

    def report(_what: str, done: int, total: int) -> None:
        seen["rounds"] += done < seen["last"] or (done == seen["last"] == total)
        seen["last"] = done
        bar.progress(min(1.0, (min(1, seen["rounds"]) + done / max(1, total)) / 2), text="Solving")

    try:
        trying.prove(here.run["id"], bench, settings, n, report)
    finally:
        bar.empty()


def _shown(done: Audit) -> pd.DataFrame:
    same = done.largest <= SAME
    said = f"largest difference {done.largest:.1e}" if done.largest else "no difference at all"
    st.badge(
        f"{len(done.differences)} of {len(done.differences)} equal: {said}" if same else f"not equal: {said}",
        color="green" if same else "red",
        icon=":material/verified:" if same else ":material/error:",
    )
    table = pd.DataFrame(
        [
            {
                "sentence": position,
                "our objective": ours,
                "CBC, whole pool": theirs,
                "difference": ours - theirs,
            }
            for position, ours, theirs in done.differences
        ]
    )
    plain = st.column_config.NumberColumn(format="%.9f")
    st.dataframe(
        table,
        hide_index=True,
        height=min(250, 38 + 35 * len(table)),
        alt="Objectives of both solvers",
        column_config={
            "our objective": plain,
            "CBC, whole pool": plain,
            "difference": st.column_config.NumberColumn(format="scientific"),
        },
    )
    return table
