"""The confusion matrix, and what can be computed from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.cells import scale, targets, written
from dashboard.charts.palette import clickable_look, escaped, short, theme

FEW = 8
"""Labels whose cells have room for whole numbers, wherever the matrix stands."""
LONGEST, SHORT = 20, 9
"""Characters of a label that are written; all of them when pointed at."""

Look = dict[str, Any]


def confusion(
    counts: pd.DataFrame,
    labels: Sequence[str],
    *,
    unit: str,
    dark: bool,
    rows: str = "gold",
    columns: str = "predicted",
    small: bool = False,
) -> go.Figure:
    """Gold labels down, predicted labels across; shade = share of the gold label.

    `counts` has the columns gold, predicted, count; `rows` and `columns` are what the axes are called;
    `small` is for several side by side (17 labels in 300 pixels). Cells of a heatmap cannot be selected in
    Streamlit, so invisible squares lie over them, carrying (gold, predicted) as `customdata`.
    """
    colors = theme(dark)
    names = _present(counts, labels)
    cells = _cells(counts)
    totals = {gold: sum(cell.n for cell in cells if cell.gold == gold) for gold in names}
    share = {(cell.gold, cell.predicted): cell.n / totals[cell.gold] for cell in cells}
    heat = go.Heatmap(
        z=[[share.get((gold, predicted), 0.0) for predicted in names] for gold in names],
        x=names,
        y=names,
        zmin=0,
        zmax=1,
        showscale=False,
        xgap=1 if small else 2,
        ygap=1 if small else 2,
        colorscale=scale(colors),
        hoverinfo="skip",
    )
    x, y = [cell.predicted for cell in cells], [cell.gold for cell in cells]
    tiny = small and len(names) > FEW
    texts = [_tiny(cell.n) if tiny else _short(cell.n) for cell in cells]
    strength = [share[cell.gold, cell.predicted] for cell in cells]
    told = _told(cells, strength, unit, (rows, columns))
    traces = [
        heat,
        targets(x, y, [(cell.gold, cell.predicted) for cell in cells], told, size=18 if small else 22),
        *written(x, y, texts, strength, size=8.5 if tiny else 11, dark=dark),
        _blanks(names, share, (rows, columns)),
    ]
    look = clickable_look(colors, height=max(260, 110 + (21 if small else 25) * len(names)))
    look |= _axes(names, look, (rows, columns), small=small)
    return go.Figure(traces, look | {"hoverdistance": -1})


def _blanks(
    names: Sequence[str], share: Mapping[tuple[str, str], float], titles: tuple[str, str]
) -> go.Scatter:
    """Empty cells, which lead nowhere: the nearest cell is hit, and without these it were a neighbour."""
    empty = [(gold, predicted) for gold in names for predicted in names if (gold, predicted) not in share]
    row, column = map(escaped, titles)
    told = [f"{row} {escaped(gold)}, {column} {escaped(predicted)}: never" for gold, predicted in empty]
    places = [predicted for _, predicted in empty], [gold for gold, _ in empty]
    return targets(*places, None, told, size=12)


def _axes(names: Sequence[str], look: Look, titles: tuple[str, str], *, small: bool) -> Look:
    """Labels on both axes, the first on top and at the left."""
    written = [short(name, SHORT if small else LONGEST) for name in names]
    last = len(names) - 0.5
    ends = {"minallowed": -0.5, "maxallowed": last, "showgrid": False, "tickvals": names, "ticktext": written}
    size = {"size": 10} if small else {}
    turned = -90 if small else -45 if len(names) > 8 or max(map(len, written), default=0) > 9 else 0
    found = {}
    for axis, title, span, more in (
        ("yaxis", titles[0], [last, -0.5], {}),
        ("xaxis", titles[1], [-0.5, last], {"side": "top", "tickangle": turned}),
    ):
        quiet, ticks = look[axis]["title"]["font"], look[axis]["tickfont"]
        named = {"text": escaped(title), "standoff": 8 if more else 14, "font": quiet}
        found[axis] = {**look[axis], **ends, **more, "range": span, "title": named, "tickfont": ticks | size}
    return found


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


def _short(count: int) -> str:
    return f"{count / 1000:.0f}k" if count >= 10_000 else str(count)


def _tiny(count: int) -> str:
    """At most three characters up to a million, as wide as a small cell."""
    if count < 1000:
        return str(count)
    return f"{count / 1000:.0f}k" if count < 999_500 else f"{count / 1_000_000:.0f}M"


def _told(cells: Sequence[Cell], strength: Sequence[float], unit: str, titles: tuple[str, str]) -> list[str]:
    row, column = map(escaped, titles)
    return [
        f"{row} {escaped(cell.gold)}, {column} {escaped(cell.predicted)}<br>{cell.n:,} {unit}, "
        f"{share:.0%} of {row} {escaped(cell.gold)}"
        for cell, share in zip(cells, strength, strict=True)
    ]
