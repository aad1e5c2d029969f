"""What exemplars are worth without a language model: measured on public data, losses included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.catalog import language
from dashboard import queries, state
from dashboard.charts.worth import Gain, gains
from dashboard.widgets.export import export_menu
from dashboard.widgets.layout import chart

STEPS = {"consensus": "Consensus", "exemplars": "Exemplars", "corrections": "Corrections"}
UNITS = {"pos": "points of token accuracy", "ner": "points of span F1"}
KINDS = {"": "Parts of speech", "ner": "Named entities"}
OVER = " over no exemplars"
Row = Mapping[str, Any]


def worth() -> None:
    """The study's figures: the gain of each step by language, then every way to choose exemplars."""
    found = queries.exemplar_worth()
    task = st.segmented_control(
        "Task", list(KINDS), format_func=KINDS.__getitem__, **state.bound("kind", empty="")
    )
    rows = [row for row in found["figures"] if row["task"] == (task or "pos")]
    unit = UNITS[task or "pos"]
    st.caption(_said(rows, found, unit))
    with st.grid(len(STEPS), min_column_width=260, gap="medium"):
        for step, title in STEPS.items():
            figure = gains([_gain(_name(row), row["gain"][step]) for row in rows], dark=state.dark())
            with st.container():
                chart(title, figure, key=f"worth-{step}", note=_note(step, rows))
    st.markdown("#### Ways to choose, over no exemplars")
    st.caption("Mean over the languages above; the last two show no exemplars of source languages.")
    st.dataframe(_ways(rows), hide_index=True, alt="Ways to choose exemplars", key="worth-ways")
    export_menu({"Every figure": table(rows)}, stem="exemplar-worth", key="worth-export")


def _note(step: str, rows: Sequence[Row]) -> str:
    corrected = max(row["n_corrected"] for row in rows)
    return {
        "consensus": "Pooled opinion about a word form, over Stage I.",
        "exemplars": "Eight of the target and eight of the sources, over consensus.",
        "corrections": f"{corrected} sentences corrected: gain on the others.",
    }[step]


def _said(rows: Sequence[Row], found: Row, unit: str) -> str:
    seeds = ", ".join(map(str, rows[0]["seeds"]))
    return (
        f"Gains in {unit}, offline, on public data, seeds {seeds}; bars are 95 % intervals of a sentence "
        "bootstrap, open dots those that hold zero. Languages in brackets are sources, each left out of all "
        f"that was trained. Measured {found['date']}; repeat it with: ssp study"
    )


def _name(row: Row) -> str:
    name = language(row["language"]).name
    return f"({name})" if row["left_out"] else name


def _gain(name: str, value: Mapping[str, float]) -> Gain:
    return Gain(name, 100 * value["value"], 100 * value["low"], 100 * value["high"])


def _ways(rows: Sequence[Row]) -> pd.DataFrame:
    names = [key.removesuffix(OVER) for key in rows[0]["gain"] if key.endswith(OVER)]
    return pd.DataFrame(
        [
            {
                "exemplars": name,
                "mean gain": f"{100 * sum(item) / len(item):+.2f}",
                "helped": sum(value > 0 for value in item),
                "hurt": sum(value < 0 for value in item),
            }
            for name in names
            for item in [[row["gain"][name + OVER]["value"] for row in rows]]
        ]
    )


def table(rows: Sequence[Row]) -> pd.DataFrame:
    """Every score and gain with its interval, one row each."""
    return pd.DataFrame(
        [
            {
                "task": row["task"],
                "target": row["target"],
                "language": row["language"],
                "left_out": row["left_out"],
                "n_sentences": row["n_sentences"],
                "kind": kind,
                "name": name,
                **value,
            }
            for row in rows
            for kind in ("score", "gain")
            for name, value in row[kind].items()
        ]
    )
