"""One exemplar: its words as they were shown beside what is right, and the errors it is suspect of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from core import languages
from dashboard import blaming, naming, queries, routes, state
from dashboard.blaming import Found
from dashboard.current import Here
from dashboard.widgets.blame import again
from dashboard.widgets.export import Tables
from dashboard.widgets.strip import Line, block, strip

MOST = 200
"""Errors that are listed; the export has all of them."""


def panel(here: Here, against: str, found: Found, ref: str) -> Tables:
    """The exemplar `ref` (DATASET@POSITION), and the ways to do without it."""
    dataset, _, place = ref.rpartition("@")
    rows = found.exemplars
    mine = rows[(rows.dataset == dataset) & (rows.position == int(place or -1 if place.isdecimal() else -1))]
    if mine.empty:
        st.info("That exemplar stands in no prompt of this run. Choose another.", icon=":material/info:")
        return {}
    position = int(place)
    with st.container(border=True, key="blamed"):
        st.markdown(f"##### Exemplar {naming.plain(ref if dataset != here.dataset.id else place)}")
        _shown(here, found, dataset, position)
        held = blaming.held_against(here, against, dataset, position)
        _errors(here, held, ref)
        there = state.link(sentence=position) if dataset == here.dataset.id else state.link()
        st.page_link(
            routes.EXEMPLARS,
            label="Its own exemplars" if dataset == here.dataset.id else "Exemplars of this run",
            icon=":material/join_inner:",
            query_params=there,
        )
        again.panel(here, ref)
    return {f"Errors of {ref}": held}


def _shown(here: Here, found: Found, dataset: str, position: int) -> None:
    instance = queries.instance(dataset, position)
    lines = list(_lines(here, found, dataset, position))
    if instance is None or not lines:
        st.caption("Its data set is no longer in this workspace.")
        return
    owner = here.dataset if dataset == here.dataset.id else queries.dataset(dataset)
    strip(
        [block(instance, lines, owner.labels, here.colors)],
        rows=[line.name for line in lines],
        direction=here.direction if owner is here.dataset else languages.of(owner).direction,
        key=f"blamed-{dataset}-{position}",
        legend="Dotted frame = the label it was shown with is wrong." if len(lines) > 1 else "",
    )


def _lines(here: Here, found: Found, dataset: str, position: int) -> list[Line]:
    """As it was shown, and as it is right where that is known."""
    showing = found.material.showing
    number = showing.datasets.index(dataset)
    (at,) = np.flatnonzero((showing.owners == number) & (showing.exemplars == position))[:1].tolist() or (-1,)
    inside = slice(int(showing.offsets[at]), int(showing.offsets[at + 1]))
    labels = tuple(showing.names[code] for code in showing.labels[inside].tolist())
    if at < 0 or not labels:
        return []
    lines = [Line("As shown", labels)]
    gold = queries.gold_run(dataset) if dataset == here.dataset.id else None
    right = queries.prediction(gold, "gold", position) if gold else None
    return [*lines, Line("Gold", right.labels)] if right and len(right.labels) == len(labels) else lines


def _errors(here: Here, rows: pd.DataFrame, ref: str) -> None:
    if rows.empty:
        st.caption("It shows no wrong label that Stage II gave in a prompt where it stands.")
        return
    more = f", the first {MOST} of them" if len(rows) > MOST else ""
    labels = "wrong label" if len(rows) == 1 else "wrong labels"
    st.markdown(f"**Suspect of {len(rows):,} {labels}**{more}: choose one to open its sentence.")
    rows = rows.head(MOST).assign(share=rows["share"].where(rows["share"] > 0))
    names = ["position", "word", "given", "right", "place", "share", "why", "theirs"]
    st.dataframe(
        rows[names if here.unit == "tokens" else [name for name in names if name not in {"word", "theirs"}]],
        hide_index=True,
        height=min(280, 40 + 35 * len(rows)),
        selection_mode="single-row",
        column_config=columns(recorded=bool((rows["share"] > 0).any())),
        alt="Errors this exemplar is suspect of; choose a row to open its sentence",
        **state.row_to_view(f"held-{ref}", "sentence", [int(value) for value in rows.position]),
    )


def columns(*, recorded: bool) -> dict[str, Any]:
    """How the columns of suspects are shown."""
    share = st.column_config.ProgressColumn("evidence", min_value=0, max_value=1, format="percent", width=90)
    return {
        "position": st.column_config.NumberColumn("#", width=60),
        "place": st.column_config.NumberColumn("place", help="In the prompt, from 1", width=60),
        "share": share if recorded else None,
        "exemplar": st.column_config.TextColumn(width=110),
        "why": st.column_config.TextColumn("the exemplar", width=240),
        "theirs": st.column_config.TextColumn("its words"),
    }
