"""How far people agree: in all, per label, per pair; where they part, and what is to be decided."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.annotators.agreement import Agreement, Figure, Pair
from core.annotators.independent import Ratings
from core.types import Dataset
from dashboard import actions, auditing, naming, routes, state
from dashboard.charts.agreement import Dot, agreements
from dashboard.charts.confusion import confusion
from dashboard.widgets import errors
from dashboard.widgets.audit.deciding import deciding
from dashboard.widgets.audit.nothing import nothing
from dashboard.widgets.compare.beside import beside
from dashboard.widgets.export import Tables
from dashboard.widgets.layout import chart, metrics

SOURCE = (
    "Only what people said for themselves counts: in layers of their own, blind, or as the first of an item. "
    "Both may have seen the same model's labels, which draws people together: only blind labels show what "
    "they say without. alpha: Krippendorff, nominal, words that some did not label included. kappa: Cohen, "
    "of each pair; Fleiss, of the words that equally many labelled. 1 is perfect, 0 is chance; intervals of "
    "95 % over 1,000 draws of whole items."
)
MOST = 25
"""Labels whose agreement is drawn."""


def agreement(dataset: Dataset, who: str) -> Tables:
    """Figures, a dot per label, every pair and what two of them say of the same words; returns the tables."""
    deciding(dataset, who)
    found = auditing.agreement(dataset)
    if found is None:
        nothing(
            "No two people labelled the same item yet",
            "Give some items to several people (People, above), or let two label the same audit sample.",
        )
        return {}
    unit = naming.unit(dataset.task)
    metrics(
        {
            "Alpha": _figure(found.alpha),
            "Fleiss' kappa": _figure(found.fleiss),
            "People": f"{len(found.people)}",
            naming.items(dataset.task).capitalize(): f"{found.items:,}",
            unit.capitalize(): f"{found.words:,}" if unit != naming.items(dataset.task) else None,
        },
        note=_intervals(found, unit) + SOURCE,
    )
    left, right = beside([2, 3], key="agreement")
    labels, pairs = label_table(found), pair_table(found.pairs)
    with left:
        _by_label(found)
    with right:
        cells = _pairs(dataset, found, pairs)
    return {"Pairs": pairs, "Labels": labels, "What two said": cells}


def _figure(figure: Figure) -> str | None:
    return None if figure.value is None else f"{figure.value:.3f}"


def _intervals(found: Agreement, unit: str) -> str:
    """The intervals of the figures above, and what they are of."""
    parts = [
        f"{name} {figure.low:.2f} to {figure.high:.2f}"
        for name, figure in (("alpha", found.alpha), ("Fleiss' kappa", found.fleiss))
        if figure.low is not None
    ]
    of = f"Fleiss' kappa is of {found.fleiss_words:,} {unit} that {found.raters} people labelled each. "
    return (f"Intervals: {', '.join(parts)}. " if parts else "") + of


def label_table(found: Agreement) -> pd.DataFrame:
    """label, given, alpha, low, high, fleiss: every label against all others."""
    rows = [
        (one.label, one.given, one.alpha.value, one.alpha.low, one.alpha.high, one.fleiss.value)
        for one in found.labels
    ]
    return pd.DataFrame(rows, columns=["label", "given", "alpha", "low", "high", "fleiss"])


def pair_table(pairs: Sequence[Pair]) -> pd.DataFrame:
    """a, b, items, words, same (percent), kappa, low, high, and for entities their F1 (percent)."""
    rows = [
        {
            "a": pair.a,
            "b": pair.b,
            "items": pair.items,
            "words": pair.words,
            "same": 100 * pair.same,
            "kappa": pair.kappa.value,
            "low": pair.kappa.low,
            "high": pair.kappa.high,
            **({} if pair.entities is None else {"entities": _percent(pair.entities.value)}),
        }
        for pair in pairs
    ]
    return pd.DataFrame(rows)


def _percent(value: float | None) -> float | None:
    return None if value is None else 100 * value


def _by_label(found: Agreement) -> None:
    dots = [
        Dot(
            one.label,
            one.alpha.value,
            one.alpha.low,
            one.alpha.high,
            f"alpha {one.alpha.value:.3f}"
            + (f" ({one.alpha.low:.2f} to {one.alpha.high:.2f})" if one.alpha.low is not None else "")
            + f", given {one.given:,} times",
        )
        for one in found.labels
        if one.alpha.value is not None
    ]
    if dots:
        note = "Each label against all others, most frequent first."
        figure = agreements(dots[:MOST], dark=state.dark())
        chart("Label by label", figure, key="agreement-labels", note=note)


def _pairs(dataset: Dataset, found: Agreement, table: pd.DataFrame) -> pd.DataFrame:
    st.markdown("#### Pairs")
    number = st.column_config.NumberColumn
    columns: dict[str, Any] = {
        "a": "",
        "b": "and",
        "items": number(naming.items(dataset.task), format="localized"),
        "words": None if naming.unit(dataset.task) == "items" else number("tokens", format="localized"),
        "same": number("same %", format="%.1f"),
        "entities": number("entities F1 %", format="%.1f"),
        **{name: number(head, format="%.3f") for name, head in (("kappa", "kappa"), ("low", "from"))},
        "high": number("to", format="%.3f"),
    }
    ratings = auditing.ratings(dataset)
    keys = [f"{ratings.people.index(pair.a)}-{ratings.people.index(pair.b)}" for pair in found.pairs]
    st.dataframe(
        table,
        hide_index=True,
        column_config=columns,
        selection_mode="single-row",
        height=min(300, 40 + 35 * len(table)),
        alt="Agreement of each pair; choose a row to see where they differ",
        **state.row_to_view("agreement-pairs", "pair", keys),
    )
    pair = _chosen(keys)
    names = (ratings.people[pair[0]], ratings.people[pair[1]])
    cells = auditing.between(ratings, pair)
    figure = confusion(
        cells,
        dataset.labels,
        unit=naming.unit(dataset.task),
        dark=state.dark(),
        rows=names[0],
        columns=names[1],
        small=True,
    )
    title = naming.plain(f"{names[0]} and {names[1]}")
    note = "Shade = share of the row. Click a cell to take up what two said of the same words."
    chart(title, figure, note=note, **state.cell_to_view("agreement-cells"))
    _differing(dataset, ratings, pair)
    return cells.rename(columns={"gold": names[0], "predicted": names[1]})


def _chosen(keys: Sequence[str]) -> tuple[int, int]:
    """The pair of the view, else the first."""
    wanted = state.view().pair
    first, _, second = (wanted if wanted in keys else keys[0]).partition("-")
    return int(first), int(second)


def _differing(dataset: Dataset, ratings: Ratings, pair: tuple[int, int]) -> None:
    """Where the two differ, or said what the chosen cell says: to put aside and label."""
    view, names = state.view(), (ratings.people[pair[0]], ratings.people[pair[1]])
    labels = (view.gold, view.label) if view.gold and view.label else None
    positions = auditing.differing(ratings, pair, labels)
    said = (
        f"{names[0]} says {labels[0]}, {names[1]} {labels[1]}"
        if labels
        else f"{names[0]} and {names[1]} differ"
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="differing"):
        st.text(f"{said}: {naming.counted(len(positions), dataset.task)}", width="content")
        if labels:
            st.button("All differences", type="tertiary", on_click=partial(state.go, gold="", label=""))
        if positions and not view.present and st.button("Put aside", icon=":material/playlist_add:"):
            with errors.shown():
                queue = actions.add_queue(dataset.id, said[:80], positions, "people differ")
                st.switch_page(routes.ANNOTATE, query_params=state.link(queue=queue))
