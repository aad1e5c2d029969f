"""Scores with their intervals and beside what guessing would score; labels with their thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from core.guessing import Floor
from core.intervals import Interval
from dashboard import measures, naming, queries, state
from dashboard.current import Here
from dashboard.widgets.scores import ORDER

GUESSES = (
    "Majority: always the most frequent gold label. Chance: an even guess among the labels. "
    "Both are left out for scores over spans."
)


def scores(here: Here, stage: str, confusion: pd.DataFrame, against: str) -> pd.DataFrame:
    """Every score of a stage with its interval; returns the table for export."""
    found = measures.intervals(here.run["id"], stage, str(here.gold), here.dataset.task)
    rows = table(found, measures.floors(here.dataset, confusion, found))
    st.markdown("#### Scores, and how far to trust them")
    st.caption(f"Percent with 95 % intervals over sentences (bootstrap), {against}. {GUESSES}")
    if state.view().present:
        st.table(rows.set_index("metric").map(lambda value: f"{value:.1f}" if pd.notna(value) else ""))
    else:
        number = st.column_config.NumberColumn(format="%.1f", width=62)
        columns: dict[str, Any] = {name: number for name in rows.columns if name != "metric"}
        st.dataframe(
            rows,
            hide_index=True,
            column_config=columns,
            placeholder="",
            alt="Scores with intervals",
            key="measured",
        )
    return rows


def table(found: Mapping[str, Interval], floors: Mapping[str, Floor]) -> pd.DataFrame:
    """metric, score, from, to, majority, chance; in percent, the leading metrics first."""
    names = sorted(found, key=lambda name: ORDER.index(name) if name in ORDER else 99)
    rows = [
        {
            "metric": naming.METRICS.get(name, name),
            "score": 100 * found[name].value,
            "from": 100 * found[name].low,
            "to": 100 * found[name].high,
            "majority": 100 * floors[name].majority if name in floors else None,
            "chance": 100 * floors[name].chance if name in floors else None,
        }
        for name in names
    ]
    return pd.DataFrame(rows, columns=["metric", "score", "from", "to", "majority", "chance"]).astype(
        dict.fromkeys(("score", "from", "to", "majority", "chance"), float)
    )


def by_label(here: Here, stage: str, counts: pd.DataFrame, gold: pd.DataFrame | None) -> pd.DataFrame:
    """label, given, in gold, sentences with it, mean confidence, threshold: every label of the label set."""
    limits = queries.label_thresholds(here.run["id"], stage, measures.percentile(here.run)).set_index("label")
    given, confidence = _summed(counts)
    wanted = _summed(gold)[0] if gold is not None else {}
    rows = [
        {
            "label": label,
            "given": given.get(label, 0),
            "in gold": wanted.get(label, 0) if gold is not None else None,
            here.items: int(limits["items"].get(label, 0)),
            "mean confidence": confidence.get(label),
            "threshold": limits["threshold"].get(label),
        }
        for label in _types(here.dataset.labels)
    ]
    return pd.DataFrame(rows).dropna(axis="columns", how="all")


def _types(labels: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(label[2:] if label[:2] in {"B-", "I-"} else label for label in labels))


def _summed(counts: pd.DataFrame) -> tuple[dict[str, int], dict[str, float]]:
    """Counts and mean confidences of labels, of entity types without B- and I-."""
    types = counts.assign(label=[_types((str(label),))[0] for label in counts.label])
    types["mass"] = types["count"] * pd.to_numeric(types.mean_confidence)
    summed = types.groupby("label")[["count", "mass"]].sum(min_count=1)
    known = summed.dropna()
    return (
        {str(name): int(n) for name, n in summed["count"].items()},
        {
            str(name): float(mass / n)
            for name, mass, n in zip(known.index, known.mass, known["count"], strict=True)
        },
    )


def never_given(rows: pd.DataFrame) -> str:
    """The labels of the set nobody was given, in one line; "" where there are none."""
    missing = rows[rows.given == 0]
    names = [
        f"{row['label']} ({int(row['in gold']):,} in gold)" if row.get("in gold", 0) else str(row["label"])
        for _, row in missing.iterrows()
    ]
    return f"Never given: {', '.join(names)}." if names else ""


def label_table(rows: pd.DataFrame) -> None:
    """Every label with its counts, its confidence and its threshold."""
    st.caption(
        "Threshold: the confidence that most sentences with this label stay below; the selection counts what "
        "is missing to it. Computed on the pool that exemplars are chosen from."
    )
    number = st.column_config.NumberColumn
    figures = {name: number(format="%.3f") for name in ("mean confidence", "threshold")}
    st.dataframe(
        rows,
        hide_index=True,
        height=min(420, 40 + 35 * len(rows)),
        column_config=figures,
        placeholder="",
        alt="Label by label",
        key="labels",
    )


def form_table(forms: pd.DataFrame) -> None:
    """Words that were given more than one label."""
    st.caption("Words with more than one label, frequent and evenly spread ones first (entropy in bits).")
    st.dataframe(
        forms,
        hide_index=True,
        height=215,
        column_order=("form", "count", "entropy", "labels"),
        column_config={"entropy": st.column_config.NumberColumn(format="%.2f")},
        alt="Ambiguous forms",
        key="forms",
    )
