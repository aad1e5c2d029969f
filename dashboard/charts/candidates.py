"""All candidates of one sentence: similarity against confidence, the chosen ringed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard.charts.palette import styled, theme

MOST = 20_000
"""Points a browser draws without stutter; of more candidates, the most similar."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One pool item; `rank` is its place in the prompt from 1, 0 = not chosen."""

    position: int
    similarity: float
    confidence: float
    rank: int = 0
    forced: bool = False


def candidates(points: Sequence[Candidate], *, dark: bool) -> go.Figure:
    """Every candidate as a dot; those chosen as ringed numbers, amber where a label forced them."""
    colors = theme(dark)
    shown = sorted(points, key=lambda point: -point.similarity)[:MOST]
    others, chosen = [p for p in shown if not p.rank], [p for p in points if p.rank]
    figure = go.Figure(
        go.Scattergl(
            x=[p.similarity for p in others],
            y=[p.confidence for p in others],
            customdata=[[p.position] for p in others],
            mode="markers",
            marker={"size": 6, "color": colors.quiet, "opacity": 0.65},
            hovertemplate="sentence %{customdata[0]}<br>similarity %{x:.3f}"
            "<br>confidence %{y:.3f}<extra></extra>",
        )
    )
    figure.add_scatter(
        x=[p.similarity for p in chosen],
        y=[p.confidence for p in chosen],
        customdata=[[p.position] for p in chosen],
        mode="markers+text",
        text=[str(p.rank) for p in chosen],
        textfont={"size": 11, "color": colors.surface},
        marker={
            "size": 22,
            "color": [colors.moved if p.forced else colors.accent for p in chosen],
            "line": {"width": 2, "color": colors.ink},
        },
        hovertemplate="exemplar %{text}, sentence %{customdata[0]}<br>similarity %{x:.3f}"
        "<br>confidence %{y:.3f}<extra></extra>",
    )
    figure.update_xaxes(title="similarity to the query", tickformat=".2f", nticks=6)
    figure.update_yaxes(title="mean confidence", tickformat=".2f", nticks=6)
    return styled(figure, colors, height=330)
