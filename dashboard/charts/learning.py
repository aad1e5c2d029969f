"""What corrections were worth: a score over corrections, or over minutes of annotation."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.palette import clickable_look, theme

HEIGHT = 220
AXES = {"corrections": "corrected items", "minutes": "minutes of annotation"}


def learning(table: pd.DataFrame, *, over: str, metric: str, dark: bool) -> go.Figure:
    """A point per run with its 95 % interval, joined in the order in which they were made.

    `table` has the columns run, corrections, minutes, value, low, high (shares, NaN where unknown) and
    relabelled. `customdata` is the run. `over` is one of `AXES`.
    """
    colors = theme(dark)
    known = table[table["value"].notna()]
    most = float(known[over].max()) if len(known) else 1.0
    x = {"title": AXES[over], "range": [-0.04 * max(most, 1.0), 1.06 * max(most, 1.0)]}
    y = {"title": metric, "tickformat": ".1f"}
    look = clickable_look(colors, height=HEIGHT, x=x, y=y)
    values = 100 * known["value"]
    told = [_told(row) for _, row in known.iterrows()]
    line = go.Scatter(
        x=known[over],
        y=values,
        mode="lines+markers",
        line={"color": colors.accent, "width": 2},
        marker={"size": 11, "color": colors.accent, "opacity": 1},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": 100 * known["high"] - values,
            "arrayminus": values - 100 * known["low"],
            "color": colors.quiet,
            "thickness": 1.5,
        },
        customdata=known["run"],
        hovertext=told,
        hovertemplate="%{hovertext}<extra></extra>",
        unselected={"marker": {"opacity": 1}},
    )
    return go.Figure([line], look)


def _told(row: pd.Series) -> str:
    value, low, high = (100 * float(row[name]) for name in ("value", "low", "high"))
    said = f"{value:.1f} ({low:.1f} to {high:.1f})<br>{int(row['corrections']):,} corrected items"
    if pd.notna(row["relabelled"]):
        said += f"<br>{int(row['relabelled']):,} labelled anew"
    return said
