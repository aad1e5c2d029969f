"""What a user says of a file that the file does not say itself: task, format, split, words, columns."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.formats import formats
from core.types import ReadOptions, TaskName
from dashboard import naming, state

TASKS: dict[str, TaskName] = {"pos": "pos", "ner": "ner", "nli": "nli", "topic": "topic"}
SPLITS = ("train", "dev", "test")
WORDS = {"": "white space", "unicode": "words (Unicode)"}
TEXTS = ("text", "parallel", "mafand", "csv", "jsonl", "parquet")
"""Formats in which a sentence may come without its tokens."""
FIELDS: dict[TaskName, tuple[str, ...]] = {
    "pos": ("tokens", "labels", "text", "glosses", "id", "split"),
    "ner": ("tokens", "labels", "text", "glosses", "id", "split"),
    "nli": ("text", "text_b", "labels", "id", "split"),
    "topic": ("text", "labels", "id", "split"),
}
TITLES = {"text_b": "hypothesis"}


def task_chosen() -> TaskName | None:
    """What kind of labels the file holds, or will get."""
    st.segmented_control(
        "Task",
        list(naming.TASKS),
        format_func=naming.TASKS.__getitem__,
        help="The kind of labels in the file; for text without labels, the kind it is to get.",
        **state.optional("task"),
    )
    return TASKS.get(state.view().task)


def reading(task: TaskName, guessed: str, split: str, *, pair: bool) -> None:
    """Format and split: guessed, shown, open to correction. Words, where a sentence has no tokens.

    Of a `pair` of files the format is plain: one sentence per line.
    """
    names = [name for name in formats if task in formats[name].tasks and name != "parallel"]
    with st.container(horizontal=True, vertical_alignment="top", gap="medium"):
        # the guess is a placeholder: an option whose name changes would be sent back as a choice
        st.selectbox(
            "Format",
            state.with_chosen(names, "format"),
            format_func=_format,
            placeholder=f"guessed: {_format(guessed)}",
            width=330,
            disabled=pair,
            **state.optional("format"),
        )
        st.selectbox(
            "Split",
            state.with_chosen(SPLITS, "split"),
            placeholder=f"guessed: {split}",
            accept_new_options=True,
            width=170,
            help="Where the file itself names no split. Guessed from its name; any other name can be typed.",
            **state.optional("split"),
        )
        if task in ("pos", "ner") and guessed in TEXTS:
            st.segmented_control(
                "Words are told by",
                list(WORDS),
                format_func=WORDS.__getitem__,
                required=True,
                help="Where a sentence has no tokens. White space keeps full stops on their words.",
                **state.bound("words"),
            )


def _format(name: str) -> str:
    return formats[name].title if name in formats else name or "not known"


def column_form(task: TaskName, columns: Sequence[str], partner: str, *, expanded: bool) -> None:
    """Which column of a table holds what; an empty choice leaves it to the column's name.

    `partner` is the code of the language that the column of translations is in.
    """
    if not columns:
        return
    chosen = columns_chosen()
    title = f"Columns · {len(chosen)} of your own choice" if chosen else "Columns · told by their names"
    with st.expander(title, expanded=expanded or bool(chosen), icon=":material/view_column:"):
        st.caption("Say which column holds what, where its name does not.")
        fields = (*FIELDS[task], f"translation:{partner or 'und'}")
        with st.container(horizontal=True, vertical_alignment="top", gap="small"):
            for field in fields:
                st.selectbox(
                    _title(field, task),
                    list(dict.fromkeys(["", *columns, chosen.get(field, "")])),
                    format_func=lambda name: name or "by its name",
                    width=172,
                    **state.bound_item("columns", field),
                )


def _title(field: str, task: TaskName) -> str:
    if field.startswith("translation:"):
        return "translation"
    return "premise" if (field, task) == ("text", "nli") else TITLES.get(field, field)


def columns_chosen() -> dict[str, str]:
    """Field -> column, as the address has it."""
    rows = state.table(state.view().columns)
    return {field: column for field, column in rows.items() if isinstance(column, str) and column}


def options(language: str, partner: str) -> ReadOptions:
    """How to read the file."""
    view = state.view()
    return ReadOptions(
        columns=columns_chosen(),
        tokenization="unicode" if view.words == "unicode" else "whitespace",
        language=language,
        partner_language=partner,
    )
