"""How a training went: losses by step, and the score on what was held out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.palette import CATEGORICAL, Theme, escaped, house_look, theme

HEIGHT, TWO = 230, 340
LOSS, SCORE = "loss", "score"
LATE = 0.8
"""Share of the steps behind which a word beside a line would not fit on its right."""


def steps(curve: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """A training note's curve as a table: step, score (NaN where nothing was judged), loss and its parts."""
    rows = [
        {
            "step": row.get("step"),
            SCORE: row.get("score"),
            LOSS: row.get("loss"),
            **{str(name): value for name, value in (row.get("parts") or {}).items()},
        }
        for row in curve
    ]
    found = pd.DataFrame(rows, columns=None if rows else ["step", SCORE, LOSS])
    return pd.DataFrame({name: pd.to_numeric(found[name], errors="coerce") for name in found.columns})


def training(
    table: pd.DataFrame,
    *,
    kept: Sequence[int],
    scored: str,
    dark: bool,
    stages: Mapping[int, str] | None = None,
) -> go.Figure:
    """Losses over steps and, where something was judged, the score below; lines mark the weights kept.

    `table` is that of `steps`; `scored` says on what the score was taken; `kept` are the steps whose weights
    were kept; `stages` maps the first step of each part of the training to its name, where it has parts.
    """
    colors = theme(dark)
    judged = table[table[SCORE].notna()]
    two = not judged.empty
    shared = {"nticks": 8, "title": "step"}
    look = house_look(
        colors, height=TWO if two else HEIGHT, legend=True, x=shared, y={"title": LOSS, "nticks": 5}
    )
    traces = _losses(table, colors)
    if two:
        look["yaxis"]["domain"] = [0.5, 1.0]
        look["xaxis"]["anchor"] = "y2"
        low = house_look(colors, height=TWO, y={"title": "score in %", "nticks": 4})["yaxis"]
        look["yaxis2"] = {**low, "domain": [0.0, 0.42], "anchor": "x"}
        traces.append(_scores(judged, scored, colors))
    if len(table):
        begins = {step: name for step, name in (stages or {}).items() if len(stages or {}) > 1}
        good, quiet = (colors.good, "dash"), (colors.quiet, "dot")
        look["shapes"] = [_line(step, good) for step in kept] + [_line(step, quiet) for step in begins]
        last = int(table["step"].max())
        look["annotations"] = [_kept(step, colors.good, end=step > LATE * last, two=two) for step in kept]
        look["annotations"] += [
            _note(step, escaped(name), 0.98, colors.muted) for step, name in begins.items()
        ]
    return go.Figure(traces, look)


def _losses(table: pd.DataFrame, colors: Theme) -> list[go.Scatter]:
    names = [name for name in table.columns if name not in ("step", SCORE) and table[name].notna().any()]
    hues = {LOSS: colors.ink} | dict(zip([n for n in names if n != LOSS], CATEGORICAL, strict=False))
    return [
        go.Scatter(
            x=table["step"],
            y=table[name],
            mode="lines" if len(table) > 1 else "markers",
            name="loss, all parts" if name == LOSS and len(names) > 1 else escaped(name),
            line={
                "color": hues[name],
                "width": 2.2 if name == LOSS else 1.5,
                "dash": "solid" if name == LOSS else "dot",
            },
            hovertemplate=f"step %{{x}}<br>{escaped(name)} %{{y:.4f}}<extra></extra>",
        )
        for name in names
    ]


def _scores(judged: pd.DataFrame, scored: str, colors: Theme) -> go.Scatter:
    return go.Scatter(
        x=judged["step"],
        y=100 * judged[SCORE],
        yaxis="y2",
        mode="lines+markers",
        name=escaped(f"score on {scored}"),
        line={"color": colors.accent, "width": 2},
        marker={"size": 7, "color": colors.accent},
        hovertemplate="step %{x}<br>%{y:.1f} %<extra></extra>",
    )


def _line(step: int, look: tuple[str, str]) -> dict[str, Any]:
    line = {"color": look[0], "width": 1.4, "dash": look[1]}
    return {"type": "line", "x0": step, "x1": step, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def _kept(step: int, hue: str, *, end: bool, two: bool) -> dict[str, Any]:
    """Beside its line, above the losses where there is nothing else; on the left where the chart ends."""
    note = _note(step, f"kept: step {step}", 0.46 if two else 0.96, hue)
    return note | {"xanchor": "right", "xshift": -4} if end else note


def _note(step: int, text: str, height: float, hue: str) -> dict[str, Any]:
    place = {"x": step, "y": height, "yref": "paper", "xanchor": "left", "yanchor": "middle", "xshift": 4}
    return {"text": text, **place, "showarrow": False, "font": {"size": 11.5, "color": hue}}
