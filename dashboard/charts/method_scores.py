"""A method beside what it is held against: mean, every seed, and what guessing would score."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.palette import Theme, clickable_look, escaped, short, theme

ROW, LONGEST = 40, 44


def scores(table: pd.DataFrame, *, metric: str, chance: float | None, dark: bool) -> go.Figure:
    """A row per way of labelling, the first on top: a small mark per run, a large one at their mean.

    `table` has a row per run: name, own (whether it is the method itself), run, seed, score (share).
    `customdata` of the small marks is the run. `chance` (a share) is drawn as a dashed line.
    """
    colors = theme(dark)
    names = list(dict.fromkeys(table["name"]))
    places = table["name"].map({name: place for place, name in enumerate(names)})
    values = 100 * table["score"]
    ends = [*values, *([100 * chance] if chance is not None else [])]
    room = 0.06 * max(10.0, max(ends, default=1.0) - min(ends, default=0.0))
    x = {"range": [min(ends, default=0) - room, max(ends, default=1) + 2.5 * room], "title": f"{metric} in %"}
    y = {
        "tickvals": list(range(len(names))),
        "ticktext": [short(name, LONGEST) for name in names],
        "range": [len(names) - 0.45, -0.75],
        "showgrid": False,
    }
    look = clickable_look(colors, height=74 + ROW * max(1, len(names)), x=x, y=y)
    if chance is not None:
        look["shapes"] = [_line(100 * chance, colors)]
        look["annotations"] = [_guess(100 * chance, colors)]
    look["margin"] |= {"t": 24}
    means = (
        table.assign(value=values, place=places).groupby("place", sort=True)["value"].agg(["mean", "count"])
    )
    own = [bool(table.loc[table["name"] == name, "own"].iloc[0]) for name in names]
    return go.Figure([_runs(table, places, values, colors), _means(means, own, colors)], look)


def _runs(table: pd.DataFrame, places: pd.Series, values: pd.Series, colors: Theme) -> go.Scatter:
    told = [
        f"{escaped(str(name))}<br>seed {seed}: {value:.1f}"
        for name, seed, value in zip(table["name"], table["seed"], values, strict=True)
    ]
    return go.Scatter(
        x=values,
        y=places,
        mode="markers",
        marker={
            "size": 9,
            "color": colors.muted,
            "opacity": 0.75,
            "symbol": "line-ns-open",
            "line": {"width": 2},
        },
        customdata=list(table["run"]),
        hovertext=told,
        hovertemplate="%{hovertext}<extra></extra>",
        unselected={"marker": {"opacity": 0.75}},
    )


def _means(means: pd.DataFrame, own: list[bool], colors: Theme) -> go.Scatter:
    return go.Scatter(
        x=means["mean"],
        y=means.index,
        mode="markers+text",
        marker={
            "size": 12,
            "color": [colors.accent if mine else colors.surface for mine in own],
            "line": {"color": [colors.accent if mine else colors.muted for mine in own], "width": 2},
            "opacity": 1,
        },
        text=[f"{value:.1f}" for value in means["mean"]],
        textposition="top center",
        textfont={"size": 12, "color": colors.ink},
        hoverinfo="skip",
        cliponaxis=False,
    )


def _line(chance: float, colors: Theme) -> dict[str, Any]:
    line = {"color": colors.bad, "width": 1.3, "dash": "dash"}
    return {
        "type": "line",
        "layer": "below",
        "x0": chance,
        "x1": chance,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "line": line,
    }


def _guess(chance: float, colors: Theme) -> dict[str, Any]:
    place = {"x": chance, "y": 1, "yref": "paper", "xanchor": "left", "yanchor": "bottom", "showarrow": False}
    return {"text": f"even guess {chance:.1f}", **place, "font": {"size": 11.5, "color": colors.bad}}
