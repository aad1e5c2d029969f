"""A whole set of choices: which exemplars are used how often, and which labels they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from dashboard.charts.palette import house_look, theme

BARS = 25


def use(counts: Sequence[tuple[int, int]], queries: int, *, dark: bool) -> go.Figure:
    """The most used exemplars, as shares of all prompts. `counts` holds (position, uses)."""
    colors = theme(dark)
    rows = sorted(counts, key=lambda row: (-row[1], row[0]))[:BARS]
    x = {"type": "category", "tickangle": -60}
    y = {"title": "share of prompts", "tickformat": ".0%", "range": [0, 1.02], "nticks": 5}
    return go.Figure(
        go.Bar(
            x=[f"#{position}" for position, _ in rows],
            y=[uses / max(1, queries) for _, uses in rows],
            customdata=[position for position, _ in rows],
            text=[str(uses) for _, uses in rows],
            textposition="none",
            marker_color=colors.accent,
            hovertemplate="sentence %{customdata}<br>in %{text} prompts (%{y:.0%})<extra></extra>",
        ),
        house_look(colors, height=280, x=x, y=y),
    )


def shares(
    corpus: Mapping[str, float], shown: Mapping[str, float], prompts: Mapping[str, float], *, dark: bool
) -> go.Figure:
    """Labels: share of the pool's tokens (tick) and of the exemplars' (bar); on hover, of the prompts."""
    colors = theme(dark)
    labels = sorted(corpus, key=lambda label: corpus[label])
    bars = go.Bar(
        y=labels,
        x=[shown[label] for label in labels],
        orientation="h",
        name="in the exemplars",
        marker_color=colors.accent,
        customdata=[prompts[label] for label in labels],
        hovertemplate="%{y}: %{x:.1%} of the exemplars' labels"
        "<br>shown in %{customdata:.0%} of the prompts<extra></extra>",
    )
    ticks = go.Scatter(
        y=labels,
        x=[corpus[label] for label in labels],
        mode="markers",
        name="in the pool",
        marker={"symbol": "line-ns-open", "size": 13, "color": colors.moved, "line": {"width": 3}},
        hovertemplate="%{y}: %{x:.1%} of the pool's labels<extra></extra>",
    )
    x = {"tickformat": ".0%", "nticks": 6}
    return go.Figure(
        [bars, ticks], house_look(colors, height=max(180, 60 + 21 * len(labels)), legend=True, x=x)
    )
