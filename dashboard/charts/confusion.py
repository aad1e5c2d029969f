"""The confusion matrix, and what can be computed from it."""

from __future__ import annotations

from collections.abc import Sequence

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
    table = _table(counts, names)
    totals = table.sum(axis=1).clip(lower=1)
    share = table.div(totals, axis=0)
    figure = go.Figure(
        go.Heatmap(
            z=share.to_numpy(),
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
    figure.add_trace(_numbers(table, share, names, (colors.surface, colors.ink), dark=dark))
    figure.add_trace(_targets(table, share, names, unit))
    figure.update_xaxes(
        title={"text": "predicted", "standoff": 8},
        side="top",
        showgrid=False,
        tickangle=-45 if len(names) > 8 else 0,
    )
    figure.update_yaxes(title={"text": "gold", "standoff": 14}, autorange="reversed", showgrid=False)
    return styled(figure, colors, height=max(260, 110 + 25 * len(names)))


def _present(counts: pd.DataFrame, labels: Sequence[str]) -> list[str]:
    seen = set(counts.gold) | set(counts.predicted)
    return [label for label in labels if label in seen] + sorted(seen - set(labels))


def _table(counts: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    table = counts.pivot_table(index="gold", columns="predicted", values="count", aggfunc="sum", fill_value=0)
    return table.reindex(index=names, columns=names, fill_value=0)


def _scale(shades: Sequence[str]) -> list[list[object]]:
    return [[place / (len(shades) - 1), shade] for place, shade in enumerate(shades)]


def _numbers(
    table: pd.DataFrame, share: pd.DataFrame, names: list[str], inks: tuple[str, str], *, dark: bool
) -> go.Scatter:
    cells = [(g, p) for g in names for p in names if table.loc[g, p]]
    on_dark, on_light = (inks[0], inks[1]) if not dark else ("#0E1A24", inks[1])
    return go.Scatter(
        x=[p for _, p in cells],
        y=[g for g, _ in cells],
        mode="text",
        text=[_short(int(table.loc[g, p])) for g, p in cells],
        textfont={
            "size": 11,
            "color": [on_dark if share.loc[g, p] > (0.75 if dark else 0.5) else on_light for g, p in cells],
        },
        hoverinfo="skip",
    )


def _short(count: int) -> str:
    return f"{count / 1000:.0f}k" if count >= 10_000 else str(count)


def _targets(table: pd.DataFrame, share: pd.DataFrame, names: list[str], unit: str) -> go.Scatter:
    cells = [(g, p) for g in names for p in names if table.loc[g, p]]
    texts = [
        f"gold {g}, predicted {p}<br>{int(table.loc[g, p]):,} {unit}, {share.loc[g, p]:.0%} of gold {g}"
        for g, p in cells
    ]
    return go.Scatter(
        x=[p for _, p in cells],
        y=[g for g, _ in cells],
        mode="markers",
        customdata=cells,
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
