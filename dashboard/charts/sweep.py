"""A score over the values of one setting: mean and range over seeds, a line per way of doing the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.palette import CATEGORICAL, Theme, clickable_look, escaped, short, theme

HEIGHT, LONGEST = 330, 46
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "cross", "star", "hexagon")


def sweep(table: pd.DataFrame, *, setting: str, metric: str, chance: float | None, dark: bool) -> go.Figure:
    """A line per `name` over `value`, in the order the values come; whiskers from the worst seed to the best.

    `table` has a row per run: name, value (a text or a number), seed, run, score (share). `customdata` is one
    run of the point. Numbers stand where they are; where they span two powers of ten, on a logarithmic axis.
    """
    colors = theme(dark)
    values = list(dict.fromkeys(table["value"]))
    x = _axis(values, setting)
    look = clickable_look(colors, height=HEIGHT, legend=True, x=x, y={"title": f"{metric} in %", "nticks": 6})
    if chance is not None:
        look["shapes"] = [_guess(100 * chance, colors)]
        place = {"x": 0, "xref": "paper", "y": 100 * chance, "xanchor": "left", "yanchor": "bottom"}
        font = {"size": 11.5, "color": colors.bad}
        look["annotations"] = [
            {"text": f"even guess {100 * chance:.1f}", **place, "showarrow": False, "font": font}
        ]
    names = list(dict.fromkeys(table["name"]))
    look["margin"] |= {"t": 30 + 20 * len(names)}
    lines = [_line(place, name, table[table["name"] == name], x, colors) for place, name in enumerate(names)]
    return go.Figure(lines, look)


def _axis(values: Sequence[Any], setting: str) -> dict[str, Any]:
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(numbers) < len(values):
        return {"title": setting, "type": "category", "categoryarray": [str(value) for value in values]}
    wide = min(numbers) > 0 and max(numbers) >= 100 * min(numbers)
    marks = {"tickmode": "array", "tickvals": numbers, "ticktext": [f"{value:g}" for value in numbers]}
    return {"title": setting, "type": "log" if wide else "linear", **marks}


def _line(place: int, name: str, rows: pd.DataFrame, x: dict[str, Any], colors: Theme) -> go.Scatter:
    grouped = rows.groupby("value", sort=False)
    means, low, high = (100 * grouped["score"].agg(kind) for kind in ("mean", "min", "max"))
    hue = colors.accent if place == 0 else CATEGORICAL[place % len(CATEGORICAL)]
    told = [
        f"{escaped(str(name))}<br>{escaped(str(value))}: {means[value]:.1f}"
        f" ({low[value]:.1f} to {high[value]:.1f}, {len(part)} runs)"
        for value, part in grouped
    ]
    where = [str(value) for value in means.index] if x["type"] == "category" else list(means.index)
    return go.Scatter(
        x=where,
        y=means,
        mode="lines+markers",
        name=short(str(name), LONGEST),
        line={"color": hue, "width": 2},
        marker={"size": 10, "color": hue, "symbol": SYMBOLS[place % len(SYMBOLS)], "opacity": 1},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": high - means,
            "arrayminus": means - low,
            "thickness": 1.3,
        },
        customdata=[part["run"].iloc[0] for _, part in grouped],
        hovertext=told,
        hovertemplate="%{hovertext}<extra></extra>",
        unselected={"marker": {"opacity": 1}},
    )


def _guess(chance: float, colors: Theme) -> dict[str, Any]:
    line = {"color": colors.bad, "width": 1.3, "dash": "dash"}
    return {
        "type": "line",
        "layer": "below",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": chance,
        "y1": chance,
        "line": line,
    }
