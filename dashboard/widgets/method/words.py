"""Label words: what stands for each class at the mask, edited here; how the last model read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from core.catalog.label_word_table import CHECKED, NOTE, label_words
from dashboard import naming, state
from dashboard.plans import Plan
from dashboard.widgets.export import Tables

SETTING = "stage1.words"
NONE: Sequence[str] = ()


def editor(plan: Plan) -> None:
    """A row per class with its words, which can be changed; below, words in other languages to take over."""
    given = said(plan)
    labels = list(plan.dataset.labels)
    rows = pd.DataFrame({"class": labels, "words": [" ".join(given.get(label, [])) for label in labels]})
    st.caption(
        "Words that stand for each class, with blanks between them. A class with none here has its name, and "
        "words of other languages where its settings add them."
    )
    key = f"words-{hash((plan.dataset.id, tuple(rows.words)))}"
    st.data_editor(
        rows,
        hide_index=True,
        disabled=["class", *(["words"] if state.view().present else [])],
        height=min(430, 42 + 35 * len(rows)),
        column_config={
            "class": st.column_config.TextColumn(width="small"),
            "words": st.column_config.TextColumn(width="large", max_chars=400),
        },
        key=key,
        on_change=_edited,
        args=(key, labels, given),
    )
    _others(plan, given)


def said(plan: Plan) -> dict[str, list[str]]:
    """The words of each class as the plan has them."""
    known = plan.said(SETTING) or ()
    entries = known.split() if isinstance(known, str) else [str(entry) for entry in known]
    found: dict[str, list[str]] = {}
    for entry in entries:
        label, mark, word = entry.rpartition("=")
        if mark:
            found.setdefault(label, []).append(word)
    return found


def entries(words: Mapping[str, Sequence[str]], labels: Sequence[str]) -> list[str]:
    """`LABEL=WORD` for every word, each once, in the order of the labels."""
    return [f"{label}={word}" for label in labels for word in dict.fromkeys(words.get(label, ()))]


def _edited(key: str, labels: Sequence[str], given: Mapping[str, list[str]]) -> None:
    changed = {
        labels[row]: str(values.get("words") or "").replace(",", " ").split()
        for row, values in state.edits(key).items()
        if "words" in values
    }
    _write({**given, **changed}, labels)


def _write(words: Mapping[str, Sequence[str]], labels: Sequence[str]) -> None:
    state.set_row("plan", SETTING, entries(words, labels), list(NONE))


def _others(plan: Plan, given: Mapping[str, list[str]]) -> None:
    """Words that come along, by language: take those of some languages over."""
    known = label_words(plan.dataset.task)
    mine = {label: known[label] for label in plan.dataset.labels if label in known}
    codes = sorted({code for by_language in mine.values() for code in by_language})
    if not codes or state.view().present:
        return
    names = {code: naming.translation_title(code) for code in codes}
    left, right = st.columns([2.2, 1], vertical_alignment="bottom")
    chosen = left.multiselect(
        "Words in other languages",
        codes,
        format_func=names.__getitem__,
        placeholder="choose languages",
        key="word-languages",
    )
    added = {
        label: [
            *given.get(label, []),
            *(word for code in chosen for word in by_language.get(code, ()) if " " not in word),
        ]
        for label, by_language in mine.items()
    }
    right.button(
        "Add them",
        icon=":material/add:",
        disabled=not chosen,
        on_click=_write,
        args=({**given, **added}, list(plan.dataset.labels)),
    )
    if not CHECKED:
        st.caption(NOTE)


def read(note: Mapping[str, Any]) -> pd.DataFrame:
    """class, word, pieces, one token, counts: what a model made of the label words, from a training note."""
    rows = [
        {
            "class": str(label),
            "word": str(word),
            "pieces": " ".join(map(str, pieces)),
            "one token": bool(single),
        }
        for label, listed in (note.get("words") or {}).items()
        for word, pieces, single in listed
    ]
    return pd.DataFrame(rows, columns=["class", "word", "pieces", "one token"])


def panel(note: Mapping[str, Any]) -> Tables:
    """The label words of a run: single tokens or not, and the words of the vocabulary they bring along."""
    rows = read(note)
    if rows.empty:
        return {}
    st.markdown("#### Label words")
    parted = rows[~rows["one token"]]
    told = "Every word is one token of this model."
    if len(parted):
        told = f"{len(parted)} of {len(rows)} words are more than one token of this model."
    st.caption(told)
    st.dataframe(rows, hide_index=True, key="label-words", alt="Label words and their tokens")
    near = neighbours(note)
    if near.empty:
        return {"Label words": rows}
    with st.expander("Words of the vocabulary that count with them", icon=":material/hub:"):
        st.dataframe(near, hide_index=True, key="label-neighbours", alt="Neighbours of the label words")
    return {"Label words": rows, "Neighbours": near}


def neighbours(note: Mapping[str, Any]) -> pd.DataFrame:
    """class, token, weight: the vocabulary's words that speak for each class."""
    rows = [
        {"class": str(label), "token": str(token), "weight": float(weight)}
        for label, listed in (note.get("neighbours") or {}).items()
        for token, weight in listed
    ]
    return pd.DataFrame(rows, columns=["class", "token", "weight"])
