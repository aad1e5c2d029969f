"""The noise budget: how often exemplars are wrong, against up to where they win."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.charts.palette import house_look, theme

HEIGHT = 92


def budget(value: float, low: float, high: float, goal: float, *, dark: bool) -> go.Figure:
    """The share of wrong labels with its 95 % interval on a line, in percent; up to `goal` it is shaded.

    All four are shares in [0, 1].
    """
    colors = theme(dark)
    end = 100 * min(1.0, max(high, goal, value) * 1.25 + 0.02)
    x = {"range": [0, end], "ticksuffix": " %", "title": ""}
    y = {"range": [-1, 1], "visible": False}
    look = house_look(colors, height=HEIGHT, x=x, y=y)
    look["shapes"] = [
        {
            "type": "rect", "x0": 0, "x1": 100 * goal, "y0": -1, "y1": 1, "line": {"width": 0},
            "fillcolor": colors.good, "opacity": 0.18, "layer": "below",
        }
    ]  # fmt: skip
    hue = colors.good if high <= goal else colors.moved if value <= goal else colors.bad
    mark = go.Scatter(
        x=[100 * value],
        y=[0],
        mode="markers",
        marker={"size": 13, "color": hue, "symbol": "diamond" if value > goal else "circle"},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [100 * (high - value)],
            "arrayminus": [100 * (value - low)],
            "color": hue,
        },
        hovertemplate=f"{100 * value:.0f} % ({100 * low:.0f} to {100 * high:.0f} %)<extra></extra>",
    )
    return go.Figure([mark], look)
