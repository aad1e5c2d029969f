"""The sentences a figure is about: how many, fifty a page, and what each side says there."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from core.comparison import Comparison, Where
from dashboard import clicks, comparisons, queries, state
from dashboard.comparisons import Asked
from dashboard.current import Here
from dashboard.state import PAGE_SIZE
from dashboard.widgets.compare import names
from dashboard.widgets.compare.telling import told
from dashboard.widgets.export import Later

Places = npt.NDArray[np.int64]
WORDS = 4
"""Words of a sentence that are spelled out; more are counted."""
KINDS = {"": "all", "changed": "changed", "fixed": "fixed", "broken": "broken", "moved": "moved"}


def bar(here: Here, asked: Asked, where: Where, n: int) -> None:
    """What is listed, in words, and ways to narrow it down."""
    said = told(where, names.short(asked.sides), unit=here.unit)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.badge(_counted(here, n), color="blue")
        st.text(said or f"all {here.items}", width="content")
        if said:
            st.button("Show all", icon=":material/close:", type="tertiary", **clicks.opens(Where()))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.text_input(
            "Contains",
            placeholder="part of the text",
            icon=":material/search:",
            width=210,
            **state.bound("text"),
        )
        if not asked.single:
            _kinds(asked, where)


def _counted(here: Here, n: int) -> str:
    return f"{n:,} {here.items if n != 1 else here.items.removesuffix('s')}"


def _kinds(asked: Asked, where: Where) -> None:
    known = [kind for kind in KINDS if asked.against or kind in ("", "changed")]
    key = "url-kind-of-change"
    state.show(key, where.change if where.change in known else None)
    st.segmented_control(
        "What became of its label",
        known,
        format_func=KINDS.__getitem__,
        key=key,
        on_change=partial(_choose_kind, key, asked, where),
    )


def _choose_kind(key: str, asked: Asked, where: Where) -> None:
    clicks.opened(replace(where, change=state.widget(key) or "", before=asked.before, after=asked.after))


def listed(here: Here, asked: Asked, where: Where) -> tuple[Places, Places]:
    """The positions (R,) the view lists, and how many tokens of each are what it is about (R,).

    Where it is about nothing, all are listed, those first in which something changed.
    """
    loaded = comparisons.compared(asked)
    if not where.table().keys() - {"before", "after"}:
        passing = comparisons.found(asked, asked.change())
        counts = np.zeros(loaded.n_sentences, dtype=np.int64)
        counts[np.searchsorted(loaded.positions, passing.positions)] = passing.counts
        order = np.argsort(counts == 0, kind="stable")
        positions: Places = loaded.positions[order]
        counts = counts[order]
    else:
        found = comparisons.found(asked, where)
        positions, counts = found.positions, found.counts
    text = state.view().text
    if not text:
        return positions, counts
    holding = np.isin(positions, _holding(asked, text))
    return positions[holding], counts[holding]


def _holding(asked: Asked, text: str) -> list[int]:
    side = next((side for side in asked.sides if side.run), None)
    return queries.positions(side.run, side.stage, text=text) if side else []


def table(here: Here, asked: Asked, where: Where, positions: Places, counts: Places) -> Later | None:
    """A page of the sentences; a click on a row opens one. Returns all of them, for export."""
    if not len(positions):
        st.info(
            f"No {here.items.removesuffix('s')} passes. Choose another figure, or show all.",
            icon=":material/filter_alt_off:",
        )
        return None
    pages = math.ceil(len(positions) / PAGE_SIZE)
    page = min(state.view().page, pages)
    part = slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE)
    rows = _rows(here, asked, where, positions[part], counts[part])
    shown = [int(position) for position in positions[part]]
    st.dataframe(
        rows,
        hide_index=True,
        height=min(300, 40 + 35 * len(rows)),
        selection_mode="single-row",
        column_config=_columns(here, asked, where),
        alt="Sentences; choose a row to open it",
        **state.row_to_view(f"found-{hash(tuple(shown))}", "sentence", shown),
    )
    if pages > 1:
        with st.container(horizontal_alignment="right"):
            st.pagination(pages, width="stretch", **state.bound("page"))
    return Later(len(positions), partial(_rows, here, asked, where, positions, counts))


def _columns(here: Here, asked: Asked, where: Where) -> dict[str, Any]:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    said = told(where, names.short(asked.sides), unit=here.unit) or "what changed, or is wrong"
    return {
        "position": number("#", width=50, pinned=True, help="Counted from 0, as on the command line"),
        "text": text("premise" if here.dataset.task == "nli" else here.items.removesuffix("s"), width=330),
        "hypothesis": text(width=170),
        here.unit: number(width=65, help=f"How many {here.unit}: {said}"),
        "labels": text(
            "what each says" if len(asked.sides) > 1 else "what it says", width=360, help=_order(asked)
        ),
    }


def _order(asked: Asked) -> str:
    titles = [*names.short(asked.sides), *(["what is right, in brackets"] if asked.against else [])]
    return "In this order: " + ", ".join(titles)


def _rows(here: Here, asked: Asked, where: Where, positions: Places, counts: Places) -> pd.DataFrame:
    loaded = comparisons.compared(asked)
    about = where if where.table().keys() - {"before", "after"} else asked.change()
    passing = comparisons.found(asked, about).passing
    said = [
        _said(loaded, _tokens(loaded, passing, int(at)))
        for at in np.searchsorted(loaded.positions, positions)
    ]
    held = queries.instances(here.dataset.id, [int(position) for position in positions])
    texts = [held[int(position)].text if int(position) in held else "" for position in positions]
    found: dict[str, Any] = {"position": positions, "text": texts}
    if here.dataset.task == "nli":
        found["hypothesis"] = [str(held[int(position)].text_b or "") for position in positions]
    return pd.DataFrame({**found, here.unit: counts, "labels": said})


def _tokens(loaded: Comparison, passing: npt.NDArray[np.bool_], row: int) -> list[int]:
    """The places of the tokens of a sentence that pass."""
    first, last = (int(place) for place in loaded.offsets[row : row + 2])
    return [first + int(place) for place in np.flatnonzero(passing[first:last])]


def _said(loaded: Comparison, places: list[int]) -> str:
    """`húsið: NOUN → VERB (NOUN)` for the first few."""
    whole = loaded.dataset.task in ("nli", "topic")
    parts = [_one(loaded, place, whole=whole) for place in places[:WORDS]]
    more = [f"and {len(places) - WORDS} more"] if len(places) > WORDS else []
    return " · ".join([*parts, *more])


def _one(loaded: Comparison, place: int, *, whole: bool) -> str:
    labels = " → ".join(loaded.labels[given[place]] for given in loaded.given)
    right = loaded.reference[place] if loaded.reference is not None else -1
    said = f"{labels} ({loaded.labels[right]})" if right >= 0 else labels
    return said if whole else f"{loaded.forms[loaded.words[place]]}: {said}"
