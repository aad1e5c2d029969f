"""How the calls of a run ended: one bar in parts."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from core.types import OUTCOMES
from dashboard.charts.palette import Theme, house_look, theme


def colors(shades: Theme) -> dict[str, str]:
    """Outcome -> colour: usable as it stood, usable after all, not usable, no answer."""
    return {
        "ok": shades.good,
        "repaired": shades.accent,
        "unparseable": shades.moved,
        "truncated": shades.moved,
        "refused": shades.bad,
        "failed": shades.bad,
        "": shades.quiet,
    }


def outcomes(counts: Mapping[str, int], names: Mapping[str, str], *, dark: bool) -> go.Figure:
    """The counts as parts of one bar, in the order of outcomes."""
    shades = theme(dark)
    total = max(1, sum(counts.values()))
    known = colors(shades)
    parts = [
        go.Bar(
            x=[counts[outcome] / total],
            y=[""],
            orientation="h",
            name=f"{names.get(outcome, outcome)} {counts[outcome]:,}",
            marker={"color": known[outcome], "line": {"color": shades.surface, "width": 1.5}},
            marker_pattern_shape="/" if outcome in {"truncated", "failed"} else "",
            hovertemplate=f"{names.get(outcome, outcome)}: {counts[outcome]:,} (%{{x:.1%}})<extra></extra>",
        )
        for outcome in (*OUTCOMES, "")
        if counts.get(outcome)
    ]
    x = {"tickformat": ".0%", "range": [0, 1], "visible": False}
    figure = go.Figure(parts, house_look(shades, height=84, legend=True, x=x, y={"visible": False}))
    figure.update_layout(barmode="stack", bargap=0.1, legend_traceorder="normal")
    return figure
