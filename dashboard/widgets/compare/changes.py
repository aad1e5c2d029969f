"""What changed: from one side over the other to what is right, and which labels were switched."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.comparison import Where
from dashboard import clicks, comparisons, naming, state
from dashboard.charts.flow import sankey
from dashboard.comparisons import Asked
from dashboard.current import Here
from dashboard.widgets.compare import names
from dashboard.widgets.compare.beside import beside
from dashboard.widgets.export import Tables
from dashboard.widgets.layout import chart

KINDS = ("fixed", "broken", "moved")
ROWS = 12


def changes(here: Here, asked: Asked) -> Tables:
    """The flow and the label switches, both clickable; returns their tables."""
    if asked.single:
        st.info(
            "There is one labeling only. Choose another above to see what changed.", icon=":material/info:"
        )
        return {}
    table = comparisons.switches(asked)
    if table.empty:
        st.info(f"{_short(asked, 1)} kept every label of {_short(asked, 0)}.", icon=":material/equal:")
        return {}
    flow = comparisons.flow(asked)
    left, right = beside([3, 2], key="changes")
    with left:
        _flow(here, asked, flow)
    with right:
        _switches(here, asked, table)
    return {"Flow": flow, "Label switches": table}


def _short(asked: Asked, at: int) -> str:
    return names.short(asked.sides)[asked.pair[at]]


def _flow(here: Here, asked: Asked, flow: pd.DataFrame) -> None:
    right = {"": "", "gold": "gold", "human": "human"}[asked.against]
    stations = (_short(asked, 0), _short(asked, 1), right)
    figure = sankey(
        flow,
        unit=here.unit,
        dark=state.dark(),
        gold=bool(asked.against),
        stations=stations,
        label_colors=here.colors,
    )
    title = " → ".join(name for name in stations if name)
    colours = " Green was fixed, red was broken, orange moved." if asked.against else ""
    note = f"{here.unit.capitalize()}.{colours} Click a ribbon or a label to list its {here.items} below."
    chart(title, figure, note=naming.plain(note), **clicks.point("sankey", partial(_of_ribbon, asked)))


def _of_ribbon(asked: Asked, data: Sequence[Any]) -> Where:
    """[from, to, right, kind]; "" where it does not matter."""
    first, second, right, kind = (str(part) for part in data)
    given = {asked.before: first, asked.after: second}
    return asked.where(
        given={side: label for side, label in given.items() if label}, right=right, change=kind
    )


def _switches(here: Here, asked: Asked, table: pd.DataFrame) -> None:
    st.markdown("#### Label switches")
    st.caption(f"How often which label became which. Choose a number to list its {here.items} below.")
    shown = table.dropna(axis="columns", how="all")
    number = st.column_config.NumberColumn
    columns: dict[str, Any] = {name: number(name, width=54) for name in ("count", *KINDS)}
    columns["from_label"] = st.column_config.TextColumn(naming.plain(_short(asked, 0)), width=80)
    columns["to_label"] = st.column_config.TextColumn(naming.plain(_short(asked, 1)), width=80)
    pairs = list(zip(map(str, table.from_label), map(str, table.to_label), strict=True))
    st.dataframe(
        shown,
        hide_index=True,
        height=min(40 + 35 * ROWS, 40 + 35 * len(shown)),
        column_config=columns,
        alt="Label switches; choose a cell to list its sentences",
        **clicks.cell("switches", partial(_of_switch, asked, pairs)),
    )


def _of_switch(asked: Asked, pairs: Sequence[tuple[str, str]], row: int, column: str) -> Where | None:
    if row >= len(pairs):
        return None
    first, second = pairs[row]
    change = column if column in KINDS else "changed"
    return asked.where(change=change, given={asked.before: first, asked.after: second})
