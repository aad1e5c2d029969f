"""The chosen file as the engine reads it, with what the user decided so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from core.decisions import Decision, labels_after
from core.inspection import FileChoice, Inspection
from core.sources import EVERY, label_set
from core.types import Labels, Language, TaskName
from dashboard import queries, state
from dashboard.uploads import Upload
from dashboard.widgets import import_labels, import_language, import_options


@dataclass(frozen=True, slots=True)
class Look:
    """A file, what is in it, and what was decided of its unknown labels.

    `open_labels` wait for a decision; `labels` is the label set as it would be stored.
    """

    choice: FileChoice
    found: Inspection
    table: Mapping[str, Decision]
    open_labels: tuple[str, ...]
    labels: Labels


def look(upload: Upload, translation: Upload | None, task: TaskName, language: Language) -> Look:
    """Read the file, with a bar where that takes long; what was read before is remembered."""
    choice = _choice(upload, translation, task, language)
    contents = (upload.sha256, translation.sha256 if translation else "")
    progress = _Progress(upload)
    found = queries.inspection(choice, contents, progress.report)
    progress.done()
    table = import_labels.decisions(found.unknown)
    still = import_labels.undecided(found.unknown, table, task)
    clear = [label for label in found.labels if label not in still]
    return Look(choice, found, table, tuple(still), label_set(task, labels_after(task, clear, table)))


def _choice(upload: Upload, translation: Upload | None, task: TaskName, language: Language) -> FileChoice:
    view = state.view()
    return FileChoice(
        upload.path,
        upload.name,
        task,
        language,
        format=view.format or None,
        split=view.split.strip() or None,
        options=import_options.options(language.code, _code(view.partner)),
        translations=translation.path if translation else None,
    )


def _code(partner: str) -> str:
    """The catalog's code of the translation's language; what was typed, where it has none."""
    found = import_language.found(partner)
    return found.code if found else partner


class _Progress:
    """A bar that appears once a file is really read."""

    def __init__(self, upload: Upload) -> None:
        self._place = st.empty()
        self._upload = upload
        self._expected = self._items = 0

    def report(self, doing: str, done: int, total: int) -> None:
        """See `core.types.Report`; the engine reports at each file and every so many items."""
        if not self._expected:
            self._expected = max(1, _expected(self._upload))
            self._items = -EVERY
        self._items += EVERY
        share = min(0.97, self._items / self._expected)
        self._place.progress(share, text=f"Reading the file: {self._items:,} items so far")

    def done(self) -> None:
        """Take the bar away."""
        self._place.empty()


def _expected(upload: Upload) -> int:
    """About how many items a plain file holds, told from its beginning: for the bar alone."""
    with upload.path.open("rb") as file:
        head = file.read(1 << 18).replace(b"\r\n", b"\n")
    blank, lines = head.count(b"\n\n"), head.count(b"\n")
    items = blank if blank > lines // 100 else lines
    return items * upload.size // max(1, len(head))
