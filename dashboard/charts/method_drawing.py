"""What a method does, as boxes and arrows: what is given, what is trained, what stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from core.catalog.method_table import COLUMNS, Box
from dashboard.charts.palette import Theme, house_look, theme

WIDE, LINE, PAD = 0.43, 17.0, 11.0
"""Half the width of a box in columns; pixels of a line of its text, and around it."""
ROW = 104.0
"""Pixels from one row to the next."""
KINDS = {
    "given": "given",
    "trained": "trained",
    "frozen": "as it is",
    "loss": "decides",
    "result": "comes out",
}
"""What the looks of boxes mean."""


def drawing(boxes: Sequence[Box], arrows: Sequence[tuple[str, str]], *, dark: bool) -> go.Figure:
    """Boxes in a grid, arrows between them; text keeps its size whatever the width."""
    colors = theme(dark)
    known = {box.name: box for box in boxes}
    rows = max(box.row for box in boxes)
    least = min(box.row for box in boxes)
    height = ROW * (rows - least) + 96
    x = {"range": [-0.5, COLUMNS - 0.5], "visible": False}
    y = {"range": [rows + 48 / ROW, least - 48 / ROW], "visible": False}
    look = house_look(colors, height=round(height), x=x, y=y)
    look["margin"] = {"l": 0, "r": 0, "t": 0, "b": 0}
    look["shapes"] = [_shape(box, colors) for box in boxes]
    look["annotations"] = [
        *(part for start, end in arrows for part in _arrow(known[start], known[end], colors)),
        *(_text(box, colors) for box in boxes),
    ]
    corners = go.Scatter(
        x=[0, COLUMNS - 1], y=[least, rows], mode="markers", marker={"opacity": 0}, hoverinfo="skip"
    )
    return go.Figure([corners], look)


def _tall(box: Box) -> float:
    """Half the height of a box, in rows."""
    return (len(box.lines) * LINE / 2 + PAD) / ROW


def _shape(box: Box, colors: Theme) -> dict[str, Any]:
    tall = _tall(box)
    return {
        "type": "rect",
        "layer": "below",
        "x0": box.column - WIDE,
        "x1": box.column + WIDE,
        "y0": box.row - tall,
        "y1": box.row + tall,
        **_look(box.kind, colors),
    }


def _look(kind: str, colors: Theme) -> dict[str, Any]:
    looks: Mapping[str, dict[str, Any]] = {
        "given": {"fillcolor": colors.surface, "line": {"color": colors.muted, "width": 1.2}},
        "trained": {"fillcolor": colors.scale[1], "line": {"color": colors.accent, "width": 2.4}},
        "frozen": {"fillcolor": colors.grid, "line": {"color": colors.grid, "width": 1}},
        "loss": {"fillcolor": colors.surface, "line": {"color": colors.moved, "width": 1.6, "dash": "dash"}},
        "result": {"fillcolor": colors.surface, "line": {"color": colors.good, "width": 2.4}},
    }
    return looks[kind]


def _text(box: Box, colors: Theme) -> dict[str, Any]:
    weight = "<b>{}</b>" if box.kind == "trained" else "{}"
    place = {"x": box.column, "y": box.row, "xanchor": "center", "yanchor": "middle", "showarrow": False}
    font = {"size": 12, "color": colors.ink}
    return {"text": "<br>".join(map(weight.format, box.lines)), **place, "font": font}


def _arrow(start: Box, end: Box, colors: Theme) -> list[dict[str, Any]]:
    """A straight arrow within a row or a column; else one along its row, then up or down, in two parts."""
    if start.column == end.column:
        down = 1 if end.row > start.row else -1
        return [
            _part(
                (start.column, start.row + down * _tall(start)),
                (end.column, end.row - down * _tall(end)),
                colors,
            )
        ]
    right = 1 if end.column > start.column else -1
    if start.row == end.row or abs(start.column - end.column) <= 1:
        sides = (start.column + right * WIDE, start.row), (end.column - right * WIDE, end.row)
        return [_part(*sides, colors)]
    down = 1 if end.row > start.row else -1
    between = (start.row + down * _tall(start) + end.row - down * _tall(end)) / 2
    turns = [(start.column, start.row + down * _tall(start)), (start.column, between), (end.column, between)]
    last = (end.column, end.row - down * _tall(end))
    lines = [_part(*pair, colors, head=False) for pair in pairwise(turns)]
    return [*lines, _part(turns[-1], last, colors)]


def _part(
    start: tuple[float, float], end: tuple[float, float], colors: Theme, *, head: bool = True
) -> dict[str, Any]:
    return {
        "x": end[0],
        "y": end[1],
        "ax": start[0],
        "ay": start[1],
        "xref": "x",
        "yref": "y",
        "axref": "x",
        "ayref": "y",
        "text": "",
        "showarrow": True,
        "arrowhead": 2 if head else 0,
        "arrowsize": 1.1,
        "arrowwidth": 1.5,
        "arrowcolor": colors.muted,
    }
