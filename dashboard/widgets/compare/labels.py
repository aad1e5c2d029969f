"""Label by label: gains, and the confusions of both sides beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from core.comparison import Where
from dashboard import clicks, comparisons, naming, state
from dashboard.charts.confusion import confusion
from dashboard.comparisons import Asked
from dashboard.current import Here
from dashboard.widgets.compare import names, slices
from dashboard.widgets.compare.beside import beside
from dashboard.widgets.export import Tables
from dashboard.widgets.layout import chart


def labels(here: Here, asked: Asked) -> Tables:
    """The gain of each label, and what each side took for what."""
    table = comparisons.by(asked, "label")
    if asked.single:
        slices.listed(here, asked, table, "label")
    else:
        left, right = beside([2, 3], key="labels")
        with left:
            slices.drawn(here, asked, table, "label", title="By label")
        with right:
            slices.listed(here, asked, table, "label")
    return {"By label": table.drop(columns="key"), **(_confusions(here, asked) if asked.against else {})}


def _confusions(here: Here, asked: Asked) -> Tables:
    """One matrix per side, those looked at first."""
    order = list(dict.fromkeys([*asked.pair, *range(len(asked.sides))]))
    titles, tables = names.short(asked.sides), {}
    for row in range(0, len(order), 2):
        for place, column in zip(order[row : row + 2], beside([1, 1], key=f"confusions-{row}"), strict=False):
            with column:
                tables[f"Confusion {titles[place]}"] = found = comparisons.confusion(asked, place)
                figure = confusion(
                    found, here.dataset.labels, unit=here.unit, dark=state.dark(), rows="right", small=True
                )
                note = f"Shade = share of the right label. Click a cell to list its {here.items} below."
                arguments = clicks.point(f"confusion-{place}", partial(_of_cell, asked, place))
                chart(f"Confusion of {naming.plain(titles[place])}", figure, note=note, **arguments)
    return dict(tables)


def _of_cell(asked: Asked, place: int, data: Sequence[Any]) -> Where:
    return asked.where(right=str(data[0]), given={place: str(data[1])})
