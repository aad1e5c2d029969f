"""Classes that training knew, and classes it did not: accuracy on both, and their harmonic mean."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

import pandas as pd
import streamlit as st

from core.catalog.method_table import Method
from core.types import Dataset
from dashboard import methods as asked
from dashboard.method_ways import Way
from dashboard.widgets.export import Tables

TITLE = "Seen and unseen classes"
PERCENT = st.column_config.NumberColumn(format="%.1f")


def panel(method: Method, dataset: Dataset, shown: Sequence[Way]) -> Tables:
    """The table; nothing where no training left a class of these data out."""
    seen = classes(method, dataset, shown)
    if not seen:
        return {}
    unseen = [label for label in dataset.labels if label not in seen]
    st.markdown(f"#### {TITLE}")
    rows = table(shown, seen)
    st.caption(
        "Every class is a candidate for every item. Seen: classes with training texts; unseen: classes known "
        "by their words alone. Harmonic mean of both, per seed, then averaged."
    )
    st.text(f"Seen: {', '.join(sorted(seen))}. Unseen: {', '.join(unseen)}.")
    columns = dict.fromkeys(("seen", "unseen", "harmonic", "all"), PERCENT)
    st.dataframe(rows, hide_index=True, column_config=columns, key="seen-unseen", alt=TITLE)
    return {TITLE: rows}


def classes(method: Method, dataset: Dataset, shown: Sequence[Way]) -> set[str]:
    """The classes that the newest training of the method knew; empty where it knew all, or it is not told."""
    notes = asked.notes(dataset.id, method)
    own = [run.run for way in shown if way.own for run in way.runs]
    told = next((notes[run].get("seen") for run in own if run in notes and notes[run].get("seen")), None)
    found = {str(label) for label in told or ()} & set(dataset.labels)
    return found if found < set(dataset.labels) else set()


def table(shown: Sequence[Way], seen: set[str]) -> pd.DataFrame:
    """A row per way, in percent: means over its seeds."""
    rows = []
    for way in shown:
        each = [asked.seen_of(run, seen) for run in way.runs]
        rows.append(
            {
                "what": way.name,
                "seen": _mean([one.seen for one in each]),
                "unseen": _mean([one.unseen for one in each]),
                "harmonic": _mean([one.harmonic for one in each]),
                "all": 100 * fmean(way.scores),
                "items of seen": each[0].n_seen,
                "items of unseen": each[0].n_unseen,
                "runs": len(each),
            }
        )
    return pd.DataFrame(rows)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return 100 * fmean(known) if known else None
