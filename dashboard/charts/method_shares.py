"""Shares by group, a mark per retriever: how often an exemplar carries the label of its sentence."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.palette import CATEGORICAL, Theme, escaped, house_look, short, theme

ROW, LONGEST = 40, 30
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross", "x")


def shares(table: pd.DataFrame, *, by: str, dark: bool) -> go.Figure:
    """A row per group, a mark per retriever at its mean share, a bar where random exemplars would stand.

    `table` has a row per run: retriever, share, `by chance` (shares) and the column `by`.
    """
    colors = theme(dark)
    groups = sorted(dict.fromkeys(table[by].astype(str)))
    names = list(dict.fromkeys(table["retriever"]))
    x = {"range": [-2, 102], "title": "exemplars of the right label, %"}
    y = {
        "tickvals": list(range(len(groups))),
        "ticktext": [short(group, LONGEST) for group in groups],
        "range": [len(groups) - 0.4, -0.6],
        "showgrid": False,
    }
    look = house_look(colors, height=150 + ROW * max(2, len(groups)), legend=True, x=x, y=y)
    chance = table.groupby(table[by].astype(str))["by chance"].mean().reindex(groups)
    traces = [_chance(chance, colors)]
    for place, name in enumerate(names):
        rows = table[table["retriever"] == name]
        traces.append(_marks(place, str(name), rows.set_index(rows[by].astype(str))["share"], groups, colors))
    return go.Figure(traces, look)


def _chance(chance: pd.Series, colors: Theme) -> go.Scatter:
    return go.Scatter(
        x=100 * chance,
        y=list(range(len(chance))),
        mode="markers",
        name="drawn at random",
        marker={"symbol": "line-ns-open", "size": 18, "color": colors.bad, "line": {"width": 2}},
        hovertemplate="at random %{x:.1f} %<extra></extra>",
    )


def _marks(place: int, name: str, rows: pd.Series, groups: list[str], colors: Theme) -> go.Scatter:
    grouped = rows.groupby(level=0)
    means, counts = 100 * grouped.mean().reindex(groups), grouped.size().reindex(groups, fill_value=0)
    hue = colors.accent if place == 0 else CATEGORICAL[place % len(CATEGORICAL)]
    told = [
        f"{escaped(name)}<br>{escaped(group)}: {value:.1f} % ({n} runs)"
        for group, value, n in zip(groups, means, counts, strict=True)
    ]
    return go.Scatter(
        x=means,
        y=list(range(len(groups))),
        mode="markers",
        name=short(name, LONGEST),
        marker={
            "size": 12,
            "color": hue,
            "symbol": SYMBOLS[place % len(SYMBOLS)],
            "line": {"width": 1, "color": colors.surface},
        },
        hovertext=told,
        hovertemplate="%{hovertext}<extra></extra>",
    )
