"""From Stage I to Stage II, a chart per method: who gained, who lost."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.across import Entry
from dashboard import naming, state
from dashboard.charts.slopes import slopes
from dashboard.widgets.layout import chart

IMPORTED = "imported"
MOST = 4
"""Charts; of more methods, those with most languages."""


def table(found: Sequence[Entry], metric: str, rows: Sequence[str], titles: Sequence[str]) -> pd.DataFrame:
    """name, before, after (shares), group, stages: the newest run of each row and column with two stages."""
    lines: dict[tuple[str, str], tuple[float, float, str]] = {}
    for entry, row, title in zip(found, rows, titles, strict=True):
        before, after = entry.before(metric), entry.value(metric)
        if before is not None and after is not None:
            lines.setdefault((row, title), (before, after, stages(entry)))
    return pd.DataFrame(
        [(title, row, *ends) for (row, title), ends in lines.items()],
        columns=["name", "group", "before", "after", "stages"],
    )


def stages(entry: Entry) -> str:
    """What the ends of a run's line are called."""
    return f"{naming.STAGES[entry.earlier]} → {naming.STAGES[entry.last]}" if entry.earlier else ""


def groups(lines: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The lines of each method, most languages first; imported labels where nothing computed is equal."""
    found = [(str(name), rows) for name, rows in lines.groupby("group", sort=False)]
    found.sort(key=lambda item: (IMPORTED in item[0], -len(item[1]), item[0]))
    kept: dict[tuple[object, ...], tuple[str, pd.DataFrame]] = {}
    for name, rows in found:
        same = tuple(sorted(rows[["name", "before", "after"]].itertuples(index=False, name=None)))
        kept.setdefault(same, (name, rows))
    return list(kept.values())


def charts(lines: pd.DataFrame, metric: str) -> None:
    """The charts side by side where there is room."""
    most = groups(lines)
    with st.grid(min(2, len(most)), min_column_width=310, gap="large"):
        for place, (group, rows) in enumerate(most[:MOST]):
            ends = set(rows["stages"])
            stations = ends.pop().split(" → ") if len(ends) == 1 else ("before", "after")
            fell = int((rows["after"] < rows["before"]).sum())
            note = f"{naming.METRICS[metric]} in percent. {_said(len(rows), fell)}"
            figure = slopes(rows, dark=state.dark(), stations=stations)
            with st.container():
                chart(naming.plain(group), figure, key=f"slopes-{place}", note=note)
    if len(most) > MOST:
        st.caption(f"{len(most) - MOST} more in the table below.")


def _said(n: int, fell: int) -> str:
    if not fell:
        return "None fell."
    return f"{fell} of {n} fell: dashed, with a triangle that points down."
