"""What the cells of a table of shades have in common: figures on them, and places to click."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard.charts.palette import Theme


def scale(colors: Theme) -> list[list[object]]:
    """The theme's shades, from nothing to much."""
    return [[place / (len(colors.scale) - 1), hue] for place, hue in enumerate(colors.scale)]


BLACK, WHITE = "#000000", "#FFFFFF"
TURN = {False: 0.71, True: 0.605}
"""Strength from which a cell bears the other ink, light and dark: the contrast is nowhere below 4.5 to 1."""


def written(
    x: Sequence[Any],
    y: Sequence[Any],
    texts: Sequence[str],
    strength: Sequence[float],
    *,
    size: float,
    dark: bool,
) -> list[go.Scatter]:
    """Texts on cells, in an ink that can be read on a shade of that strength (0 to 1).

    Two traces, one per ink: a click would fade texts of several colours, and cannot be told not to.
    """
    inks = (WHITE, BLACK) if dark else (BLACK, WHITE)
    strong = [share > TURN[dark] for share in strength]
    return [
        go.Scatter(
            x=[value for value, on in zip(x, strong, strict=True) if on is wanted],
            y=[value for value, on in zip(y, strong, strict=True) if on is wanted],
            text=[text for text, on in zip(texts, strong, strict=True) if on is wanted],
            mode="text",
            textfont={"size": size, "color": ink},
            hoverinfo="skip",
            unselected={"textfont": {"color": ink}},
        )
        for wanted, ink in zip((False, True), inks, strict=True)
    ]


def targets(
    x: Sequence[Any],
    y: Sequence[Any],
    data: Sequence[Sequence[str]] | None,
    told: Sequence[str],
    *,
    size: int,
) -> go.Scatter:
    """Invisible squares over cells, since those of a heatmap cannot be selected; `told` when pointed at.

    Without `data` they can be pointed at, but lead nowhere.
    """
    return go.Scatter(
        x=x,
        y=y,
        mode="markers",
        customdata=data,
        text=told,
        marker={"symbol": "square", "size": size, "opacity": 0},
        hovertemplate="%{text}<extra></extra>",
        unselected={"marker": {"opacity": 0}},
        selected={"marker": {"opacity": 0}},
    )
