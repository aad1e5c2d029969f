"""Charts of one stage's labels: how many, how sure, how rightly so."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.palette import styled, theme

LOW, HIGH = 0.5, 0.8


def label_counts(counts: pd.DataFrame, gold: pd.DataFrame | None, *, unit: str, dark: bool) -> go.Figure:
    """Bars of label counts, most frequent on top; a tick marks the count in the gold labels.

    `counts` and `gold` have the columns label, count (and mean_confidence, shown on hover).
    """
    colors = theme(dark)
    rows = _named(counts).sort_values("count", ascending=True)
    wanted = None if gold is None else _named(gold)
    confidence = [
        f"mean confidence {value:.2f}" if pd.notna(value) else "no confidence"
        for value in rows.mean_confidence
    ]
    bars = go.Bar(
        x=rows["count"],
        y=rows.label,
        orientation="h",
        name="predicted",
        marker_color=colors.accent,
        customdata=confidence,
        hovertemplate="%{y}: %{x:,} " + unit + "<br>%{customdata}<extra></extra>",
    )
    figure = go.Figure(bars)
    if wanted is not None and not wanted.empty:
        figure.add_trace(
            go.Scatter(
                x=wanted["count"],
                y=wanted.label,
                mode="markers",
                name="gold",
                marker={"symbol": "line-ns", "size": 15, "line": {"width": 3, "color": colors.moved}},
                hovertemplate="%{y}: %{x:,} in gold<extra></extra>",
            )
        )
    given = [str(label) for label in rows.label]
    never = [] if wanted is None else [str(label) for label in wanted.label if str(label) not in given]
    figure.update_yaxes(categoryorder="array", categoryarray=[*never, *given])
    height = max(220, 60 + 22 * (len(never) + len(given)))
    return styled(figure, colors, height=height, legend=wanted is not None and not wanted.empty)


def _named(counts: pd.DataFrame) -> pd.DataFrame:
    """Without `O`, which would dwarf the names it stands beside."""
    return counts[counts["label"] != "O"]


def confidence_histogram(bins: pd.DataFrame, *, unit: str, dark: bool) -> go.Figure:
    """How many labels were given with which confidence. Columns: bin_left, count."""
    colors = theme(dark)
    width = _width(bins)
    middle = bins.bin_left + width / 2
    shades = [colors.bad if m < LOW else colors.moved if m < HIGH else colors.accent for m in middle]
    bars = go.Bar(
        x=middle,
        y=bins["count"],
        width=width * 0.92,
        marker_color=shades,
        customdata=[f"{left:.2f} to {left + width:.2f}" for left in bins.bin_left],
        hovertemplate="confidence %{customdata}<br>%{y:,} " + unit + "<extra></extra>",
    )
    figure = go.Figure(bars)
    figure.update_xaxes(title="confidence", range=[0, 1], tickformat=".1f")
    figure.update_yaxes(title=unit)
    return styled(figure, colors, height=300)


def _width(bins: pd.DataFrame) -> float:
    return float(bins.bin_left.iloc[1] - bins.bin_left.iloc[0]) if len(bins) > 1 else 0.05


def reliability(bins: pd.DataFrame, *, unit: str, dark: bool) -> go.Figure:
    """Accuracy against confidence: below the diagonal the labeler is too sure of itself.

    Columns: bin, confidence (mean), accuracy, count. The area of a point grows with its count.
    """
    colors = theme(dark)
    rows = bins[bins["count"] > 0]
    largest = max(1, int(rows["count"].max())) if len(rows) else 1
    figure = go.Figure(
        go.Scatter(
            x=[0, 1], y=[0, 1], mode="lines", line={"dash": "dot", "color": colors.muted}, hoverinfo="skip"
        )
    )
    figure.add_trace(
        go.Scatter(
            x=rows.confidence,
            y=rows.accuracy,
            mode="lines+markers",
            customdata=rows["count"],
            line={"color": colors.accent, "width": 2},
            marker={
                "size": 7 + 17 * (rows["count"] / largest) ** 0.5,
                "color": colors.accent,
                "opacity": 0.9,
            },
            hovertemplate="confidence %{x:.2f}<br>accuracy %{y:.2f}<br>%{customdata:,} "
            + unit
            + "<extra></extra>",
        )
    )
    figure.update_xaxes(title="confidence", range=[0, 1.04], tickformat=".1f")
    figure.update_yaxes(title="accuracy", range=[0, 1.04], tickformat=".1f")
    return styled(figure, colors, height=300)


def calibration_error(bins: pd.DataFrame) -> float:
    """Expected calibration error: the mean gap between confidence and accuracy, weighted by count."""
    rows = bins[bins["count"] > 0]
    total = rows["count"].sum()
    return float(((rows.confidence - rows.accuracy).abs() * rows["count"]).sum() / total) if total else 0.0
