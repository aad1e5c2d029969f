"""All candidates of one sentence: similarity against confidence, the chosen as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from dashboard.charts.palette import Theme, house_look, theme

MOST = 20_000
"""Points a browser draws without stutter; of more candidates, the most similar."""
SVG = 1_500
"""Up to so many points are drawn sharp in every browser; more need WebGL."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """The candidates of one query.

    `positions`, `similarity` and `confidence` are parallel, a value per candidate; `ranks` maps the
    index of a chosen one to its place in the prompt from 1; `forced` holds those that are shown for
    a label's sake, `peek` the one that is looked at (-1 = none).
    """

    positions: npt.NDArray[np.int64]
    similarity: npt.NDArray[np.float64]
    confidence: npt.NDArray[np.float64]
    ranks: Mapping[int, int]
    forced: frozenset[int] = frozenset()
    peek: int = -1


def candidates(cloud: Cloud, *, dark: bool) -> go.Figure:
    """Every candidate as a dot; the chosen as numbers, amber where a label's sake brought them in."""
    colors = theme(dark)
    everything = np.arange(len(cloud.positions))
    many = len(everything) > MOST
    order = np.argsort(-cloud.similarity, kind="stable")[:MOST] if many else everything
    others = order[~np.isin(order, list(cloud.ranks))]
    traces = [_dots(cloud, others, colors), _chosen(cloud, colors)]
    if cloud.peek >= 0:
        traces.insert(1, _ring(cloud, colors))
    x = {"title": "similarity to the query", "tickformat": ".2f", "nticks": 6}
    y = {"title": "mean confidence", "tickformat": ".2f", "nticks": 6}
    return go.Figure(traces, house_look(colors, height=360, x=x, y=y))


def _dots(cloud: Cloud, rows: npt.NDArray[np.int64], colors: Theme) -> go.Scatter | go.Scattergl:
    kind = go.Scatter if len(rows) <= SVG else go.Scattergl
    return kind(
        **_places(cloud, rows),
        mode="markers",
        marker={"size": 7, "color": colors.quiet, "opacity": 0.75},
        hovertemplate="sentence %{customdata}<br>similarity %{x:.3f}<br>confidence %{y:.3f}<extra></extra>",
    )


def _ring(cloud: Cloud, colors: Theme) -> go.Scatter:
    return go.Scatter(
        **_places(cloud, np.array([cloud.peek])),
        mode="markers",
        marker={"size": 26, "symbol": "circle-open", "color": colors.ink, "line": {"width": 2}},
        hoverinfo="skip",
    )


def _chosen(cloud: Cloud, colors: Theme) -> go.Scatter:
    rows = np.array(sorted(cloud.ranks, key=cloud.ranks.__getitem__), dtype=np.int64)
    return go.Scatter(
        **_places(cloud, rows),
        mode="markers+text",
        text=[str(cloud.ranks[row]) for row in rows.tolist()],
        textfont={"size": 11, "color": colors.surface},
        marker={
            "size": 21,
            "color": [colors.moved if row in cloud.forced else colors.accent for row in rows.tolist()],
            "line": {"width": 2, "color": colors.surface},
        },
        hovertemplate="exemplar %{text}, sentence %{customdata}<br>similarity %{x:.3f}"
        "<br>confidence %{y:.3f}<extra></extra>",
    )


def _places(cloud: Cloud, rows: npt.NDArray[np.int64]) -> dict[str, object]:
    """Typed arrays: ten thousand points reach the browser as a few kilobytes."""
    return {
        "x": cloud.similarity[rows].astype(np.float32),
        "y": cloud.confidence[rows].astype(np.float32),
        "customdata": cloud.positions[rows].astype(np.int32),
    }
