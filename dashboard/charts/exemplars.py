"""Where the chosen exemplars of one sentence lie: similarity against confidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.palette import styled, theme


def scatter(exemplars: Sequence[Mapping[str, Any]], *, dark: bool) -> go.Figure:
    """One point per exemplar with its rank; the size grows with the number of labels it covers.

    Exemplars of source languages (origin `source`) are drawn in another colour.
    """
    colors = theme(dark)
    rows = [row for row in exemplars if row["similarity"] is not None and row["confidence"] is not None]
    figure = go.Figure(
        go.Scatter(
            x=[row["similarity"] for row in rows],
            y=[row["confidence"] for row in rows],
            mode="markers+text",
            text=[str(row["rank"] + 1) for row in rows],
            textfont={"size": 11, "color": colors.surface},
            customdata=[", ".join(row["covers"]) or "no label in demand" for row in rows],
            marker={
                "size": [20 + min(14, 2 * len(row["covers"])) for row in rows],
                "color": [colors.moved if row.get("origin") == "source" else colors.accent for row in rows],
                "opacity": 0.92,
                "line": {"width": 1.5, "color": colors.surface},
            },
            hovertemplate="exemplar %{text}<br>similarity %{x:.3f}<br>confidence %{y:.3f}<br>"
            "covers %{customdata}<extra></extra>",
        )
    )
    figure.update_xaxes(
        title="similarity to the query",
        tickformat=".2f",
        nticks=6,
        range=_around([r["similarity"] for r in rows]),
    )
    figure.update_yaxes(
        title="mean confidence", tickformat=".2f", nticks=6, range=_around([r["confidence"] for r in rows])
    )
    return styled(figure, colors, height=300)


def _around(values: Sequence[float]) -> list[float]:
    if not values:
        return [0.0, 1.0]
    room = max(0.02, 0.15 * (max(values) - min(values)))
    return [min(values) - room, max(values) + room]
