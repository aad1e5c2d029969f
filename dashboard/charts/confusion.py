"""The confusion matrix, and what can be computed from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.palette import styled, theme


def confusion(counts: pd.DataFrame, labels: Sequence[str], *, unit: str, dark: bool) -> go.Figure:
    """Gold labels down, predicted labels across; shade = share of the gold label.

    `counts` has the columns gold, predicted, count. Cells of a heatmap cannot be selected in
    Streamlit, so invisible squares lie over them, carrying (gold, predicted) as `customdata`.
    """
    colors = theme(dark)
    names = _present(counts, labels)
    cells = _cells(counts)
    totals = {gold: sum(cell.n for cell in cells if cell.gold == gold) for gold in names}
    share = {(cell.gold, cell.predicted): cell.n / totals[cell.gold] for cell in cells}
    figure = go.Figure(
        go.Heatmap(
            z=[[share.get((gold, predicted), 0.0) for predicted in names] for gold in names],
            x=names,
            y=names,
            zmin=0,
            zmax=1,
            showscale=False,
            xgap=2,
            ygap=2,
            colorscale=_scale(colors.scale),
            hoverinfo="skip",
        )
    )
    strong, ink = ("#0E1A24", colors.ink) if dark else (colors.surface, colors.ink)
    turn = 0.6 if dark else 0.45
    inks = [strong if share[cell.gold, cell.predicted] > turn else ink for cell in cells]
    figure.add_trace(_numbers(cells, inks))
    figure.add_trace(_targets(cells, share, unit))
    figure.update_xaxes(
        title={"text": "predicted", "standoff": 8},
        side="top",
        range=[-0.5, len(names) - 0.5],
        showgrid=False,
        tickangle=-45 if len(names) > 8 else 0,
    )
    figure.update_yaxes(
        title={"text": "gold", "standoff": 14}, range=[len(names) - 0.5, -0.5], showgrid=False
    )
    figure = styled(figure, colors, height=max(260, 110 + 25 * len(names)))
    # a click selects only where plotly would also let one drag
    figure.update_xaxes(fixedrange=False)
    figure.update_yaxes(fixedrange=False)
    return figure.update_layout(dragmode="pan")


class Cell(NamedTuple):
    """How often a gold label was predicted as another."""

    gold: str
    predicted: str
    n: int


def _cells(counts: pd.DataFrame) -> list[Cell]:
    rows = zip(counts["gold"], counts["predicted"], counts["count"], strict=True)
    return [Cell(str(gold), str(predicted), int(count)) for gold, predicted, count in rows if count]


def _present(counts: pd.DataFrame, labels: Sequence[str]) -> list[str]:
    seen = {str(label) for label in counts["gold"]} | {str(label) for label in counts["predicted"]}
    return [label for label in labels if label in seen] + sorted(seen - set(labels))


def _scale(shades: Sequence[str]) -> list[list[object]]:
    return [[place / (len(shades) - 1), shade] for place, shade in enumerate(shades)]


def _numbers(cells: Sequence[Cell], inks: Sequence[str]) -> go.Scatter:
    return go.Scatter(
        x=[cell.predicted for cell in cells],
        y=[cell.gold for cell in cells],
        mode="text",
        text=[_short(cell.n) for cell in cells],
        textfont={"size": 11, "color": list(inks)},
        hoverinfo="skip",
    )


def _short(count: int) -> str:
    return f"{count / 1000:.0f}k" if count >= 10_000 else str(count)


def _targets(cells: Sequence[Cell], share: Mapping[tuple[str, str], float], unit: str) -> go.Scatter:
    texts = [
        f"gold {cell.gold}, predicted {cell.predicted}<br>{cell.n:,} {unit}, "
        f"{share[cell.gold, cell.predicted]:.0%} of gold {cell.gold}"
        for cell in cells
    ]
    return go.Scatter(
        x=[cell.predicted for cell in cells],
        y=[cell.gold for cell in cells],
        mode="markers",
        customdata=[(cell.gold, cell.predicted) for cell in cells],
        text=texts,
        marker={"symbol": "square", "size": 22, "opacity": 0},
        hovertemplate="%{text}<extra></extra>",
    )


def label_f1(counts: pd.DataFrame) -> dict[str, float]:
    """F1 of each label, item by item, from a confusion table (gold, predicted, count)."""
    hits = counts[counts.gold == counts.predicted].set_index("gold")["count"]
    gold = counts.groupby("gold")["count"].sum()
    predicted = counts.groupby("predicted")["count"].sum()
    names = gold.index.union(predicted.index)
    return {str(n): 2 * float(hits.get(n, 0)) / float(gold.get(n, 0) + predicted.get(n, 0)) for n in names}
