"""From a mark or a row to the run behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard import state


def point_to_run(key: str) -> dict[str, Any]:
    """Arguments that make a click on a mark, whose datum is a run, look at that run."""

    def clicked() -> None:
        points = list((state.widget(key) or {}).get("selection", {}).get("points", ()))
        data = points[0].get("customdata") if points else None
        run = data[0] if isinstance(data, list | tuple) and data else data
        if isinstance(run, str):
            state.go(run=run)

    return {"key": key, "on_select": clicked}


def row_to_run(key: str, runs: Sequence[str]) -> dict[str, Any]:
    """Arguments that make a chosen table row look at its run."""

    def chosen() -> None:
        rows = list((state.widget(key) or {}).get("selection", {}).get("rows", ()))
        if rows and rows[0] < len(runs):
            state.go(run=runs[rows[0]])

    return {"key": key, "on_select": chosen}
