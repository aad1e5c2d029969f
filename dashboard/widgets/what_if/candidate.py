"""All candidates of a sentence as a cloud, and the one that was clicked: why it is (not) among the chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import what_if
from core.what_if import Standing, Tried
from core.workbench import Workbench
from dashboard import naming, state
from dashboard.charts.candidates import Cloud, candidates
from dashboard.current import Here
from dashboard.widgets.layout import chart, metrics
from dashboard.widgets.strip import Line, block, strip

NOTE = "Numbers are the chosen, in the order of the prompt; amber = there for its labels. Click one."


def cloud(here: Here, bench: Workbench, tried: Tried) -> None:
    """The scatter; a click opens the candidate."""
    figure = candidates(_cloud(bench, tried), dark=state.dark())
    chart(
        "All candidates",
        figure,
        key="candidates",
        note=NOTE,
        on_select=state.point_to_view("candidates", "peek")["on_select"],
    )


def as_table(bench: Workbench, tried: Tried) -> pd.DataFrame:
    """All candidates, the most similar first."""
    ranks = {row: place for place, row in enumerate(tried.selection.chosen, 1)}
    return pd.DataFrame(
        {
            "sentence": bench.positions,
            "similarity": tried.similarity,
            "confidence": bench.ready.item_confidence,
            "place": [ranks.get(row) for row in range(len(bench.pool))],
            "text": [item.instance.text for item in bench.pool],
        }
    ).sort_values("similarity", ascending=False, kind="stable")


def _cloud(bench: Workbench, tried: Tried) -> Cloud:
    own = bench.ready.rows.get(bench.queries[tried.selection.query].position, len(bench.pool))
    allowed = np.flatnonzero(np.arange(len(bench.pool)) != own)
    chosen = tried.selection.chosen
    forced = tried.price.forced[0] if tried.price is not None else np.zeros(len(chosen))
    peek = bench.ready.rows.get(state.view().peek, -1)
    return Cloud(
        positions=bench.positions[allowed],
        similarity=tried.similarity[allowed],
        confidence=bench.ready.item_confidence[allowed],
        ranks={row - (row > own): place for place, row in enumerate(chosen, 1)},
        forced=frozenset(
            row - (row > own) for row, is_forced in zip(chosen, forced, strict=False) if is_forced
        ),
        peek=-1 if peek in {-1, own} else peek - (peek > own),
    )


def details(here: Here, bench: Workbench, tried: Tried, settings: Mapping[str, Any]) -> None:
    """The candidate that is looked at: its labels, its score, what showing it would cost."""
    row = bench.ready.rows.get(state.view().peek, -1)
    if row < 0:
        st.caption("Click a point to see that sentence, its score, and what showing it would cost.")
        return
    item, place = bench.pool[row], tried.selection.chosen
    found = what_if.standing(bench, settings, tried.selection.query, row)
    with st.container(border=True, key="peek"):
        st.markdown(
            f"#### {naming.items(here.dataset.task).removesuffix('s').capitalize()} {state.view().peek}"
        )
        shown = block(
            item.instance,
            [Line("noisy label", item.labels, item.confidences)],
            here.dataset.labels,
            here.colors,
        )
        strip([shown], rows=["noisy label"], direction=here.direction, key="peek-sentence")
        worth = "banned" if not np.isfinite(found.worth) else f"{found.worth:+.3f}" if found.worth else "0"
        metrics({"Similarity": f"{found.similarity:.3f}", "Confidence term": worth})
        st.text(_verdict(bench, found, place.index(row) + 1 if row in place else 0))
        _labels(found)
        _buttons(state.view().peek, settings)


def _verdict(bench: Workbench, found: Standing, rank: int) -> str:
    if rank:
        return f"It is exemplar {rank}."
    if found.way_in is None:
        return "It is not among the chosen."
    other = bench.pool[found.way_in.row].instance.position
    if found.way_in.missing > 0 and found.way_in.loses < 0:
        more = f"{found.way_in.missing:g} more tokens in demand would be missed"
        return f"It would take the place of #{other}, and {more}."
    return f"It would take the place of #{other}, and the objective would lose {found.way_in.loses:.4f}."


def _labels(found: Standing) -> None:
    table = pd.DataFrame(
        [
            {
                "label": label,
                "tokens": n,
                "confidence": sure,
                "threshold": tau,
                "short by": max(0.0, tau - sure),
            }
            for label, n, sure, tau in found.labels
        ]
    )
    if len(table):
        plain = st.column_config.NumberColumn(format="%.3f")
        config = dict.fromkeys(("confidence", "threshold", "short by"), plain)
        st.dataframe(table, hide_index=True, alt="Its labels and their thresholds", column_config=config)


def _buttons(position: int, settings: Mapping[str, Any]) -> None:
    """Pin and ban, where the selector knows such a thing."""
    if settings.get("name", "ilp") != "ilp":
        return
    with st.container(horizontal=True, gap="small"):
        for item, title, icon in (("pin", "Always show it", "keep"), ("ban", "Never show it", "block")):
            now = [str(place) for place in settings.get(item, ())]
            there = str(position) in now
            rest = [place for place in now if place != str(position)]
            st.button(
                f"No longer: {title.lower()}" if there else title,
                key=f"peek-{item}",
                icon=f":material/{icon}:",
                on_click=state.set_row,
                args=("tries", item, rest if there else [*now, str(position)], []),
            )
