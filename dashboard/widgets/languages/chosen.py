"""The run that is looked at among all runs: its figures beside the published ones, and where to go on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.across import Entry
from core.published import agrees
from dashboard import naming, routes, state
from dashboard.widgets.languages.board import Board
from dashboard.widgets.layout import metrics


def opened(found: Sequence[Entry]) -> Entry | None:
    """The run of the view, if it is one of these."""
    view = state.view()
    return next((entry for entry in found if entry.run["id"] == view.run), None)


def cell_to_run(key: str, board: Board) -> dict[str, Any]:
    """Arguments that make a click on a cell of the matrix look at its newest run."""

    def clicked() -> None:
        points = list((state.widget(key) or {}).get("selection", {}).get("points", ()))
        data = tuple(points[0].get("customdata") or ()) if points else ()
        runs = board.runs.get((data[0], data[1])) if len(data) == 2 else None
        if runs:
            look_at(runs[0])

    return {"key": key, "on_select": clicked}


def row_to_run(key: str, found: Sequence[Entry]) -> dict[str, Any]:
    """Arguments that make a chosen table row look at its run."""

    def chosen() -> None:
        rows = list((state.widget(key) or {}).get("selection", {}).get("rows", ()))
        if rows and rows[0] < len(found):
            look_at(found[rows[0]])

    return {"key": key, "on_select": chosen}


def look_at(entry: Entry) -> None:
    """Make a run the one of the view."""
    state.go(dataset=entry.dataset.id, run=entry.run["id"])


def card(entry: Entry, metric: str) -> None:
    """A run of a language: what it scored by this metric, what was published of the same, links."""
    value, before = entry.value(metric), entry.before(metric)
    with st.container(border=True, key="chosen-run"):
        st.markdown(f"#### {naming.plain(f'{entry.language.name}: {naming.run_title(entry.run)}')}")
        st.text(f"{naming.run_details(entry.run)} · {entry.dataset.name}")
        if value is None:
            st.info(f"This run has no {naming.METRICS[metric]}.", icon=":material/info:")
        else:
            _figures(entry, metric, value, before)
        with st.container(horizontal=True, gap="medium"):
            there = state.link(dataset=entry.dataset.id, run=entry.run["id"])
            icon = ":material/compare_arrows:"
            st.page_link(routes.COMPARE, label="Open in Compare", icon=icon, query_params=there)
            if "stage1" in entry.run["stages"]:
                icon = ":material/looks_one:"
                st.page_link(routes.STAGE1, label="Its Stage I", icon=icon, query_params=there)


def _figures(entry: Entry, metric: str, value: float, before: float | None) -> None:
    told = {figure.stage: figure for figure in entry.of_paper(metric)}
    gain = None if before is None else f"{100 * (value - before):+.2f}"
    now, was = told.get(entry.last), told.get("stage1") if before is not None else None
    gold = f"the gold labels of {entry.dataset.name}"
    metrics(
        {
            naming.STAGES.get(entry.earlier, ""): None if before is None else f"{100 * before:.2f}",
            naming.STAGES[entry.last]: f"{100 * value:.2f}",
            "Change": gain,
            f"Published {naming.STAGES.get(entry.earlier, '')}": f"{100 * was.value:.2f}" if was else None,
            f"Published {naming.STAGES[entry.last]}": f"{100 * now.value:.2f}" if now else None,
        },
        note=f"{naming.METRICS[metric]} in percent, "
        + naming.plain(f"{naming.against(gold, entry.n, len(entry.labels), entry.dataset.task)}."),
    )
    if now:
        same = "equals" if agrees(now, value) else f"differs by {100 * (value - now.value):+.2f} from"
        st.caption(
            naming.plain(f"Ours {same} the published figure. {now.paper}, {now.method}: {now.source}.")
        )


def table(found: Sequence[Entry], metric: str, names: Sequence[str]) -> pd.DataFrame:
    """Every run with what its figure is of; in percent."""
    rows = []
    for entry, name in zip(found, names, strict=True):
        value, before = entry.value(metric), entry.before(metric)
        now = next((figure for figure in entry.of_paper(metric) if figure.stage == entry.last), None)
        rows.append(
            {
                "language": entry.language.name,
                "run": name,
                "before": None if before is None else 100 * before,
                "score": None if value is None else 100 * value,
                "change": None if before is None or value is None else 100 * (value - before),
                "published": 100 * now.value if now else None,
                "items": entry.n,
                "of": entry.dataset.n_instances,
                "labels": len(entry.labels),
                "seed": entry.run["seed"],
                "family": entry.language.family,
                "script": entry.language.script,
                "data set": entry.dataset.name,
                "made": str(entry.run["created_at"])[:16],
                "id": entry.run["id"],
            }
        )
    return pd.DataFrame(rows)


def listed(rows: pd.DataFrame, found: Sequence[Entry]) -> None:
    """The table of runs; choosing a row looks at its run."""
    plain = st.column_config.NumberColumn(format="%.2f")
    columns = dict.fromkeys(("before", "score", "published"), plain)
    columns["change"] = st.column_config.NumberColumn(format="%+.2f")
    st.dataframe(
        rows,
        hide_index=True,
        column_config=columns,
        selection_mode="single-row",
        alt="All runs; choose a row to look at its run",
        **row_to_run("runs", found),
    )
