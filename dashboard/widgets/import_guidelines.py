"""What labels mean: the guideline annotators see, the key that gives a label, its colour."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core import catalog, tagsets
from core.errors import StudioError
from core.types import LabelInfo, Labels, TaskName
from dashboard import state

GUIDELINES = "guidelines"


def infos(task: TaskName, labels: Labels) -> tuple[LabelInfo, ...]:
    """What will be stored of the labels: where the user said something that the catalog does not."""
    said = state.kept(GUIDELINES, {}).get(task, {})
    usual = catalog.tagset(task, labels)
    own = [LabelInfo(info.label, **{**_facts(info), **said.get(info.label, {})}) for info in usual]
    return tuple(info for info, before in zip(own, usual, strict=True) if info != before)


def _facts(info: LabelInfo) -> dict[str, str]:
    return {"description": info.description, "key": info.key, "color": info.color}


def all_infos(task: TaskName, labels: Labels) -> tuple[LabelInfo, ...]:
    """Every label (type, for entities) as it will be shown."""
    own = {info.label: info for info in infos(task, labels)}
    return tuple(own.get(info.label, info) for info in catalog.tagset(task, labels))


def guidelines(task: TaskName, labels: Labels) -> str:
    """A row per label: guideline, key and colour, open to change. Returns what is wrong with them, or ""."""
    shown = sorted(all_infos(task, labels), key=lambda info: bool(info.description))
    if not shown:
        return ""
    own = infos(task, labels)
    new = [info.label for info in shown if not info.description]
    title = f"What the {len(shown)} labels mean" + (f" · {len(own)} changed" if own else "")
    with st.expander(title, expanded=bool(new), icon=":material/label:"):
        st.caption("The guideline shown while annotating, the key that gives the label, and its colour.")
        key = f"guidelines-{task}-{hash(tuple(info.label for info in shown))}"
        st.data_editor(
            pd.DataFrame([{"label": info.label, **_facts(info)} for info in shown]),
            hide_index=True,
            disabled=["label"],
            height=min(320, 38 + 35 * len(shown)),
            column_config={
                "label": st.column_config.TextColumn(width=75),
                "description": st.column_config.TextColumn("guideline", width=400, max_chars=500),
                "key": st.column_config.TextColumn(width=50, max_chars=1),
                "color": st.column_config.TextColumn(
                    "colour", width=85, max_chars=7, validate="^#[0-9A-Fa-f]{6}$", help="#RRGGBB"
                ),
            },
            key=key,
            alt="Labels with guideline, key and colour",
            on_change=_describe,
            args=(key, task, [info.label for info in shown]),
        )
    return _wrong(own)


def _wrong(own: Sequence[LabelInfo]) -> str:
    try:
        tagsets.checked(list(own), "labels")
    except StudioError as error:
        return error.message.removeprefix("labels: ")
    return ""


def _describe(key: str, task: TaskName, labels: Sequence[str]) -> None:
    """Remember what was written about labels, for this session."""
    said = {**state.kept(GUIDELINES, {})}
    rows = {**said.get(task, {})}
    for row, change in state.edits(key).items():
        facts = {name: str(value or "").strip() for name, value in change.items()}
        rows[labels[row]] = {**rows.get(labels[row], {}), **facts}
    state.keep(GUIDELINES, {**said, task: rows})
