"""Gains of groups (labels, lengths, words) with their intervals: losses are as visible as gains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.palette import Theme, clickable_look, escaped, short, theme

ROW = 25
LARGEST = 60
"""Rows that are drawn; of more, the first."""
LONGEST = 24
"""Characters of a group that are written; all of them when pointed at."""

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """G groups: gains and their bounds in points (G,), NaN where unknown; `aside` and `told` are texts."""

    groups: Sequence[str]
    gain: Values
    low: Values
    high: Values
    aside: Sequence[str]
    told: Sequence[str]


def differences(table: pd.DataFrame, *, unit: str, dark: bool, title: str = "") -> go.Figure:
    """A row per group, the first on top: its gain in points with a 95 % interval, zero in the middle.

    `table` has the columns group, n, gain, low, high (shares, NaN where unknown) and may have fixed and
    broken, which are written beside. A triangle points where the group went, filled where the interval
    leaves zero out. `customdata` begins with the group. `title` says what the gain is of.
    """
    colors = theme(dark)
    rows = _read(table[table["gain"].notna()].head(LARGEST), unit)
    ends = np.abs(np.concatenate([rows.gain, rows.low, rows.high]))
    bound = 1.15 * max(1.0, float(np.nanmax(ends, initial=0.0)))
    x = {"range": [-bound, bound], "tickformat": "+~g", "nticks": 7, "title": title or "points"}
    y = {
        "tickvals": np.arange(len(rows.groups)),
        "ticktext": [short(group, LONGEST) for group in rows.groups],
        "range": [len(rows.groups) - 0.4, -0.6],
        "showgrid": False,
    }
    look = clickable_look(colors, height=64 + ROW * max(1, len(rows.groups)), x=x, y=y)
    look["shapes"] = [_zero(colors)]
    look["annotations"] = [_beside(place, text, colors) for place, text in enumerate(rows.aside)]
    aside = max(map(len, rows.aside), default=0)
    look["margin"] = {"l": 8, "r": 14 + 7 * aside, "t": 10, "b": 8}
    return go.Figure([_arrows(rows, colors), _targets(rows)], look)


def _read(table: pd.DataFrame, unit: str) -> Rows:
    counted = {"fixed", "broken"} <= set(table.columns)
    gain, low, high = (100 * table[name].to_numpy(dtype=np.float64) for name in ("gain", "low", "high"))
    changes = [*zip(table["fixed"], table["broken"], strict=True)] if counted else [None] * len(table)
    aside = [f"+{change[0]:,} \u2212{change[1]:,}" if change else "" for change in changes]
    groups = [str(group) for group in table["group"]]
    told = [
        f"{escaped(group)}: {value:+.1f} points{_between(*ends)}<br>{n:,} {unit}{_counts(change)}"
        for group, value, ends, n, change in zip(
            groups, gain, zip(low, high, strict=True), table["n"], changes, strict=True
        )
    ]
    return Rows(groups, gain, low, high, aside, told)


def _between(low: float, high: float) -> str:
    return "" if np.isnan(low) or np.isnan(high) else f", 95 % interval {low:+.1f} to {high:+.1f}"


def _counts(change: tuple[int, int] | None) -> str:
    return f", {change[0]:,} fixed, {change[1]:,} broken" if change else ""


def _arrows(rows: Rows, colors: Theme) -> go.Scatter:
    gain = rows.gain
    sure = (rows.low > 0) | (rows.high < 0)
    tint = np.where(gain > 0, colors.good, np.where(gain < 0, colors.bad, colors.muted))
    pointing = np.where(gain > 0, "triangle-right", np.where(gain < 0, "triangle-left", "circle"))
    interval = {
        "type": "data",
        "symmetric": False,
        "array": np.nan_to_num(rows.high - gain),
        "arrayminus": np.nan_to_num(gain - rows.low),
        "color": colors.muted,
        "thickness": 1.6,
        "width": 4,
    }
    return go.Scatter(
        x=gain,
        y=np.arange(len(gain)),
        mode="markers",
        error_x=interval,
        marker={
            "size": 12,
            "symbol": pointing.tolist(),
            "color": np.where(sure, tint, colors.surface).tolist(),
            "line": {"width": 2, "color": tint.tolist()},
            "opacity": 1,
        },
        hoverinfo="skip",
        unselected={"marker": {"opacity": 1}},
    )


def _targets(rows: Rows) -> go.Scatter:
    """Invisible squares over the marks, large enough to be hit."""
    return go.Scatter(
        x=rows.gain,
        y=np.arange(len(rows.groups)),
        mode="markers",
        customdata=[[group] for group in rows.groups],
        hovertext=rows.told,
        marker={"symbol": "square", "size": 24, "opacity": 0},
        hovertemplate="%{hovertext}<extra></extra>",
        unselected={"marker": {"opacity": 0}},
        selected={"marker": {"opacity": 0}},
    )


def _zero(colors: Theme) -> dict[str, object]:
    line = {"color": colors.muted, "width": 1.5}
    return {
        "type": "line",
        "x0": 0,
        "x1": 0,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "layer": "below",
        "line": line,
    }


def _beside(place: int, text: str, colors: Theme) -> dict[str, object]:
    at = {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 8, "y": place, "yanchor": "middle"}
    return {"text": text, **at, "showarrow": False, "font": {"color": colors.muted, "size": 11.5}}
