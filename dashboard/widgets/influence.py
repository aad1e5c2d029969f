"""Evidence: which words of the exemplars spoke for the label that Stage II gave a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from core.types import Influence
from dashboard import queries, state
from dashboard.current import Here
from dashboard.widgets.strip import Line

COLUMNS = ["token", "exemplar", "word", "label", "share"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What spoke in one sentence. `token` is the chosen one, -1 for none; `rows` are those of all tokens.

    `shares` maps (place of the exemplar, place of its token) to the share in the evidence for the chosen one.
    """

    token: int
    form: str
    label: str
    shares: Mapping[tuple[int, int], float]
    rows: pd.DataFrame


def of_word(here: Here, position: int, shown: Sequence[tuple[Any, Line | None]]) -> Evidence | None:
    """The evidence of the sentence and of the token the address names; None where the run kept none."""
    found = queries.influence(here.run["id"], position)
    instance = queries.instance(here.dataset.id, position)
    after = queries.prediction(here.run["id"], "stage2", position)
    if found is None or instance is None or after is None:
        return None
    token = state.view().token if instance.tokens else 0
    token = token if token < len(after.labels) else -1
    forms = instance.tokens or (instance.text,)
    rows = pd.DataFrame([_row(entry, forms, shown) for entry in _entries(found)], columns=COLUMNS)
    return Evidence(
        token,
        forms[token] if token >= 0 and instance.tokens else "",
        after.labels[token] if token >= 0 else "",
        {(rank, place): share for mine, rank, place, share in _entries(found) if mine == token},
        rows.assign(place=[entry[0] for entry in _entries(found)]),
    )


def _entries(found: Influence) -> list[tuple[int, int, int, float]]:
    parts = (found.tokens, found.ranks, found.exemplar_tokens, found.shares)
    return [
        (int(t), int(rank), int(place), float(share)) for t, rank, place, share in zip(*parts, strict=True)
    ]


def _row(
    entry: tuple[int, int, int, float], forms: Sequence[str], shown: Sequence[tuple[Any, Line | None]]
) -> tuple[str, int, str, str, float]:
    """token, exemplar (from 1), word, label, share."""
    token, rank, place, share = entry
    instance, line = shown[rank] if rank < len(shown) else (None, None)
    words = (instance.tokens or (instance.text,)) if instance is not None else ()
    word = words[place] if place < len(words) else ""
    label = line.labels[place] if line is not None and place < len(line.labels) else ""
    return forms[token] if token < len(forms) else "", rank + 1, word, label, share


def told(evidence: Evidence | None) -> pd.DataFrame | None:
    """What spoke for the chosen word, as a small table; returns the evidence of the whole sentence."""
    if evidence is None:
        return None
    whole = evidence.rows[COLUMNS]
    if evidence.token < 0:
        st.caption(
            "Choose a word of the sentence above to see which words of the exemplars spoke for its label."
        )
        return whole
    st.markdown("#### What spoke for its label")
    mine = evidence.rows[evidence.rows.place == evidence.token][COLUMNS]
    word = f"“{evidence.form}”: " if evidence.form else ""
    st.text(f"{word}Stage II gave {evidence.label}.")
    if mine.empty:
        st.caption("No exemplar spoke for it noticeably: it is the label of Stage I.")
        return whole
    st.caption(f"Share of all the evidence for this {'word' if evidence.form else 'item'}, Stage I included.")
    st.dataframe(
        mine,
        hide_index=True,
        column_config={
            "exemplar": st.column_config.NumberColumn(help="Its place in the prompt", width=75),
            "share": st.column_config.ProgressColumn(min_value=0, max_value=1, format="percent"),
        },
        alt="Words of the exemplars that spoke for the label",
        key="evidence",
    )
    return whole
