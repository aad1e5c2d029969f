"""Lists of sentences: filters, pages of fifty rows, a click that opens one."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import queries, state
from dashboard.current import Here
from dashboard.state import PAGE_SIZE
from dashboard.widgets.export import Later

COLUMNS = ["position", "text", "text_b", "mean_confidence", "n_errors", "n_changed"]
ORDERS = {"position": "in file order", "least_confident": "least confident first"}


def filters(here: Here, stage: str) -> dict[str, Any]:
    """The view's filters, as `queries.sentences` takes them; those the data cannot answer are left out."""
    view = state.view()
    chosen: dict[str, Any] = {
        "order": view.order,
        "text": view.text or None,
        "predicted_label": view.label or None,
        "queue": view.queue or None,
    }
    chosen["gold_label"] = view.gold or None if here.gold else None
    chosen["changed"] = view.changed or None if here.both else None
    return {name: value for name, value in chosen.items() if value is not None}


def filter_bar(here: Here) -> None:
    """Widgets for the filters; all of them live in the URL."""
    labels = ["", *here.dataset.labels]
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        st.text_input(
            "Contains",
            placeholder="part of the text",
            icon=":material/search:",
            width=190,
            **state.bound("text"),
        )
        if here.gold:
            st.selectbox("Gold label", labels, format_func=_any, width=150, **state.bound("gold"))
        st.selectbox("Predicted label", labels, format_func=_any, width=150, **state.bound("label"))
        names = {**ORDERS, "position": "as queued"} if state.view().queue else ORDERS
        st.segmented_control(
            "Order", list(ORDERS), format_func=names.__getitem__, required=True, **state.bound("order")
        )


def _any(label: str) -> str:
    return label or "any"


def sentence_list(here: Here, stage: str, *, key: str, height: int = 360) -> Later | None:
    """A page of sentences; a click on a row opens that sentence. Returns all that pass, for export."""
    chosen = filters(here, stage)
    total = queries.n_sentences(here.run["id"], stage, **{k: v for k, v in chosen.items() if k != "order"})
    pages = max(1, math.ceil(total / PAGE_SIZE))
    page = min(state.view().page, pages)
    rows = queries.sentences(here.run["id"], stage, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE, **chosen)
    if rows.empty:
        st.info(
            f"No {here.items.removesuffix('s')} passes these filters. Clear one of them to see more.",
            icon=":material/filter_alt_off:",
        )
        return None
    rows = _with_hypothesis(here, rows)
    shown = rows[[name for name in COLUMNS if name in rows and rows[name].notna().any()]]
    positions = [int(value) for value in rows.position]
    st.dataframe(
        shown,
        hide_index=True,
        height=min(height, 40 + 35 * len(shown)),
        selection_mode="single-row",
        column_config=_columns(here),
        alt="Sentences; choose a row to open it",
        **state.row_to_view(f"{key}-{hash((page, *chosen.items()))}", "sentence", positions),
    )
    left, right = st.columns([1, 3], vertical_alignment="center")
    left.caption(f"{total:,} {here.items if total != 1 else here.items.removesuffix('s')}")
    if pages > 1:
        with right.container(horizontal_alignment="right"):
            st.pagination(pages, width="stretch", **state.bound("page"))
    return Later(total, partial(_everything, here, stage, total, chosen))


def _everything(here: Here, stage: str, total: int, chosen: dict[str, Any]) -> pd.DataFrame:
    return _with_hypothesis(here, queries.sentences(here.run["id"], stage, limit=total, offset=0, **chosen))


def _with_hypothesis(here: Here, rows: pd.DataFrame) -> pd.DataFrame:
    """A premise says little without its hypothesis."""
    if here.dataset.task != "nli":
        return rows
    found = queries.instances(here.dataset.id, [int(value) for value in rows.position])
    hypotheses = [
        str(found[place].text_b or "") if place in found else "" for place in map(int, rows.position)
    ]
    return rows.assign(text_b=hypotheses)


def _columns(here: Here) -> dict[str, Any]:
    number = st.column_config.NumberColumn
    percent, text = st.column_config.ProgressColumn, st.column_config.TextColumn
    pairs = here.dataset.task == "nli"
    return {
        "position": number("#", width=50, pinned=True, help="Counted from 0, as on the command line"),
        "text": text("premise" if pairs else here.items.removesuffix("s"), width=170 if pairs else 330),
        "text_b": text("hypothesis", width=160),
        "mean_confidence": percent("mean confidence", min_value=0, max_value=1, format="%.2f", width=120),
        "n_errors": number("errors", help=f"{here.unit} that differ from gold", width=65),
        "n_changed": number("changed", help=f"{here.unit} Stage II changed", width=75),
    }


def opened(here: Here, stage: str) -> int | None:
    """Position of the sentence that is open: the URL's, else the first that passes the filters."""
    asked = state.view().sentence
    if asked >= 0 and queries.prediction(here.run["id"], stage, asked) is not None:
        return asked
    rows = queries.sentences(here.run["id"], stage, limit=1, offset=0, **filters(here, stage))
    return int(rows.position.iloc[0]) if len(rows) else None


def stepper(here: Here, stage: str, position: int) -> None:
    """Previous, next and a list to choose from: walks through the sentences in file order."""
    last = here.dataset.n_instances - 1
    back, on = ":material/chevron_left:", ":material/chevron_right:"
    st.button("Previous", icon=back, disabled=position <= 0, on_click=_step, args=(position - 1,))
    st.button(
        "Next",
        icon=on,
        icon_position="right",
        disabled=position >= last,
        on_click=_step,
        args=(position + 1,),
    )
    with st.popover(
        f"Find {'a sentence' if here.unit == 'tokens' else 'an item'}",
        icon=":material/search:",
        width="content",
    ):
        filter_bar(here)
        sentence_list(here, stage, key="find", height=320)


def _step(position: int) -> None:
    state.go(sentence=position)
