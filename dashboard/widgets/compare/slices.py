"""For whom it changed: shares of right tokens of both sides by label, length, confidence or word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core import comparison
from core.comparison import Where
from dashboard import clicks, comparisons, naming, state
from dashboard.charts.differences import differences
from dashboard.comparisons import Asked
from dashboard.current import Here
from dashboard.widgets.compare import names
from dashboard.widgets.compare.beside import beside
from dashboard.widgets.compare.headline import difference_title
from dashboard.widgets.export import Tables
from dashboard.widgets.layout import chart

PARTS = {"label": "labels", "length": "lengths", "confidence": "confidence", "form": "words"}
SHARES = ("before", "after", "gain", "low", "high", "f1_before", "f1_after")
LARGEST = 15
"""Words drawn; all of them are in the table."""


def words(here: Here, asked: Asked) -> Tables:
    """By length and by word."""
    if asked.single:
        return one_side(here, asked, "length")
    lengths, forms = comparisons.by(asked, "length"), comparisons.by(asked, "form")
    left, right = beside([1, 1], key="slices")
    with left:
        drawn(here, asked, lengths, "length", title=f"By length of the {here.items.removesuffix('s')}")
    with right:
        if here.unit == "tokens":
            drawn(here, asked, forms.head(LARGEST), "form", title="Words that changed most")
    listed(here, asked, lengths, "length")
    if here.unit == "tokens":
        listed(here, asked, forms, "form")
    return {"By length": lengths.drop(columns="key"), "By word": forms.drop(columns="key")}


def one_side(here: Here, asked: Asked, group: str) -> Tables:
    """The table alone, where there is nothing to compare with."""
    found = comparisons.by(asked, group)
    listed(here, asked, found, group)
    return {f"By {group}": found.drop(columns="key")}


def drawn(here: Here, asked: Asked, table: pd.DataFrame, group: str, *, title: str) -> None:
    """The gains with their intervals; a click on one lists its sentences."""
    known = table.dropna(subset=["gain"])
    if known.empty:
        st.info("Nothing is held right here: see the table for what changed.", icon=":material/info:")
        return
    figure = differences(known, unit=here.unit, dark=state.dark())
    said = f"Share of right {here.unit}, {difference_title(asked)}, in points, with its 95 % interval."
    keys = dict(zip(map(str, known.group), known.key, strict=True))
    arguments = clicks.point(f"by-{group}", partial(_of_point, asked, PARTS[group], keys))
    chart(title, figure, note=naming.plain(said), **arguments)


def listed(here: Here, asked: Asked, table: pd.DataFrame, group: str) -> None:
    """The same as numbers; each opens its sentences."""
    titles = names.short(asked.sides)
    heads = {
        "group": "word" if group == "form" else group,
        "before": titles[asked.before],
        "after": titles[asked.after],
        "gain": difference_title(asked),
        "f1_before": f"F1 {titles[asked.before].removeprefix('Stage ')}",
        "f1_after": f"F1 {titles[asked.after].removeprefix('Stage ')}",
        "n": here.unit,
    }
    left_out = SINGLE if asked.single else IN_THE_CHART
    shown = table.drop(columns=[name for name in ("key", *left_out) if name in table])
    shown = shown.dropna(axis="columns", how="all")
    percent = {name: 100 * shown[name] for name in SHARES if name in shown}
    shown = shown.assign(**percent)
    number = partial(st.column_config.NumberColumn, width=64)
    columns: dict[str, Any] = {name: number(heads[name], format="%.1f") for name in percent if name in heads}
    columns["gain"] = number(heads["gain"], format="%+.1f", help="In points; its interval is in the chart")
    columns |= {name: number(heads.get(name, name)) for name in ("n", "changed", "fixed", "broken")}
    columns["group"] = st.column_config.TextColumn(heads["group"], pinned=True, width=100)
    st.dataframe(
        shown,
        hide_index=True,
        height=min(400, 40 + 35 * len(shown)),
        column_config=columns,
        alt=f"By {heads['group']}; choose a cell to list its sentences",
        **clicks.cell(f"table-{group}", partial(_of_cell, asked, PARTS[group], list(table.key))),
    )


SINGLE = ("changed", "before", "gain", "low", "high", "fixed", "broken", "f1_before")
"""Columns that mean nothing where there is one side only."""
IN_THE_CHART = ("low", "high")


def _about(asked: Asked, part: str, key: Any, column: str = "") -> Where:
    found = comparison.where_of(part, key, asked.before, asked.after)
    if asked.single:
        return replace(found, wrong=str(asked.after) if asked.against else "")
    if column == "n":
        return found
    return replace(found, change=column if column in ("fixed", "broken") else "changed")


def _of_point(asked: Asked, part: str, keys: dict[str, Any], data: Sequence[Any]) -> Where | None:
    group = str(data[0] if isinstance(data, (list, tuple)) else data)
    return _about(asked, part, keys[group]) if group in keys else None


def _of_cell(asked: Asked, part: str, keys: Sequence[Any], row: int, column: str) -> Where | None:
    return _about(asked, part, keys[row], column) if row < len(keys) else None
