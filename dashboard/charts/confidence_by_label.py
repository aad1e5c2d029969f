"""How sure the labels are, label by label, against the threshold each has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.palette import house_look, theme

WIDTH = 0.05
ROW = 24


def confidence_by_label(
    bins: pd.DataFrame, thresholds: Mapping[str, float], labels: Sequence[str], *, unit: str, dark: bool
) -> go.Figure:
    """A row per label, most frequent on top: shade = share of its labels with that confidence.

    `bins` has the columns label, bin_left, count, with bins of a twentieth; `thresholds` are drawn as marks.
    Of `labels`, those that were never given are left out.
    """
    colors = theme(dark)
    totals = bins.groupby("label")["count"].sum().to_dict()
    names = sorted((name for name in labels if name in totals), key=lambda name: totals[name])
    cells_of = zip(bins.label, bins.bin_left, bins["count"], strict=True)
    counts = {(str(label), round(float(left), 2)): int(n) for label, left, n in cells_of}
    lefts = [round(step * WIDTH, 2) for step in range(20)]
    cells = [[counts.get((name, left), 0) for left in lefts] for name in names]
    shares = [[n / totals[name] for n in row] for name, row in zip(names, cells, strict=True)]
    said = [
        [
            f"{left:.2f} to {left + WIDTH:.2f}: {n:,} {unit}, {n / totals[name]:.0%}"
            for left, n in zip(lefts, row, strict=True)
        ]
        for name, row in zip(names, cells, strict=True)
    ]
    heat = go.Heatmap(
        z=shares,
        x=[left + WIDTH / 2 for left in lefts],
        y=names,
        customdata=said,
        zmin=0,
        zmax=max((max(row) for row in shares), default=1.0),
        showscale=False,
        xgap=1,
        ygap=2,
        colorscale=[[place / (len(colors.scale) - 1), shade] for place, shade in enumerate(colors.scale)],
        hovertemplate="%{y}, confidence %{customdata} of this label<extra></extra>",
    )
    x = {"title": "confidence", "range": [0, 1], "tickformat": ".1f", "showgrid": False}
    look = house_look(colors, height=max(200, 70 + ROW * len(names)), x=x, y={"showgrid": False})
    return go.Figure([heat, _marks(names, thresholds, colors.moved)], look)


def _marks(names: Sequence[str], thresholds: Mapping[str, float], color: str) -> go.Scatter:
    shown = [name for name in names if name in thresholds]
    return go.Scatter(
        x=[thresholds[name] for name in shown],
        y=shown,
        mode="markers",
        cliponaxis=False,
        marker={"symbol": "line-ns", "size": 16, "line": {"width": 3, "color": color}},
        hovertemplate="%{y}: threshold %{x:.2f}<extra></extra>",
    )
