"""What Stage II did to the labels of Stage I."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.palette import Theme, chart_color, styled, theme

LARGEST = 24
KINDS = ("fixed", "broken", "moved")


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
    gold: bool = True,
    label_colors: Mapping[str, str] | None = None,
) -> go.Figure:
    """Stage I -> Stage II -> gold, of changed labels only, the largest flows.

    `flow` has the columns from_label, to_label, gold_label, count.
    """
    colors = theme(dark)
    rows = changed_flows(flow).head(LARGEST)
    nodes: dict[tuple[int, str], int] = {}
    links: dict[tuple[int, int, str], int] = {}
    names = ["from_label", "to_label", "gold_label"] if gold else ["from_label", "to_label"]
    for stations, number, became in zip(rows[names].to_numpy(), rows["count"], rows["kind"], strict=True):
        places = [nodes.setdefault((stage, str(label)), len(nodes)) for stage, label in enumerate(stations)]
        for source, target in itertools.pairwise(places):
            key = (source, target, str(became))
            links[key] = links.get(key, 0) + int(number)
    shades = [chart_color(label, (), label_colors) for _, label in nodes]
    figure = go.Figure(_sankey_trace(nodes, links, colors, unit, shades))
    tallest = max((sum(1 for s, _ in nodes if s == stage) for stage in range(3)), default=1)
    figure = styled(figure, colors, height=min(max(200, 100 + 24 * tallest), 620))
    return figure.update_layout(
        margin={"l": 4, "r": 4, "t": 30, "b": 14}, annotations=_stations(colors, gold=gold)
    )


def changed_flows(flow: pd.DataFrame) -> pd.DataFrame:
    """Flows whose label changed, largest first, with their kind."""
    rows = flow[flow.from_label != flow.to_label].copy()
    golds = [None if pd.isna(value) else str(value) for value in rows.gold_label]
    rows["kind"] = [kind(a, b, g) for a, b, g in zip(rows.from_label, rows.to_label, golds, strict=True)]
    return rows.sort_values(["count", "from_label", "to_label"], ascending=[False, True, True])


def _sankey_trace(
    nodes: Mapping[tuple[int, str], int],
    links: Mapping[tuple[int, int, str], int],
    colors: Theme,
    unit: str,
    node_colors: list[str],
) -> go.Sankey:
    shades = {"fixed": colors.good, "broken": colors.bad, "moved": colors.moved}
    return go.Sankey(
        arrangement="snap",
        textfont={"color": colors.ink, "size": 12.5},
        node={
            "label": [label for _, label in nodes],
            "pad": 12,
            "thickness": 12,
            "line": {"width": 0},
            "color": node_colors,
            "hovertemplate": "%{label}: %{value:,} " + unit + "<extra></extra>",
        },
        link={
            "source": [s for s, _, _ in links],
            "target": [t for _, t, _ in links],
            "value": list(links.values()),
            "color": [_clear(shades[k]) for _, _, k in links],
            "customdata": [k for _, _, k in links],
            "hovertemplate": "%{source.label} → %{target.label}<br>%{value:,} "
            + unit
            + ", %{customdata}<extra></extra>",
        },
    )


def _clear(color: str) -> str:
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.42)"


def _stations(colors: Theme, *, gold: bool) -> list[dict[str, object]]:
    names = ["Stage I", "Stage II", *(["gold"] if gold else [])]
    return [
        {
            "text": name,
            "x": place / (len(names) - 1),
            "y": 1.0,
            "xref": "paper",
            "yref": "paper",
            "yshift": 20,
            "xanchor": ("left", "center", "right")[place if gold else place * 2],
            "showarrow": False,
            "font": {"color": colors.muted, "size": 12.5},
        }
        for place, name in enumerate(names)
    ]


def label_delta(before: Mapping[str, float], after: Mapping[str, float], *, dark: bool) -> go.Figure:
    """Per label: F1 in Stage I (hollow) and in Stage II (filled), largest gain on top."""
    colors = theme(dark)
    names = sorted(set(before) & set(after), key=lambda name: after[name] - before[name])
    figure = go.Figure()
    for gain, shade in ((True, colors.good), (False, colors.bad)):
        rows = [name for name in names if (after[name] >= before[name]) is gain]
        figure.add_trace(_stems(rows, before, after, shade))
    figure.add_trace(_points(names, before, colors, "Stage I", hollow=True))
    figure.add_trace(_points(names, after, colors, "Stage II", hollow=False))
    figure.update_xaxes(title="F1 per label", range=[-0.03, 1.03], tickformat=".1f")
    figure.update_yaxes(categoryorder="array", categoryarray=names, showgrid=False)
    return styled(figure, colors, height=max(260, 90 + 24 * len(names)), legend=True)


def _stems(
    names: list[str], before: Mapping[str, float], after: Mapping[str, float], shade: str
) -> go.Scatter:
    x = [value for name in names for value in (before[name], after[name], None)]
    y = [value for name in names for value in (name, name, None)]
    return go.Scatter(
        x=x, y=y, mode="lines", line={"color": shade, "width": 4}, hoverinfo="skip", showlegend=False
    )


def _points(
    names: list[str], values: Mapping[str, float], colors: Theme, title: str, *, hollow: bool
) -> go.Scatter:
    marker = {
        "size": 10,
        "color": colors.surface if hollow else colors.accent,
        "line": {"width": 2, "color": colors.accent},
    }
    return go.Scatter(
        x=[values[name] for name in names],
        y=names,
        mode="markers",
        name=title,
        marker=marker,
        hovertemplate="%{y}, " + title + ": F1 %{x:.3f}<extra></extra>",
    )
