"""What labelling cost: over the days, a line per person; per label, a bar each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.palette import escaped, house_look, short, theme
from dashboard.charts.sides import side_look

LONGEST = 18
STYLES = 6
"""Lines that differ in colour and dash; more people start over."""


def over_days(rows: pd.DataFrame, measure: str, title: str, *, dark: bool) -> go.Figure:
    """A line per person over days. `rows` has the columns day, person, items and the measure."""
    colors = theme(dark)
    people = list(dict.fromkeys(rows["person"]))
    traces = [
        _line(rows[rows["person"] == who], str(who), place, measure, dark=dark)
        for place, who in enumerate(people)
    ]
    y = {"title": title, "rangemode": "tozero"}
    x: dict[str, Any] = {"type": "date", "tickformat": "%-d %b", "nticks": 8}
    if rows["day"].nunique() < 8:
        x["tickvals"] = sorted(set(rows["day"]))
    return go.Figure(traces, house_look(colors, height=300, legend=True, x=x, y=y))


def _line(rows: pd.DataFrame, who: str, place: int, measure: str, *, dark: bool) -> go.Scatter:
    look = side_look(place % STYLES, dark=dark)
    told = [
        f"{escaped(who)}, {day:%-d %b %Y}<br>{value:.1f}<br>{items:,} saved"
        for day, value, items in zip(rows["day"], rows[measure], rows["items"], strict=True)
    ]
    return go.Scatter(
        x=rows["day"],
        y=rows[measure],
        mode="lines+markers",
        name=short(who, LONGEST),
        line={"color": look.color, "width": 2, "dash": look.dash},
        marker={"symbol": look.symbol, "size": 9, "color": look.color},
        hovertext=told,
        hovertemplate="%{hovertext}<extra></extra>",
        connectgaps=True,
    )


def per_label(
    names: Sequence[str], values: Sequence[float], told: Sequence[str], *, unit: str, dark: bool
) -> go.Figure:
    """A bar per label, first on top: the seconds that a `unit` cost."""
    colors = theme(dark)
    places = list(range(len(names)))[::-1]
    bars = go.Bar(
        x=list(values),
        y=places,
        orientation="h",
        marker={"color": colors.accent},
        hovertext=[f"{escaped(name)}<br>{escaped(text)}" for name, text in zip(names, told, strict=True)],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    x: dict[str, Any] = {"title": f"seconds per {unit}", "rangemode": "tozero"}
    y = {"tickvals": places, "ticktext": [short(name, LONGEST) for name in names]}
    return go.Figure(bars, house_look(colors, height=84 + 23 * len(names), x=x, y=y))
