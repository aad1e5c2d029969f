"""What annotators are told of labels, edited on the page: keys, colours, guidelines."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import pandas as pd
import streamlit as st

from core import tagsets
from core.types import Dataset, LabelInfo
from dashboard import actions, state
from dashboard.charts.palette import chip_color
from dashboard.widgets import errors

COLUMNS = ("label", "key", "color", "description")


def button(dataset: Dataset) -> None:
    """A button that opens the label set; absent while presenting."""
    if not state.view().present and st.button("Labels and keys", icon=":material/keyboard:", type="tertiary"):
        _dialog(dataset)


@st.dialog("Labels and keys", width="large")
def _dialog(dataset: Dataset) -> None:
    st.caption(
        "One key per label, on any keyboard layout. Keys count in this data set, for everybody. "
        "Digits 1 to 3 pick a suggestion and B and U go back: other keys do not get in their way."
    )
    given = table(dataset)
    edited = st.data_editor(
        given,
        hide_index=True,
        disabled=["label"],
        key="label-set",
        column_config={
            "label": st.column_config.TextColumn("Label", width="small"),
            "key": st.column_config.TextColumn("Key", width="small", max_chars=1),
            "color": st.column_config.TextColumn("Colour (#RRGGBB)", width="small", max_chars=7),
            "description": st.column_config.TextColumn("Guideline", width="large", max_chars=600),
        },
    )
    if st.button("Save", type="primary", key="save-labels"):
        with errors.shown():
            actions.set_labels(dataset, told(edited.to_dict("records")))
            st.rerun()


def table(dataset: Dataset) -> pd.DataFrame:
    """label, key, color, description: as they count now."""
    rows = [
        (info.label, info.key, info.color or chip_color(info.label, dataset.labels), info.description)
        for info in tagsets.of(dataset)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def told(rows: Sequence[Mapping[Hashable, object]]) -> list[LabelInfo]:
    """The rows of the editor as labels; what was emptied is empty."""
    texts = [{name: str(row.get(name) or "").strip() for name in COLUMNS} for row in rows]
    return [LabelInfo(row["label"], row["description"], row["key"], row["color"]) for row in texts]
