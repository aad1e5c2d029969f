"""What one labeling made of another: ribbons of labels, and the gain of each label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.palette import Theme, chart_color, clickable_look, escaped, short, theme
from dashboard.charts.ribbons import Layout, Node, Ribbon, layout, weighed

LARGEST = 24
KINDS = ("fixed", "broken", "moved")
DRAWN = ("same", "same_right", "same_wrong", "moved", "changed", "broken", "fixed")
"""Kinds from the back to the front of the drawing."""
SYMBOLS = {"fixed": "triangle-up", "broken": "x", "moved": "diamond", "changed": "diamond"}
SAID = {"same": "unchanged", "same_right": "unchanged, right", "same_wrong": "unchanged, wrong"}
LONGEST = 14
"""Characters of a label that are written beside its node; all of them when pointed at."""
BAR = 0.022
STOPS = (0.3, 0.6, 0.93)
"""Where along a ribbon one can point at it."""
CURVE = np.linspace(0, 1, 11, dtype=np.float32)
BEND = CURVE * CURVE * (3 - 2 * CURVE)

Line = npt.NDArray[np.float32]


def kind(before: str, after: str, gold: str | None) -> str:
    """What became of a label: fixed, broken, moved (wrong to wrong, or no gold); unchanged right or wrong."""
    if before == after:
        return "right" if gold is None or after == gold else "wrong"
    if gold == after:
        return "fixed"
    return "broken" if gold == before else "moved"


def sankey(
    flow: pd.DataFrame,
    *,
    unit: str,
    dark: bool,
    stations: Sequence[str] = ("Stage I", "Stage II", "gold"),
    gold: bool = True,
    label_colors: Mapping[str, str] | None = None,
) -> go.Figure:
    """Ribbons from one side over the other to what is right.

    `flow` has the columns from_label, to_label, gold_label, count. With a column `kind` (see
    `core.comparison.CHANGES`) every row is drawn, what did not change faded and at a scale of its own, which
    is written below; without it only changed labels, the largest flows. Ribbons and nodes carry
    [from, to, right, kind] as `customdata`, "" where that does not matter, for clicks.
    """
    colors = theme(dark)
    rows = flow if "kind" in flow else changed_flows(flow).head(LARGEST)
    names = ["from_label", "to_label", "gold_label"] if gold else ["from_label", "to_label"]
    labels = [tuple(str(label) for label in row) for row in rows[names].to_numpy()]
    paths, scale = weighed([*zip(labels, map(str, rows["kind"]), map(int, rows["count"]), strict=True)])
    lain = layout([path for path in paths if path.count], DRAWN)
    traces = [*_bands(lain.ribbons, colors), _nodes(lain, unit, label_colors), *_names(lain, colors)]
    traces += [_signs(lain.ribbons, colors), _targets(lain.ribbons, unit)]
    note = f"faded: unchanged, drawn at {scale:.2g} of its width" if scale < 1 else ""
    return go.Figure(traces, _look(lain, colors, list(stations)[: len(names)], note))


def changed_flows(flow: pd.DataFrame) -> pd.DataFrame:
    """Flows whose label changed, largest first, with their kind."""
    rows = flow[flow.from_label != flow.to_label].copy()
    golds = [None if pd.isna(value) else str(value) for value in rows.gold_label]
    rows["kind"] = [kind(a, b, g) for a, b, g in zip(rows.from_label, rows.to_label, golds, strict=True)]
    return rows.sort_values(["count", "from_label", "to_label"], ascending=[False, True, True])


def shade(became: str, colors: Theme) -> str:
    """The colour of what became of a label."""
    known = {"fixed": colors.good, "broken": colors.bad, "moved": colors.moved, "changed": colors.accent}
    return known.get(became, colors.quiet)


def _bands(ribbons: Sequence[Ribbon], colors: Theme) -> list[go.Scatter]:
    """All ribbons of a kind as one drawing: dozens of traces would take longer to build than to see."""
    drawn = []
    for became in DRAWN:
        edges = [_edge(ribbon) for ribbon in ribbons if ribbon.kind == became]
        if edges:
            x = np.concatenate([np.append(x, np.nan) for x, _ in edges])
            y = np.concatenate([np.append(y, np.nan) for _, y in edges])
            faint = became.startswith("same")
            line = {"width": 0.5, "color": _clear(shade(became, colors), 0.25 if faint else 0.9)}
            fill = _clear(shade(became, colors), 0.22 if faint else 0.42)
            look = {"mode": "lines", "fill": "toself", "fillcolor": fill, "line": line}
            drawn.append(go.Scatter(x=x, y=y, name=became, hoverinfo="skip", **look))
    return drawn


def _edge(ribbon: Ribbon) -> tuple[Line, Line]:
    x = ribbon.station + BAR / 2 + CURVE * (1 - BAR)
    top = ribbon.tops[0] + BEND * (ribbon.tops[1] - ribbon.tops[0])
    bottom = top + max(ribbon.width, 0.7)
    return np.concatenate([x, x[::-1], x[:1]]), np.concatenate([top, bottom[::-1], top[:1]])


def _nodes(lain: Layout, unit: str, given: Mapping[str, str] | None) -> go.Bar:
    nodes = lain.nodes
    return go.Bar(
        x=[node.station for node in nodes],
        y=[max(node.height, 2) for node in nodes],
        base=[node.top for node in nodes],
        width=BAR,
        marker={"color": [chart_color(node.label, (), given) for node in nodes], "line": {"width": 0}},
        customdata=[_condition(node.station, node.label) for node in nodes],
        hovertext=[f"{escaped(node.label)}: {node.count:,} {unit}" for node in nodes],
        hovertemplate="%{hovertext}<extra></extra>",
        unselected={"marker": {"opacity": 1}},
    )


def _condition(station: int, label: str) -> list[str]:
    found = ["", "", "", ""]
    found[station] = label
    return found


def _names(lain: Layout, colors: Theme) -> list[go.Scatter]:
    """Labels outside the drawing, and in the middle to the right of their nodes."""
    last = max((node.station for node in lain.nodes), default=0)
    return [
        _written([node for node in lain.nodes if node.station == 0], -BAR, "middle left", colors),
        _written(
            [node for node in lain.nodes if node.station and node.station < last], BAR, "middle right", colors
        ),
        _written([node for node in lain.nodes if node.station == last], BAR, "middle right", colors),
    ]


def _written(nodes: Sequence[Node], aside: float, place: str, colors: Theme) -> go.Scatter:
    return go.Scatter(
        x=[node.station + aside for node in nodes],
        y=[node.top + node.height / 2 for node in nodes],
        mode="text",
        text=[f"{short(node.label, LONGEST)} <b>{node.count:,}</b>" for node in nodes],
        textposition=place,
        textfont={"size": 12, "color": colors.ink},
        cliponaxis=False,
        hoverinfo="skip",
        unselected={"textfont": {"color": colors.ink}},
    )


def _signs(ribbons: Sequence[Ribbon], colors: Theme) -> go.Scatter:
    """A sign at the end of each ribbon that is wide enough: what became of it without its colour."""
    wide = [ribbon for ribbon in ribbons if ribbon.kind in SYMBOLS and ribbon.width >= 5]
    spots = [_spot(ribbon, 0.93) for ribbon in wide]
    hues = [shade(ribbon.kind, colors) for ribbon in wide]
    return go.Scatter(
        x=[x for x, _ in spots],
        y=[y for _, y in spots],
        mode="markers",
        marker={"symbol": [SYMBOLS[ribbon.kind] for ribbon in wide], "size": 7, "color": hues, "opacity": 1},
        hoverinfo="skip",
        unselected={"marker": {"opacity": 1}},
    )


def _spot(ribbon: Ribbon, along: float) -> tuple[float, float]:
    bend = along * along * (3 - 2 * along)
    middle = ribbon.tops[0] + bend * (ribbon.tops[1] - ribbon.tops[0]) + ribbon.width / 2
    return ribbon.station + BAR / 2 + along * (1 - BAR), middle


def _targets(ribbons: Sequence[Ribbon], unit: str) -> go.Scatter:
    """Invisible places along every ribbon, for pointing and clicking."""
    spots = [_spot(ribbon, along) for ribbon in ribbons for along in STOPS]
    return go.Scatter(
        x=[x for x, _ in spots],
        y=[y for _, y in spots],
        mode="markers",
        customdata=np.array([_conditions(ribbon) for ribbon in ribbons for _ in STOPS], dtype=object),
        hovertext=np.repeat(np.array([_told(ribbon, unit) for ribbon in ribbons], dtype=object), len(STOPS)),
        marker={"size": 12, "opacity": 0},
        hovertemplate="%{hovertext}<extra></extra>",
        unselected={"marker": {"opacity": 0}},
        selected={"marker": {"opacity": 0}},
    )


def _conditions(ribbon: Ribbon) -> list[str]:
    ends = _condition(ribbon.station, ribbon.start), _condition(ribbon.station + 1, ribbon.end)
    labels = [one or two for one, two in zip(*ends, strict=True)][:3]
    return [*labels, ribbon.kind]


def _told(ribbon: Ribbon, unit: str) -> str:
    became = SAID.get(ribbon.kind, ribbon.kind)
    return f"{escaped(ribbon.start)} → {escaped(ribbon.end)}<br>{ribbon.count:,} {unit}, {became}"


def _look(lain: Layout, colors: Theme, stations: Sequence[str], note: str) -> dict[str, object]:
    last = len(stations) - 1
    tall = max(lain.height, 60.0)
    x = {"range": [-BAR, last + BAR], "visible": False}
    height = int(tall + 34 + (24 if note else 8))
    look = clickable_look(colors, height=height, x=x, y={"range": [tall, 0], "visible": False})
    sides = [_margin(lain, 0), _margin(lain, last)]
    look["margin"] = {"l": sides[0], "r": sides[1], "t": 34, "b": 24 if note else 8}
    look["annotations"] = [*_headings(stations, colors), *([_below(note, colors)] if note else [])]
    return look


def _margin(lain: Layout, station: int) -> int:
    """Pixels that the longest label beside a station needs."""
    sizes = [
        min(len(node.label), LONGEST) + 1 + len(f"{node.count:,}")
        for node in lain.nodes
        if node.station == station
    ]
    return 16 + round(7.6 * max(sizes, default=4))


def _headings(stations: Sequence[str], colors: Theme) -> list[dict[str, object]]:
    anchors = ["left", *["center"] * (len(stations) - 2), "right"]
    return [
        {
            "text": escaped(name),
            "x": place / (len(stations) - 1),
            "y": 1.0,
            "xref": "paper",
            "yref": "paper",
            "yshift": 24,
            "xanchor": anchor,
            "showarrow": False,
            "font": {"color": colors.muted, "size": 12.5},
        }
        for place, (name, anchor) in enumerate(zip(stations, anchors, strict=True))
    ]


def _below(note: str, colors: Theme) -> dict[str, object]:
    place = {"x": 0.5, "y": 0, "xref": "paper", "yref": "paper", "yshift": -18, "xanchor": "center"}
    return {"text": note, **place, "showarrow": False, "font": {"color": colors.muted, "size": 11.5}}


def _clear(color: str, share: float) -> str:
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{share})"
