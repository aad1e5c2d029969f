"""What labelling cost: seconds and keys per word and per correction, by person, day and label."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from core.annotators.effort import PAUSE, PER_WORD
from core.types import Dataset
from dashboard import auditing, naming, state
from dashboard.charts.effort import over_days, per_label
from dashboard.widgets.audit.nothing import nothing
from dashboard.widgets.compare.beside import beside
from dashboard.widgets.export import Tables
from dashboard.widgets.layout import chart, metrics

MEASURES = {
    "seconds_per_word": "seconds per {unit}",
    "seconds_per_correction": "seconds per correction",
    "keys_per_word": "keys per {unit}",
    "keys_per_correction": "keys per correction",
}


def effort(dataset: Dataset, who: str) -> Tables:
    """Figures, lines over days, bars per label; returns the tables."""
    del who
    found = auditing.costs(dataset)
    if found.whole is None:
        nothing("No time was taken yet", "The desk counts seconds and keys of every save by hand.")
        return {}
    unit = naming.unit(dataset.task).removesuffix("s")
    whole = found.whole
    metrics(
        {
            naming.items(dataset.task).capitalize(): f"{whole.items:,}",
            "Corrections": f"{whole.corrections:,}",
            "Hours": f"{whole.minutes / 60:.1f}",
            f"s / {unit}": _one(whole.seconds_per_word),
            "s / correction": _one(whole.seconds_per_correction),
            f"keys / {unit}": _one(whole.keys_per_word, 2),
            "keys / correction": _one(whole.keys_per_correction, 2),
        },
        note=f"A save that took longer than {PAUSE:.0f} seconds and {PER_WORD:.0f} for every {unit} holds a "
        f"pause and counts as long as that ({whole.paused:,} did). Bulk actions are not in it.",
    )
    left, right = beside([3, 2], key="effort")
    with left:
        _over_days(found.days, unit)
    with right:
        _per_label(found.labels, unit)
    st.markdown("#### By person")
    titles = {name: text.format(unit=unit) for name, text in MEASURES.items()}
    shown = found.people.drop(columns=["words"])
    st.dataframe(
        shown, hide_index=True, column_config=_columns(titles), placeholder="", alt="Effort by person"
    )
    return {"By person": found.people, "By day": found.days, "By label": found.labels}


def _one(value: float | None, digits: int = 1) -> str | None:
    return None if value is None else f"{value:.{digits}f}"


def _over_days(days: pd.DataFrame, unit: str) -> None:
    measured = days[days["seconds_per_word"].notna()]
    if not len(measured):
        st.caption("Nobody's time was taken.")
        return
    title = f"seconds per {unit}"
    figure = over_days(measured, "seconds_per_word", title, dark=state.dark())
    chart("Day by day", figure, key="effort-days", note="A line per person; days in UTC.")


def _per_label(labels: pd.DataFrame, unit: str) -> None:
    known = labels[labels["seconds"].notna()].head(20)
    if not len(known):
        return
    told = [
        f"{seconds:.1f} seconds · given {given:,} times, {corrections:,} corrections"
        for seconds, given, corrections in zip(
            known["seconds"], known["given"], known["corrections"], strict=True
        )
    ]
    names, values = list(known["label"]), list(known["seconds"])
    figure = per_label(names, values, told, unit=unit, dark=state.dark())
    note = f"The time of a save is divided among the {unit}s changed in it, or among all where none was."
    chart("By label", figure, key="effort-labels", note=note)


def _columns(titles: dict[str, str]) -> dict[str, Any]:
    number = st.column_config.NumberColumn
    return {
        "person": "",
        "items": number("saved", format="localized"),
        "corrections": number(format="localized"),
        "minutes": number(format="%.0f"),
        "paused": number("with a pause", format="localized"),
        **{name: number(title, format="%.2f") for name, title in titles.items()},
    }
