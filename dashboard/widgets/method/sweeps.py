"""Score over the values of one setting, from the runs that are stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from core.guessing import Floor
from core.sweeps import varying
from core.types import Dataset
from dashboard import naming, state
from dashboard.charts.sweep import sweep
from dashboard.method_ways import FOLLOWING, Way, plain, setting_name
from dashboard.widgets.export import Tables
from dashboard.widgets.layout import chart
from dashboard.widgets.method import opening

LINES = 8
"""Lines that can be told apart in one chart."""


def panel(dataset: Dataset, found: Sequence[Way], guess: Floor | None) -> Tables:
    """A chart over one of the settings that stored runs of a recipe differ by; nothing where they do not."""
    settings = options(found)
    if not settings:
        return {}
    st.markdown("#### Over a setting")
    usual = next(iter(settings))
    now = state.view().over if state.view().over in settings else usual
    st.selectbox(
        "Setting",
        list(settings),
        format_func=lambda key: f"{setting_name(key)} ({settings[key]} values)",
        **state.bound("over", empty=usual),
    )
    rows = table(found, now)
    names = list(dict.fromkeys(rows["name"]))
    first = found[0].runs[0]
    drawn = rows[rows["name"].isin(names[:LINES])]
    metric = naming.METRICS.get(first.metric, first.metric)
    figure = sweep(
        drawn,
        setting=setting_name(now),
        metric=metric,
        chance=guess.chance if guess else None,
        dark=state.dark(),
    )
    gold = naming.against(f"the gold labels of {dataset.name}", first.n, first.labels, dataset.task)
    told = "Means over seeds; whiskers reach from the worst to the best seed."
    note = f"{told} {metric} {gold}. Click a point to look at a run."
    chart("Score over a setting", figure, note=naming.plain(note), **opening.point_to_run("method-sweep"))
    if len(names) > LINES:
        st.caption(f"{len(names) - LINES} more lines are in the export only.")
    return {"Sweep": rows}


def options(found: Sequence[Way]) -> dict[str, int]:
    """Settings that runs of a recipe differ by, all else being the same -> how many values; most first."""
    best: dict[str, int] = {}
    for recipe in dict.fromkeys(way.recipe for way in found):
        mine = [way for way in found if way.recipe == recipe]
        for key in varying([replace(way.runs[0], settings=way.settings) for way in mine]):
            if key not in FOLLOWING:
                most = max((len(group) for group in _lines(mine, key).values()), default=0)
                best[key] = max(best.get(key, 0), most)
    return {key: n for key, n in sorted(best.items(), key=lambda item: -item[1]) if n > 1}


def _lines(ways: Sequence[Way], key: str) -> dict[str, list[Way]]:
    """Ways that are alike but for one setting."""
    found: dict[str, list[Way]] = {}
    for way in ways:
        first = way.runs[0]
        if key in way.settings:
            rest = sorted((name, repr(value)) for name, value in way.settings.items() if name != key)
            found.setdefault(repr((way.recipe, first.n, rest)), []).append(way)
    return found


def table(found: Sequence[Way], key: str) -> pd.DataFrame:
    """name, value, seed, run, score: a row per run of every line, in the order of the setting’s values."""
    rows = []
    for ways in _lines(found, key).values():
        if len(ways) > 1:
            name = _name(ways, key)
            for way in sorted(ways, key=lambda way: _order(way.settings[key])):
                value = _plain(way.settings[key])
                rows += [
                    {"name": name, "value": value, "seed": run.seed, "run": run.run, "score": run.score}
                    for run in way.runs
                ]
    rows.sort(key=lambda row: _order(row["value"]))
    return pd.DataFrame(rows, columns=["name", "value", "seed", "run", "score"])


def _name(ways: Sequence[Way], key: str) -> str:
    """What a line is called: its first way's name without the setting itself."""
    said = f"{setting_name(key)} {plain(ways[0].settings[key])}"
    return ", ".join(part for part in ways[0].name.split(", ") if part != said)


def _order(value: Any) -> tuple[int, float, str]:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return (0, float(value), "") if number else (1, 0.0, str(value))


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else plain(value)
