"""Everything people said, newest first: filtered, opened, taken back; nothing is ever removed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.annotators.history import Filter
from core.store.views_history import Entry
from core.types import Dataset, Instance, Labels
from dashboard import auditing, naming, queries, state
from dashboard.state import PAGE_SIZE
from dashboard.widgets.audit import taking_back
from dashboard.widgets.audit.deciding import told
from dashboard.widgets.audit.nothing import nothing
from dashboard.widgets.export import Later, Tables

SHOWN = 3
"""Changed words that a row names."""
REMARKS = 500
"""Remarks that are shown; an export has all."""
MOST = 20_000
"""Rows that an export takes."""


def history(dataset: Dataset, who: str) -> Tables:
    """Filters, a page of rows, the one that is open; returns all rows that pass, for export."""
    told()
    if not auditing.people(dataset):
        nothing("Nobody has said anything yet", "Every label, skip and undo is kept, with who and when.")
        return {}
    _filters(dataset)
    wanted = auditing.asked()
    taking_back.bulk(dataset, wanted.batch, who)
    page = state.view().page
    found = auditing.log(dataset, wanted, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    pages = max(1, math.ceil(found.total / PAGE_SIZE))
    if page > pages:
        found = auditing.log(dataset, wanted, limit=PAGE_SIZE, offset=(pages - 1) * PAGE_SIZE)
    st.caption(f"{found.total:,} {'entry' if found.total == 1 else 'entries'}, newest first. Times in UTC.")
    if not found.rows:
        st.info("Nothing passes. Choose other filters.", icon=":material/filter_alt_off:")
        return {}
    _rows(dataset, found.rows)
    if pages > 1:
        with st.container(key="pages"):
            st.pagination(pages, width="stretch", **state.bound("page"))
    chosen = next((row for row in found.rows if row.id == state.view().peek), None)
    if chosen:
        with st.container(border=True, key="opened-entry"):
            taking_back.opened(dataset, chosen, words_of(dataset, [chosen]).get(chosen.position), who)
    return {
        "History": Later(min(found.total, MOST), lambda: table(dataset, wanted)),
        "Beside labels": _beside_labels(dataset),
    }


def _beside_labels(dataset: Dataset) -> pd.DataFrame:
    """Remarks (skipped, flagged, comments, glosses) and changed words, newest first; returns all of them."""
    found = auditing.beside_labels(dataset)
    if len(found):
        with st.expander(f"Remarks and changed words · {len(found):,}", icon=":material/sticky_note_2:"):
            st.dataframe(
                found.head(REMARKS),
                hide_index=True,
                column_config={
                    "when": st.column_config.DatetimeColumn(format="D MMM, HH:mm:ss", timezone="UTC"),
                    "item": st.column_config.NumberColumn(naming.items(dataset.task).removesuffix("s")),
                },
                placeholder="",
                alt="Remarks and changed words",
            )
    return found


def _filters(dataset: Dataset) -> None:
    named: list[tuple[str, str, Mapping[str, str]]] = [
        ("who", "Who", {name: name for name in auditing.people(dataset)}),
        ("action", "What", auditing.ACTIONS),
        ("layer", "Where", auditing.layers(dataset)),
        ("label", "Label", {name: name for name in dataset.labels}),
    ]
    bulk = {row["batch"]: f"{row['at']:%d %b %H:%M} {row['comment']}" for row in auditing.batches(dataset)}
    named.append(("batch", "Bulk action", bulk))
    with st.grid(len(named) + 1, min_column_width=120, gap="small"):
        for item, title, options in named:
            names = {"": "all", **options}
            st.selectbox(title, list(names), format_func=names.__getitem__, **state.bound_item("where", item))
        st.text_input("Word", placeholder="as in the file", **state.bound_item("where", "word"))


def _rows(dataset: Dataset, rows: Sequence[Entry]) -> None:
    shown = _table(dataset, rows)
    number = st.column_config.NumberColumn
    columns: dict[str, Any] = {
        "when": st.column_config.DatetimeColumn(format="D MMM, HH:mm:ss", timezone="UTC"),
        "item": number(naming.items(dataset.task).removesuffix("s")),
        "seconds": number(format="%.1f"),
        "keys": number(),
    }
    ids = [row.id for row in rows]
    st.dataframe(
        shown,
        hide_index=True,
        column_config=columns,
        selection_mode="single-row",
        height=min(420, 40 + 35 * len(shown)),
        placeholder="",
        alt="What people said; choose a row to open it",
        **state.row_to_view(f"history-{hash(tuple(ids))}", "peek", ids),
    )


def table(dataset: Dataset, wanted: Filter) -> pd.DataFrame:
    """All rows that pass, for export."""
    found = auditing.log(dataset, wanted, limit=MOST)
    rows = _table(dataset, found.rows)
    more = [(row.id, row.version, row.batch, row.reverts, row.run_id, row.stage) for row in found.rows]
    names = ["entry", "version", "bulk action", "takes back", "run", "stage"]
    return pd.concat([rows, pd.DataFrame(more, columns=names, index=rows.index)], axis=1)


def _table(dataset: Dataset, rows: Sequence[Entry]) -> pd.DataFrame:
    words, stood = words_of(dataset, rows), auditing.stood(rows)
    lines = [
        {
            "when": row.at,
            "who": row.author,
            "item": row.position,
            "what": auditing.ACTIONS.get(row.action, row.action),
            "change": in_words(row, words.get(row.position), stood.get(row.id)),
            "where": auditing.layer_name(row.layer),
            "seconds": row.seconds,
            "keys": row.keys,
            "remark": row.comment,
        }
        for row in rows
    ]
    return pd.DataFrame(lines)


def words_of(dataset: Dataset, rows: Sequence[Entry]) -> dict[int, Instance]:
    """The items of these rows."""
    return queries.instances(dataset.id, sorted({row.position for row in rows}))


def in_words(row: Entry, item: Instance | None, stood: Labels | None) -> str:
    """What a row changed: `og: ADV to CCONJ, and 2 more`; `stood` is what was there before."""
    if row.after is None:
        return "says nothing any more"
    if stood is None or len(stood) != len(row.after):
        return "first labels" if stood is None else "words changed"
    changed = [place for place, label in enumerate(row.after) if label != stood[place]]
    if not changed:
        return "as it was"
    parts = [
        f"{_word(item, place, len(row.after))}{stood[place] or 'none'} to {row.after[place] or 'none'}"
        for place in changed[:SHOWN]
    ]
    more = f", and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
    return ", ".join(parts) + more


def _word(item: Instance | None, place: int, n: int) -> str:
    """The word of that place, where the item still has as many."""
    return f"{item.tokens[place]}: " if item and len(item.tokens) == n else ""
