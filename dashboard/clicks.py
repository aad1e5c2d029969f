"""What a click makes of the view: on a cell, a point of a chart, a flow; and a choice of several.

A click that leads nowhere (a cell that counts nothing) leaves the view as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from core.comparison import Where
from dashboard import state

Opens = Callable[[Any], Where | None]
"""What a chart's datum is about; None where it is about nothing."""
Cell = Callable[[int, str], Where | None]
"""What the cell of a table in this row and column is about."""


def opened(where: Where | None) -> None:
    """Show the sentences of a figure."""
    if where is not None:
        state.go(where=state.written(where.table()))


def opens(where: Where) -> dict[str, Any]:
    """Arguments of a button that shows the sentences of a figure."""
    return {"on_click": partial(opened, where)}


def point(key: str, about: Opens) -> dict[str, Any]:
    """Arguments that make a click on a point of a chart show its sentences."""
    return {"key": key, "on_select": partial(_from_point, key, about)}


def _from_point(key: str, about: Opens) -> None:
    points = list(state.widget(key)["selection"]["points"])
    data = points[0].get("customdata") if points else None
    if data is not None:
        opened(about(data))


def cell(key: str, about: Cell) -> dict[str, Any]:
    """Arguments that make a click on a cell of a table show its sentences."""
    return {"key": key, "on_select": partial(_from_cell, key, about), "selection_mode": "single-cell"}


def _from_cell(key: str, about: Cell) -> None:
    cells = list(state.widget(key)["selection"]["cells"])
    if cells:
        row, column = cells[0]
        opened(about(int(row), str(column)))


def several(name: str, chosen: Sequence[str], *, default: Sequence[str]) -> dict[str, Any]:
    """Arguments that tie a widget for several values to a part of the view, where they stand with commas."""
    key = f"url-{name}"
    state.show(key, list(chosen))
    return {"key": key, "on_change": partial(_from_several, name, key, ",".join(default))}


def _from_several(name: str, key: str, default: str) -> None:
    said = ",".join(state.widget(key))
    state.go(**{name: "" if said == default else said})
