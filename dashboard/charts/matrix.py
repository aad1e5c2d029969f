"""Cells of a table as shades: runs by languages, sides by sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.cells import scale, targets, written
from dashboard.charts.palette import Theme, clickable_look, escaped, short, theme

CELL = 40
"""Pixels."""
LONGEST = 30
NOTHING = "nothing here"
PARTED = " · "
LEVEL = 15
TURNED = 7
"""Columns whose names fit side by side."""
KINDS = ("", "gain", "loss", "published")
"""What a cell may be besides its shade: framed as a gain or a loss, or dotted as somebody else's figure."""


def matrix(
    table: pd.DataFrame,
    *,
    dark: bool,
    groups: Mapping[str, str] | None = None,
    ends: tuple[float, float] | None = None,
    chosen: tuple[str, str] | None = None,
) -> go.Figure:
    """A square per row and column: shade = value, `text` written on it, in order of appearance.

    `table` has the columns row, column, value (NaN = no shade), text and kind (see KINDS), and may have
    `told`, which is shown when pointed at. `groups` names the group of each column, written above them;
    `ends` are the values of the faintest and the strongest shade; the `chosen` cell (row, column) is framed.
    Every place of the grid, an empty one too, carries [row, column] as `customdata`.
    """
    colors = theme(dark)
    rows, columns = list(dict.fromkeys(table["row"])), list(groups or dict.fromkeys(table["column"]))
    low, high = ends or _ends(table["value"])
    across = {name: place for place, name in enumerate(columns)}
    down = {name: place for place, name in enumerate(rows)}
    x, y = [across[name] for name in table["column"]], [down[name] for name in table["row"]]
    values = table["value"].to_numpy(dtype=np.float64)
    shades = np.full((len(rows), len(columns)), np.nan)
    shades[y, x] = values
    heat = go.Heatmap(
        z=shades,
        x=np.arange(len(columns)),
        y=np.arange(len(rows)),
        zmin=low,
        zmax=high,
        showscale=False,
        xgap=3,
        ygap=3,
        colorscale=scale(colors),
        hoverinfo="skip",
    )
    strength = [float(share) for share in (values - low) / ((high - low) or 1.0)]
    look = _look(rows, columns, groups, colors)
    look["shapes"] = [
        _frame(at, to, kind, colors) for at, to, kind in zip(x, y, table["kind"], strict=True) if kind
    ]
    if chosen and chosen[0] in down and chosen[1] in across:
        look["shapes"].append(_frame(across[chosen[1]], down[chosen[0]], "chosen", colors))
    over = _targets(table, down, across)
    texts = [str(text) for text in table["text"]]
    return go.Figure([heat, over, *written(x, y, texts, strength, size=11.5, dark=dark)], look)


def _ends(values: pd.Series) -> tuple[float, float]:
    known = values.dropna()
    return (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)


def _targets(table: pd.DataFrame, down: Mapping[str, int], across: Mapping[str, int]) -> go.Scatter:
    """Of the whole grid: the nearest is hit, and an empty cell must not lead to its neighbour."""
    told = table["told"] if "told" in table else table["text"]
    said = {
        (row, column): text for row, column, text in zip(table["row"], table["column"], told, strict=True)
    }
    grid = [(row, column) for row in down for column in across]
    return targets(
        [across[column] for _, column in grid],
        [down[row] for row, _ in grid],
        [[str(row), str(column)] for row, column in grid],
        [f"{escaped(row)}, {escaped(column)}<br>{said.get((row, column), NOTHING)}" for row, column in grid],
        size=CELL - 2,
    )


def _look(
    rows: Sequence[str], columns: Sequence[str], groups: Mapping[str, str] | None, colors: Theme
) -> dict[str, Any]:
    turned = len(columns) > TURNED
    x = {
        "range": [-0.5, max(1, len(columns)) - 0.5],
        "tickvals": np.arange(len(columns)),
        "ticktext": [short(name, LONGEST) for name in columns],
        "tickangle": -45 if turned else 0,
        "ticklabeloverflow": "allow",
        "side": "top",
        "showgrid": False,
        "ticks": "",
    }
    y = {
        "range": [max(1, len(rows)) - 0.5, -0.5],
        "tickvals": np.arange(len(rows)),
        "ticktext": [_lines(name) for name in rows],
        "showgrid": False,
        "ticks": "",
    }
    longest = max((len(short(name, LONGEST)) for name in columns), default=0)
    top = (30 + round(5.4 * longest) if turned else 34) + (2 * LEVEL + 8 if groups else 0)
    look = clickable_look(colors, height=top + 16 + CELL * max(1, len(rows)), x=x, y=y)
    look |= {"hoverdistance": -1}
    look["margin"] = {"l": 8, "r": 12 + (round(5 * longest) if turned else 0), "t": top, "b": 8}
    look["annotations"] = _over(groups, top, colors) if groups else []
    return look


def _lines(name: str) -> str:
    """A long name on two lines, parted where it has parts."""
    place = name.rfind(PARTED, 0, LONGEST + 1) if len(name) > LONGEST else -1
    if place < 0:
        return short(name, LONGEST)
    return f"{escaped(name[:place])}<br>{short(name[place + len(PARTED) :], LONGEST)}"


def _over(groups: Mapping[str, str], top: int, colors: Theme) -> list[dict[str, Any]]:
    """The name of each group over its first column, on two levels in turn so that names have room."""
    starts: dict[str, int] = {}
    for place, group in enumerate(groups.values()):
        starts.setdefault(group, place)
    font = {"size": 11.5, "color": colors.muted}
    at = {"y": 1, "yref": "paper", "xanchor": "left", "showarrow": False, "font": font}
    return [
        {"text": short(name, LONGEST), "x": place - 0.48, "yshift": top - 10 - LEVEL * (turn % 2)} | at
        for turn, (name, place) in enumerate(starts.items())
    ]


def _frame(x: int, y: int, kind: str, colors: Theme) -> dict[str, Any]:
    known = {"gain": colors.good, "loss": colors.bad, "chosen": colors.ink}
    line = {
        "color": known.get(kind, colors.muted),
        "width": 2.5 if kind in ("loss", "chosen") else 1.5,
        "dash": "dot" if kind == "published" else "solid",
    }
    half, tall = (0.49, 0.48) if kind == "chosen" else (0.46, 0.44)
    ends = {"x0": x - half, "x1": x + half, "y0": y - tall, "y1": y + tall}
    return {"type": "rect", **ends, "line": line}
