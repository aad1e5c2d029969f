"""Agreement per label with its interval: a dot each, the better the further right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.charts.palette import escaped, house_look, short, theme

LINES = ((0.667, "tentative", "right"), (0.8, "good", "left"))
"""What Krippendorff (2004) asks for: conclusions that are tentative, and ones that can be relied on."""
LONGEST = 18


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure between -1 and 1 with its interval; `told` is said when it is pointed at."""

    name: str
    value: float
    low: float | None
    high: float | None
    told: str


def agreements(dots: Sequence[Dot], *, dark: bool) -> go.Figure:
    """A dot per label, first on top; lines at what is called tentative and good."""
    colors = theme(dark)
    shown = list(reversed(dots))
    bars = {
        "type": "data",
        "symmetric": False,
        "array": [0.0 if dot.high is None else dot.high - dot.value for dot in shown],
        "arrayminus": [0.0 if dot.low is None else dot.value - dot.low for dot in shown],
        "color": colors.muted,
        "thickness": 1.5,
        "width": 4,
    }
    trace = go.Scatter(
        x=[dot.value for dot in shown],
        y=list(range(len(shown))),
        mode="markers",
        error_x=bars,
        marker={"size": 10, "color": colors.accent},
        hovertext=[f"{escaped(dot.name)}<br>{escaped(dot.told)}" for dot in shown],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    low = min([0.0, *(dot.value if dot.low is None else dot.low for dot in shown)])
    x = {"range": [max(-1.0, low) - 0.03, 1.03], "tickformat": ".1f", "title": "alpha"}
    y = {
        "tickvals": list(range(len(shown))),
        "ticktext": [short(dot.name, LONGEST) for dot in shown],
        "range": [-0.6, len(shown) - 0.4],
    }
    look = house_look(colors, height=92 + 25 * len(shown), x=x, y=y)
    look["margin"] = {"l": 8, "r": 12, "t": 30, "b": 8}
    look["shapes"] = [
        {
            "type": "line",
            "x0": at,
            "x1": at,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": {"color": colors.quiet, "width": 1, "dash": "dot"},
        }
        for at, _, _ in LINES
    ]
    look["annotations"] = [
        {
            "x": at,
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "xanchor": anchor,
            "text": said,
            "showarrow": False,
            "font": {"size": 11, "color": colors.muted},
        }
        for at, said, anchor in LINES
    ]
    return go.Figure(trace, look)
