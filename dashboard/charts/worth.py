"""Gains with their intervals, a row each: right of zero helped, left of it hurt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.charts.palette import house_look, theme


@dataclass(frozen=True, slots=True)
class Gain:
    """A difference in points (x 100) with its interval; `row` names what it is of."""

    row: str
    value: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


def gains(rows: Sequence[Gain], *, dark: bool) -> go.Figure:
    """Dots with intervals, first row on top; open dots where the interval holds zero."""
    colors = theme(dark)
    shown = list(reversed(rows))
    tint = [colors.good if row.value >= 0 else colors.bad for row in shown]
    bars = {
        "type": "data",
        "symmetric": False,
        "array": [row.high - row.value for row in shown],
        "arrayminus": [row.value - row.low for row in shown],
        "color": colors.muted,
        "thickness": 1.5,
        "width": 4,
    }
    dots = go.Scatter(
        x=[row.value for row in shown],
        y=[row.row for row in shown],
        mode="markers",
        error_x=bars,
        marker={
            "size": 10,
            "color": [hue if row.sure else colors.surface for hue, row in zip(tint, shown, strict=True)],
            "line": {"width": 2, "color": tint},
        },
        customdata=[[row.low, row.high] for row in shown],
        hovertemplate="%{y}: %{x:+.1f} (%{customdata[0]:+.1f} to %{customdata[1]:+.1f})<extra></extra>",
    )
    x = {"tickformat": "+.0f", "zeroline": True, "zerolinecolor": colors.quiet, "nticks": 6}
    return go.Figure(dots, house_look(colors, height=70 + 27 * len(shown), x=x))
