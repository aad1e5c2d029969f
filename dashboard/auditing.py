"""What people said, how far they agree, what it cost: read for the data as they are; and what changes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd
import streamlit as st

from core.annotators import adjudication, assigning, effort, history
from core.annotators import agreement as agreements
from core.annotators.agreement import Agreement
from core.annotators.assigning import Progress, Split
from core.annotators.effort import Effort
from core.annotators.history import Filter, Log, Step, Undone
from core.annotators.independent import Ratings
from core.annotators.independent import ratings as read_ratings
from core.store.facts_annotations import BLIND, LAYER, by
from core.store.views_history import Entry
from core.store.views_history import batches as read_batches
from core.types import Dataset, Labels
from dashboard import actions, queries, resources, state

FILTERS = ("who", "action", "layer", "label", "word", "batch")
"""Rows of the view's table `where` on this page."""
LAYERS = {LAYER: "counts", BLIND: "blind"}
ACTIONS = {
    "set": "labelled",
    "accept": "accepted",
    "conflict": "labelled at the same time",
    "adjudicate": "decided",
    "repeat": "repeated for a word",
    "tokens": "words changed",
    "undo": "taken back",
    "redo": "brought back",
    "undo-token": "one word taken back",
    "redo-token": "one word brought back",
}


@st.cache_resource(show_spinner="Reading what people said …", max_entries=4)
def _ratings(dataset: str, version: tuple[str, int]) -> Ratings:
    return read_ratings(resources.store(), dataset)


def ratings(dataset: Dataset) -> Ratings:
    """Independent labels side by side."""
    return _ratings(dataset.id, resources.version())


@st.cache_data(show_spinner="Counting how far people agree …", max_entries=8)
def _agreement(dataset: str, entities: bool, version: tuple[str, int]) -> Agreement | None:  # noqa: FBT001
    return agreements.agreement(_ratings(dataset, version), entities=entities)


def agreement(dataset: Dataset) -> Agreement | None:
    """How far people agree; None where no two labelled the same item."""
    return _agreement(dataset.id, dataset.task == "ner", resources.version())


def between(found: Ratings, pair: tuple[int, int]) -> pd.DataFrame:
    """gold (what the first said), predicted (what the second said), count."""
    return pd.DataFrame(agreements.between(found, *pair), columns=["gold", "predicted", "count"])


def differing(found: Ratings, pair: tuple[int, int], labels: tuple[str, str] | None) -> list[int]:
    """Positions in which two people differ, or said these two labels of one word."""
    known = labels is not None and set(labels) <= set(found.labels)
    return agreements.differing(found, *pair, labels if known else None)


@st.cache_data(show_spinner=False, max_entries=16)
def _waiting(dataset: str, version: tuple[str, int]) -> tuple[list[int], list[int]]:
    store = resources.store()
    return adjudication.open_positions(store, dataset), adjudication.agreed_positions(store, dataset)


def waiting(dataset: Dataset) -> tuple[list[int], list[int]]:
    """Items in which people differ and nobody decided, and those in which all agree and nobody did."""
    return _waiting(dataset.id, resources.version())


def asked() -> Filter:
    """Which rows of the history the view asks for."""
    rows = {name: str(value) for name, value in state.table(state.view().where).items() if name in FILTERS}
    return Filter(
        author=rows.get("who", ""),
        action=rows.get("action", ""),
        layer=rows.get("layer", ""),
        batch=rows.get("batch", ""),
        label=rows.get("label", ""),
        form=rows.get("word", ""),
    )


@st.cache_data(show_spinner=False, max_entries=64)
def _log(dataset: str, wanted: Filter, limit: int, offset: int, version: tuple[str, int]) -> Log:
    return history.log(resources.store(), dataset, wanted, limit=limit, offset=offset)


def log(dataset: Dataset, wanted: Filter, *, limit: int, offset: int = 0) -> Log:
    """A page of the history, newest first."""
    return _log(dataset.id, wanted, limit, offset, resources.version())


def stood(rows: Sequence[Entry]) -> dict[int, Labels]:
    """By number of the row: what stood there before it, humans' labels or else the run's."""
    found = {row.id: row.before for row in rows if row.before is not None}
    runs = {(row.run_id, row.stage) for row in rows if row.before is None and row.run_id and row.stage}
    for run, stage in runs:
        mine = [row for row in rows if row.before is None and (row.run_id, row.stage) == (run, stage)]
        given = queries.predictions(str(run), str(stage), sorted({row.position for row in mine}))
        found |= {row.id: given[row.position].labels for row in mine if row.position in given}
    return found


@st.cache_data(show_spinner=False, max_entries=16)
def _batches(dataset: str, version: tuple[str, int]) -> list[Mapping[str, Any]]:
    return read_batches(resources.store(), dataset)


def batches(dataset: Dataset) -> list[Mapping[str, Any]]:
    """Bulk actions, newest first."""
    return _batches(dataset.id, resources.version())


@st.cache_data(show_spinner=False, max_entries=8)
def _beside_labels(dataset: str, version: tuple[str, int]) -> pd.DataFrame:
    said = [
        (row["created_at"], row["author"], row["position"], row["kind"], row["token"], row["text"])
        for row in queries.ask("remarks", dataset)
    ]
    split = [
        (row["created_at"], row["author"], row["position"], row["action"], None, " ".join(row["tokens"]))
        for row in queries.ask("tokenization_log", dataset)
    ]
    rows = sorted([*said, *split], key=lambda row: row[0], reverse=True)
    return pd.DataFrame(rows, columns=["when", "who", "item", "what", "word", "text"])


def beside_labels(dataset: Dataset) -> pd.DataFrame:
    """when, who, item, what, word (its place), text: remarks and changed words, newest first."""
    return _beside_labels(dataset.id, resources.version())


def would_revert(annotation_id: int) -> Step:
    """What taking back one row of the history would do. Raises StudioError: no such row."""
    return history.reverted(resources.store(), annotation_id)


@st.cache_data(show_spinner="Working out what that would change …", max_entries=16)
def _would_undo(batch: str, version: tuple[str, int]) -> Undone:
    return history.undone_batch(resources.store(), batch)


def would_undo(batch: str) -> Undone:
    """What taking back a bulk action would do. Raises StudioError: no such action."""
    return _would_undo(batch, resources.version())


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """What labelling cost, in all and by person, day and label; `whole` is None where nothing was timed."""

    whole: Effort | None
    people: pd.DataFrame
    days: pd.DataFrame
    labels: pd.DataFrame


@st.cache_resource(show_spinner="Adding up the time …", max_entries=4)
def _costs(dataset: str, version: tuple[str, int]) -> Costs:
    found = effort.read(resources.store(), dataset)
    return Costs(effort.total(found), effort.by_person(found), effort.by_day(found), effort.by_label(found))


def costs(dataset: Dataset) -> Costs:
    """What labelling cost."""
    return _costs(dataset.id, resources.version())


@st.cache_data(show_spinner=False, max_entries=16)
def _progress(dataset: str, version: tuple[str, int]) -> list[Progress]:
    return assigning.progress(resources.store(), dataset)


def progress(dataset: Dataset) -> list[Progress]:
    """How far everybody is who was given something."""
    return _progress(dataset.id, resources.version())


def people(dataset: Dataset) -> list[str]:
    """Everybody who said something, or was given something."""
    return sorted({*queries.ask("authors", dataset.id), *(one.who for one in progress(dataset))})


def layers(dataset: Dataset) -> dict[str, str]:
    """The layers that hold something, and what they are called."""
    return {name: layer_name(name) for name in cast(dict[str, int], queries.ask("layers", dataset.id))}


def layer_name(layer: str) -> str:
    """What a layer is called: what counts, blind, or whose it is."""
    return LAYERS.get(layer) or f"{layer.removeprefix(by(''))}'s own"


def revert(annotation_id: int, author: str) -> Step:
    """Take back one row of the history: a new row; nothing is removed."""
    actions.writable()
    return history.revert(resources.store(), annotation_id, author)


def undo_batch(batch: str, author: str) -> Undone:
    """Take back a bulk action, as one."""
    actions.writable()
    return history.undo_batch(resources.store(), batch, author)


def accept_agreed(dataset: Dataset, author: str) -> int:
    """Accept what all people said the same of; returns how many items."""
    actions.writable()
    return adjudication.accept_agreed(resources.store(), dataset.id, author).n


def make_dataset(dataset: Dataset, name: str, *, doubly: bool) -> str:
    """What humans say as a data set of its own; returns its id."""
    actions.writable()
    return adjudication.adjudicated(resources.store(), dataset.id, name, doubly=doubly)[0]


def assign(
    dataset: Dataset, positions: Sequence[int], people: Sequence[str], overlap: float, times: int
) -> int:
    """Give items out among people; returns how many."""
    actions.writable()
    given: Split = assigning.split(positions, people, overlap=overlap, times=times)
    return assigning.assign(resources.store(), dataset.id, given)


def withdraw(dataset: Dataset, who: str) -> int:
    """Take away what somebody has not labelled yet; returns how many items."""
    actions.writable()
    return assigning.withdraw(resources.store(), dataset.id, who)
