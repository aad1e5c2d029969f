"""A menu: human work as a file, the whole data set as an archive, and what people did in other programs."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from core.handover.archive import SUFFIX, archive
from core.handover.human import SUFFIXES, export_human, names
from core.handover.pieces import Asked
from core.handover.received import READERS, receive
from dashboard import actions, naming, queries, resources, state
from dashboard.current import Here
from dashboard.widgets import errors
from dashboard.widgets.export import file_name

KEY = "hand-over"
OFFERED = {
    "conllu": "CoNLL-U",
    "bio": "BIO",
    "csv": "CSV (one row per label)",
    "jsonl": "JSON Lines",
    "parquet": "Parquet",
    "label-studio": "Label Studio",
    "argilla": "Argilla",
}
TOLD = {
    "conllu": "The imported file with today's tags; MISC says of each word who or what said it.",
    "bio": "Words and tags alone: this format cannot say where a tag is from.",
    "csv": "Label, source, confidence and annotator in columns; safe to open in a spreadsheet.",
    "jsonl": "Sources, annotators and confidences beside the labels. It comes in again as it went out.",
    "parquet": "As JSON Lines, in typed columns.",
    "label-studio": "The run's labels as predictions, people's as annotations. The configuration is in "
    "the .about.json that `ssp export --human` writes.",
    "argilla": "The run's labels as suggestions, people's as responses.",
}
NOTHING = "nothing"


def hand_over(here: Here) -> None:
    """Everything that may leave, or come back; nothing is made before it is clicked."""
    with st.popover("Hand over", icon=":material/move_up:"):
        _menu(here)


@st.fragment
def _menu(here: Here) -> None:
    """What the menu holds. A choice in it runs this alone again, not the page."""
    st.markdown("**What people said**")
    offered = [name for name in OFFERED if name in names(here.dataset)]
    chosen = st.selectbox("Format", offered, format_func=OFFERED.__getitem__, key=f"{KEY}-format")
    runs = {
        run["id"]: naming.run_title(run) for run in queries.runs(here.dataset.id) if run["kind"] != "gold"
    }
    order = [here.run["id"], *(name for name in runs if name != here.run["id"])]
    over = st.selectbox(
        "Where nobody said anything",
        [*(name for name in order if name in runs), NOTHING],
        format_func=lambda name: runs.get(name, "no label"),
        key=f"{KEY}-over",
    )
    human = st.checkbox("Only what people labelled", key=f"{KEY}-human")
    st.caption(TOLD[chosen])
    asked = Asked(here.dataset.id, "" if over == NOTHING else over, human)
    ending = SUFFIXES.get(chosen, f".{chosen}").removeprefix(".")
    st.download_button(
        f"Download {OFFERED[chosen].partition(' (')[0]}",
        partial(exported, asked, chosen),
        file_name(here.dataset.id, "human", ending=ending),
        key=f"{KEY}-download",
        on_click="ignore",
        icon=":material/download:",
    )
    st.divider()
    st.markdown("**The whole data set**")
    st.caption("Text, gold, runs, settings and everything people did, in one file for `ssp unarchive`.")
    st.download_button(
        "Download the archive",
        partial(archived, here.dataset.id),
        f"{here.dataset.id}{SUFFIX}",
        "application/zip",
        key=f"{KEY}-archive",
        on_click="ignore",
        icon=":material/inventory_2:",
    )
    if not state.view().present:
        _receive(here)


def _receive(here: Here) -> None:
    st.divider()
    st.markdown("**From another program**")
    program = st.selectbox(
        "It was labelled in", [*READERS], format_func=OFFERED.__getitem__, key=f"{KEY}-program"
    )
    file = st.file_uploader("Its export (JSON)", type="json", key=f"{KEY}-file")
    skip = st.checkbox("Leave out items that cannot be read", key=f"{KEY}-skip")
    if st.button("Take it in", disabled=file is None, key=f"{KEY}-take") and file is not None:
        with errors.shown():
            st.success(told(received(here.dataset.id, program, file.getvalue(), skip_bad=skip)))


def exported(asked: Asked, name: str) -> bytes:
    """Human work as a file of this format. Raises StudioError where the format cannot hold it."""
    with tempfile.TemporaryDirectory(prefix="ssp-hand-over-") as folder:
        path = Path(folder) / "file"
        export_human(resources.store(), asked, name, path)
        return path.read_bytes()


def archived(dataset: str) -> bytes:
    """The archive of a data set."""
    with tempfile.TemporaryDirectory(prefix="ssp-hand-over-") as folder:
        path = Path(folder) / "file"
        archive(resources.store(), dataset, path)
        return path.read_bytes()


def received(dataset: str, program: str, content: bytes, *, skip_bad: bool) -> dict[str, Any]:
    """Take in what another program exported; answers as `core.handover.received.receive` does."""
    actions.writable()
    with tempfile.TemporaryDirectory(prefix="ssp-hand-over-") as folder:
        path = Path(folder) / "export.json"
        path.write_bytes(content)
        return receive(resources.store(), path, program, dataset, skip_bad=skip_bad)


def told(done: dict[str, Any]) -> str:
    """What came in, in one line; names are shown as they are."""
    items = sum(done["people"].values())
    people = len(done["people"])
    lines = [f"{items} labelled items of {people} {'person' if people == 1 else 'people'}."]
    lines += [f"{done['same']} said what was known already."] if done["same"] else []
    lines += [f"{done['apart']} stand beside what others said: adjudicate them."] if done["apart"] else []
    lines += [f"{len(done['problems'])} could not be read."] if done["problems"] else []
    return " ".join(lines)
