"""Can the sides be believed? Accuracy against confidence, several labelings in one picture."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.palette import clickable_look, escaped, theme
from dashboard.charts.sides import side_look


def calibrations(curves: Mapping[str, pd.DataFrame], *, unit: str, dark: bool) -> go.Figure:
    """A line per side (name -> frame of bin, confidence, accuracy, count), in the order of the sides.

    Below the dotted diagonal a side is too sure of itself. The area of a mark grows with its count, its
    number is that of the side. `customdata` is [name, bin].
    """
    colors = theme(dark)
    shown = {place: (name, frame[frame["count"] > 0]) for place, (name, frame) in enumerate(curves.items())}
    largest = max((int(rows["count"].max()) for _, rows in shown.values() if len(rows)), default=1)
    dotted = {"dash": "dot", "color": colors.muted, "width": 1.5}
    traces = [go.Scatter(x=[0, 1], y=[0, 1], mode="lines", line=dotted, hoverinfo="skip", showlegend=False)]
    traces += [
        _line(place, name, rows, largest, unit=unit, dark=dark)
        for place, (name, rows) in shown.items()
        if len(rows)
    ]
    x = {"title": "confidence", "range": [0, 1.03], "tickformat": ".1f"}
    y = {"title": f"share of {unit} that are right", "range": [0, 1.03], "tickformat": ".1f"}
    look = clickable_look(colors, height=360, legend=True, x=x, y=y)
    return go.Figure(traces, look)


def _line(place: int, name: str, rows: pd.DataFrame, largest: int, *, unit: str, dark: bool) -> go.Scatter:
    look, title = side_look(place, dark=dark), escaped(name)
    told = [
        f"{title}<br>confidence {sure:.2f}, right {right:.1%}<br>{n:,} {unit}"
        for sure, right, n in zip(rows["confidence"], rows["accuracy"], rows["count"], strict=True)
    ]
    return go.Scatter(
        x=rows["confidence"],
        y=rows["accuracy"],
        mode="lines+markers",
        name=f"{look.number} {title}",
        line={"color": look.color, "width": 2, "dash": look.dash},
        marker={
            "symbol": look.symbol,
            "size": 8 + 14 * (rows["count"] / largest) ** 0.5,
            "color": look.color,
            "line": {"width": 1, "color": theme(dark).surface},
            "opacity": 0.95,
        },
        customdata=[[name, int(place)] for place in rows["bin"]],
        hovertext=told,
        hovertemplate="%{hovertext}<extra></extra>",
        unselected={"marker": {"opacity": 0.95}},
    )
