"""Labels made elsewhere for a data set that is here: choose, name, import, look at them as a Stage I."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from core.label_import import LabelChoice
from core.types import Dataset
from dashboard import actions, naming, queries, routes, state
from dashboard.uploads import Upload
from dashboard.widgets import errors, import_upload
from dashboard.widgets.empty import empty

IMPORTED = "imported-labels"
WAYS = {
    "order": "in the order of the data set",
    "id": "by their ids",
    "text": "by their text",
}


def labels_of_a_file() -> None:
    """The whole of the tab."""
    if state.view().present:
        st.info("This is presentation mode: nothing can be imported.", icon=":material/visibility:")
        return
    found = queries.datasets()
    if not found:
        empty(
            "No data yet",
            "Labels belong to a data set: import that first.",
            command="ssp import FILE --task pos --language CODE",
        )
        return
    _imported()
    st.markdown(
        "What another tagger, a language model or a colleague labelled, as a Stage I for runs: in any of the "
        "formats, with confidences where the file has them (JSON Lines, CSV and Parquet can)."
    )
    left, right = st.columns([3, 2], gap="large")
    with left, st.container(key="labels-upload"):
        upload = import_upload.given(import_upload.LABEL_FILE)
    with right:
        dataset = _dataset(found)
        name = _name(upload)
    suggested = st.checkbox(
        "Map labels the data set does not have to what they seem to mean (NN to NOUN)", key="labels-suggested"
    )
    if upload:
        state.keep(IMPORTED, None)
    _button(upload, dataset, name, suggested=suggested)


def _dataset(found: list[Dataset]) -> Dataset:
    """Which data set the labels are of; the one being looked at, to begin with."""
    ids = [item.id for item in queries.in_order(found)]
    now = state.view().dataset
    place = ids.index(now) if now in ids else 0
    chosen = st.selectbox("The data set they are of", ids, index=place)
    if chosen != ids[place]:
        state.go(dataset=chosen)
        st.rerun()
    return queries.dataset(ids[place])


def _name(upload: Upload | None) -> str:
    """What the labels are called: as typed, or after the file."""
    stem = re.sub(r"[^\w]+", "-", Path(upload.name).stem.lower()).strip("-_") if upload else ""
    typed = st.text_input(
        "What to call these labels",
        placeholder=stem or "my-tagger",
        help="Letters, digits, '-', '_' and '.'. Runs name them: stage1.labels=NAME",
        **state.bound("name"),
    )
    return (typed or "").strip() or stem


def _button(upload: Upload | None, dataset: Dataset, name: str, *, suggested: bool) -> None:
    """Import, or why not yet."""
    row = st.container(horizontal=True, vertical_alignment="center", gap="medium")
    pressed = row.button(
        "Import labels",
        type="primary",
        icon=":material/download:",
        disabled=upload is None or not name,
        key="import-labels",
    )
    if upload is None:
        row.text("Not yet: choose a file.")
    if pressed and upload and name:
        with errors.shown():
            _import(upload, LabelChoice(upload.path, dataset.id, name, upload.name, suggestions=suggested))


def _import(upload: Upload, choice: LabelChoice) -> None:
    bar = st.progress(0.0, text="Reading the file")

    def report(what: str, done: int, total: int) -> None:
        bar.progress(0.7 if what == "storing" else 0.3, text=f"{what.capitalize()}")

    try:
        answer = actions.import_labels(choice, report)
    finally:
        bar.empty()
    import_upload.clear()
    state.keep(IMPORTED, answer)
    state.go(dataset=answer["dataset"], run=answer["run"], name="")
    st.rerun()


def _imported() -> None:
    """What came of the last import of labels, until another file is chosen."""
    answer: Mapping[str, Any] | None = state.kept(IMPORTED)
    if not answer or answer["run"] not in {run["id"] for run in queries.runs(answer["dataset"])}:
        return
    dataset = queries.dataset(answer["dataset"])
    with st.container(border=True, key="imported"):
        title = "Imported" if answer["created"] else "Were here already, nothing was added"
        st.badge(title, color="green", icon=":material/check:")
        part = "" if answer["instances"] == answer["of"] else f" of {answer['of']:,}"
        much = f"{naming.counted(answer['instances'], dataset.task)}{part}, {answer['labels']:,} labels"
        sure = "with confidences" if answer["confidences"] else "without confidences"
        st.text(f"{answer['name']} · {dataset.id} · {much}, {sure}, found {WAYS[answer['matched']]}")
        if answer["unlabelled"]:
            st.text(f"Left out: {naming.counted(answer['unlabelled'], dataset.task)} without labels")
        if answer["mapped"]:
            st.text(
                "Mapped: "
                + ", ".join(f"{old} to {new or 'nothing'}" for old, new in answer["mapped"].items())
            )
        st.caption("A run takes them as its Stage I")
        sets = f"--set stage1=imported --set stage1.labels={answer['name']}"
        st.code(f"ssp run ssp --dataset {dataset.id} {sets}", language=None)
        there = state.link(dataset=dataset.id, run=answer["run"])
        icon = ":material/looks_one:"
        st.page_link(routes.STAGE1, label="See them as Stage I", icon=icon, query_params=there)
