"""From one score to another, a line per name: who rose and who fell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.palette import Theme, clickable_look, escaped, short, theme

LEAST, PER_LINE, USUAL, CROWDED = 110, 40, 400, 22
"""Pixels: the drawing without lines, for each line, up to the usual height; for each of very many."""
WORD = 17.0
"""Pixels from one written name to the next."""
LONGEST = 24

Note = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Slope:
    """One line, in percent; `title` is what is written."""

    name: str
    group: str
    title: str
    before: float
    after: float

    @property
    def gain(self) -> float:
        return self.after - self.before

    @property
    def fell(self) -> bool:
        return round(self.gain, 1) < 0


def slopes(
    table: pd.DataFrame, *, dark: bool, stations: Sequence[str] = ("Stage I", "Stage II")
) -> go.Figure:
    """A line per row from `before` to `after`, names and figures at its right end.

    `table` has the columns name, before, after (shares) and group, which is written with the name where there
    are several. What fell is dashed, ends in a downward triangle and says so in figures. `customdata` is
    [name, group].
    """
    colors = theme(dark)
    lines = _read(table)
    figures = [value for line in lines for value in (line.before, line.after)]
    low, high = (min(figures), max(figures)) if figures else (0.0, 1.0)
    room = max(1.0, 0.06 * (high - low))
    height = max(min(USUAL, LEAST + PER_LINE * len(lines)), CROWDED * len(lines))
    scale = (high - low + 2 * room) / height
    names, ends = _names(lines, scale, colors)
    x = {"range": [-0.02, 1.02], "visible": False}
    y = {"range": [low - room, high + room], "visible": False}
    look = clickable_look(colors, height=height + 58, x=x, y=y)
    look["annotations"] = [*names, *_headings(stations, colors)]
    look["margin"] = {"l": 46, "r": 24 + round(6.8 * max(map(len, ends), default=0)), "t": 46, "b": 12}
    return go.Figure([_line(line, colors) for line in lines], look)


def _read(table: pd.DataFrame) -> list[Slope]:
    known = table[table["before"].notna() & table["after"].notna()]
    several = known["group"].nunique() > 1
    columns = (known[key] for key in ("name", "group", "before", "after"))
    return [
        Slope(
            str(name),
            str(group),
            f"{name}, {group}" if several else str(name),
            100 * float(was),
            100 * float(now),
        )
        for name, group, was, now in zip(*columns, strict=True)
    ]


def _line(line: Slope, colors: Theme) -> go.Scatter:
    hue = colors.bad if line.fell else colors.good if round(line.gain, 1) else colors.muted
    told = f"{escaped(line.title)}<br>{line.before:.1f} → {line.after:.1f} ({line.gain:+.1f})"
    end = "triangle-down" if line.fell else "circle"
    return go.Scatter(
        x=[0, 1],
        y=[line.before, line.after],
        mode="lines+markers",
        line={"color": hue, "width": 2.5, "dash": "dash" if line.fell else "solid"},
        marker={"size": 11, "color": hue, "symbol": ["circle", end], "opacity": 1},
        customdata=[[line.name, line.group]] * 2,
        hovertext=[told] * 2,
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
        unselected={"marker": {"opacity": 1}},
    )


def _names(lines: Sequence[Slope], scale: float, colors: Theme) -> tuple[list[Note], list[str]]:
    """Figures at the left, figures and names at the right, moved apart where they would overlap."""
    notes, texts = [], []
    starts = spread([line.before for line in lines], WORD * scale)
    ends = spread([line.after for line in lines], WORD * scale)
    for line, start, end in zip(lines, starts, ends, strict=True):
        after = f"{line.after:.1f} {short(line.title, LONGEST)} <b>{line.gain:+.1f}</b>"
        texts.append(f"{line.after:.1f} {line.title[:LONGEST]} {line.gain:+.1f}")
        notes.append(_note(f"{line.before:.1f}", 0, start, "right", colors.muted))
        notes.append(_note(after, 1, end, "left", colors.bad if line.fell else colors.ink))
    return notes, texts


def _note(text: str, x: float, y: float, anchor: str, color: str) -> Note:
    aside = -9 if anchor == "right" else 9
    place = {"x": x, "y": y, "xanchor": anchor, "yanchor": "middle", "xshift": aside}
    return {"text": text, **place, "showarrow": False, "font": {"size": 12, "color": color}}


def _headings(stations: Sequence[str], colors: Theme) -> list[Note]:
    at = {"y": 1, "yref": "paper", "yshift": 32, "showarrow": False}
    font = {"color": colors.muted, "size": 12}
    return [
        {"text": short(name, LONGEST), "x": place, "xanchor": ("center", "left")[place], "font": font, **at}
        for place, name in enumerate(stations)
    ]


def spread(values: Sequence[float], apart: float) -> list[float]:
    """The values, moved so that no two are closer than `apart`, each group around where it was."""
    order = sorted(range(len(values)), key=values.__getitem__)
    blocks: list[tuple[float, list[int]]] = []
    for place in order:
        middle, members = values[place], [place]
        while blocks and middle - apart * (len(members) - 1) / 2 < _top(blocks[-1], apart) + apart:
            before, others = blocks.pop()
            joined = [*others, *members]
            middle = (before * len(others) + middle * len(members)) / len(joined)
            members = joined
        blocks.append((middle, members))
    found = list(values)
    for middle, members in blocks:
        for step, place in enumerate(members):
            found[place] = middle + apart * (step - (len(members) - 1) / 2)
    return found


def _top(block: tuple[float, list[int]], apart: float) -> float:
    middle, members = block
    return middle + apart * (len(members) - 1) / 2
