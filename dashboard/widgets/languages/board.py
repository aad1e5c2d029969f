"""Runs by languages as a table of cells: what a row stands for, where a column stands, what a cell says."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core import across
from core.across import Entry, Method
from core.published import PaperFigure
from core.types import TaskName
from dashboard import naming, resources
from dashboard.widgets.import_language import SCRIPTS

IMPORTED = "imported labels"
LABELERS = {
    "crf": "CRF",
    "overlap": "word overlap",
    "ngram_lr": "n-grams",
    "encoder": "encoder",
    "incontext": "source exemplars",
    "hard_prompt": "hard prompt",
    "soft_prompt": "soft prompt",
    "mpt": "MPT",
    "pct": "PCT",
    "npprompt": "NPPrompt",
    "rosprompt": "RoSPrompt",
    "vote": "vote of exemplars",
    "none": "no Stage I",
    "gold": "gold labels",
    "run": "labels of a run",
}
MODELS = {
    "offline": "offline tagger",
    "replay": "GPT-4 replayed",
    "recorded": "stored labels",
    "": "Stage I only",
}
PER = {"": "method", "recipe": "recipe", "model": "model", "selector": "selector", "stage1": "Stage I"}
"""What a row stands for."""
UNKNOWN = "family not noted"
BY = {"": "family", "script": "script"}
"""What columns are grouped by."""


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """The matrix: cells (row, column, value, text, kind, told) and the group of each column.

    `runs` maps (row, column) to all runs there, newest first; published figures lead nowhere.
    """

    cells: pd.DataFrame
    groups: Mapping[str, str]
    ends: tuple[float, float]
    runs: Mapping[tuple[str, str], Sequence[Entry]]

    def place(self, run: str) -> tuple[str, str] | None:
        """The cell (row, column) that holds a run."""
        return next((cell for cell, kept in self.runs.items() if run in {e.run["id"] for e in kept}), None)

    @property
    def partial(self) -> bool:
        """Whether some figure is of a part of its data set only."""
        return any(not found[0].complete for found in self.runs.values())


@st.cache_resource(show_spinner=False, max_entries=16)
def _entries(task: TaskName, version: tuple[str, int]) -> list[Entry]:
    return across.across(resources.store(), task)


def entries(task: TaskName) -> list[Entry]:
    """Every scored run of a task. Shared by all sessions: never changed."""
    return _entries(task, resources.version())


def titles(found: Sequence[Entry], by: str) -> list[str]:
    """The column of each run."""
    named = columns(found, by)
    return [named[entry.dataset.id][0] for entry in found]


def row_name(found: Method, per: str = "") -> str:
    """What a row is called that stands for runs of this method, or for all that share one part of it."""
    start = naming.IMPORTED.get(found.stage1) or LABELERS.get(found.stage1, found.stage1)
    if per == "stage1":
        return start
    if not found.recipe:
        return IMPORTED if per else f"{start} labels · imported"
    chosen = naming.SELECTORS.get(found.selector, found.selector) or "no exemplars"
    many = f"{chosen}, K = {found.k}" if found.k and found.selector else chosen
    parts = {
        "recipe": naming.RECIPES.get(found.recipe, found.recipe),
        "model": MODELS.get(found.model) or found.model.rstrip("/").rpartition("/")[2],
        "selector": many,
    }
    if per:
        return parts[per]
    shown = [many] if found.selector not in ("", "recorded") else []
    begun = f"{start} ({found.encoder})" if found.encoder else start
    return _joined([f"{parts['recipe']} from {begun}", parts["model"], *shown, _near(found)])


def _near(found: Method) -> str:
    """What exemplars were compared by, where it is said."""
    name, _, model = found.similarity.partition(" ")
    called = naming.SHORT_SIMILARITIES.get(name, name)
    return f"{called} ({model})" if model else called


def _joined(parts: Sequence[str]) -> str:
    return " · ".join(part for part in parts if part)


def columns(found: Sequence[Entry], by: str) -> dict[str, tuple[str, str]]:
    """Data set -> the title and the group of its column, groups and their languages in alphabetical order."""
    datasets = {entry.dataset.id: entry for entry in found}
    spoken = [entry.language.code for entry in datasets.values()]
    titles = {}
    for name, entry in datasets.items():
        title = entry.language.name
        if entry.dataset.illustrative:
            title = f"{title} (sample)"
        elif spoken.count(entry.language.code) > 1:
            title = f"{title}, {entry.dataset.name.replace(title, '').strip() or name}"
        titles[name] = title
    groups = {name: _group(entry, by) for name, entry in datasets.items()}
    order = sorted(
        datasets,
        key=lambda name: (
            groups[name] == UNKNOWN,
            groups[name],
            datasets[name].dataset.illustrative,
            titles[name],
            name,
        ),
    )
    doubled = {title for title in titles.values() if list(titles.values()).count(title) > 1}
    return {
        name: (f"{titles[name]}, {name}" if titles[name] in doubled else titles[name], groups[name])
        for name in order
    }


def _group(entry: Entry, by: str) -> str:
    if by == "script":
        return SCRIPTS.get(entry.language.script, entry.language.script)
    return entry.language.family.partition(",")[0] or UNKNOWN


def board(found: Sequence[Entry], metric: str, *, per: str, by: str) -> Board:
    """Newest runs by row and column, then what papers published of the same data by the same metric."""
    scored = [entry for entry in found if entry.value(metric) is not None]
    titles = columns(scored, by)
    runs = across.newest(scored, lambda entry: (row_name(entry.method, per), titles[entry.dataset.id][0]))
    rows = [_cell(row, column, kept, metric) for (row, column), kept in runs.items()]
    rows = _ordered(rows) + _published(scored, titles, metric)
    names = ["row", "column", "value", "text", "kind", "told"]
    values = [value for row in rows if isinstance(value := row["value"], float)]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    ends = math.floor(low * 10) / 10, math.ceil(high * 10) / 10
    return Board(pd.DataFrame(rows, columns=names), dict(titles.values()), ends, runs)


Cell = dict[str, object]


def _cell(row: str, column: str, kept: Sequence[Entry], metric: str) -> Cell:
    newest = kept[0]
    value, before = newest.value(metric) or 0.0, newest.before(metric)
    told = [said(before, value, newest), f"{newest.n:,} of {newest.dataset.n_instances:,} items"]
    told += [
        f"{len(newest.labels)} labels",
        *([f"seed {newest.run['seed']}"] if newest.method.recipe else []),
    ]
    if len(kept) > 1:
        values = [100 * (entry.value(metric) or 0.0) for entry in kept]
        told.append(f"the newest of {len(kept)} runs, {min(values):.1f} to {max(values):.1f}")
    mark = "" if newest.complete else "*"
    return cell(row, column, value, before, told=told, mark=mark)


def said(before: float | None, value: float, entry: Entry) -> str:
    """`Stage I 78.5, Stage II 74.6`."""
    last = f"{naming.STAGES[entry.last]} {100 * value:.2f}"
    return last if before is None else f"{naming.STAGES[entry.earlier]} {100 * before:.2f}, {last}"


def cell(
    row: str,
    column: str,
    value: float,
    before: float | None,
    *,
    told: Sequence[str],
    mark: str = "",
    kind: str = "",
) -> Cell:
    """A cell: the score, below it what was gained (triangle up) or lost (triangle down, framed)."""
    gain = None if before is None else round(100 * (value - before), 1)
    change = "" if gain is None else f"<br>{'▼' if gain < 0 else '▲' if gain else '='} {abs(gain):.1f}"
    lost = gain is not None and gain < 0
    text = f"{100 * value:.1f}{mark}{change}"
    marked = kind or ("loss" if lost else "")
    return {
        "row": row,
        "column": column,
        "value": value,
        "text": text,
        "kind": marked,
        "told": "<br>".join(told),
    }


def _ordered(rows: Sequence[Cell]) -> list[Cell]:
    """Rows that have most columns first; imported labels after what was computed."""
    filled: dict[str, int] = {}
    for row in rows:
        filled[str(row["row"])] = filled.get(str(row["row"]), 0) + 1
    return sorted(
        rows, key=lambda row: ("imported" in str(row["row"]), -filled[str(row["row"])], str(row["row"]))
    )


def _published(found: Sequence[Entry], titles: Mapping[str, tuple[str, str]], metric: str) -> list[Cell]:
    figures: dict[tuple[str, str], dict[str, PaperFigure]] = {}
    for entry in found:
        for figure in entry.published:
            if figure.metric == metric:
                row = f"published · {figure.paper}, {figure.method}"
                figures.setdefault((row, titles[entry.dataset.id][0]), {})[figure.stage] = figure
    rows = []
    for (row, column), stages in figures.items():
        last = stages.get("stage2") or stages["stage1"]
        before = stages["stage1"].value if "stage2" in stages and "stage1" in stages else None
        told = ["published, not measured here", f"{last.n} items, {len(last.labels)} labels"]
        rows.append(cell(row, column, last.value, before, told=told, kind="published"))
    return rows
