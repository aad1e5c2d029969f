"""Labels made elsewhere for a data set that is here: a file of them becomes a stage of a stored run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from core import languages
from core.decisions import Decision, decided, suggested
from core.errors import ConflictError, FormatError, StudioError
from core.formats import DEFAULT
from core.formats.label_lists import read_probabilities
from core.importing import UndecidedLabels
from core.inspection import FileChoice, opened
from core.label_matching import Labelled, Way, matched
from core.pipeline import words_of
from core.scoring import has_run, score_run
from core.sources import numbered
from core.store import Store, facts, views
from core.tokenization import EVERY, as_imported
from core.types import Dataset, Instance, Labels, Prediction, ReadOptions, Report

Stage = Literal["stage1", "stage2"]
UNKNOWN_SHOWN = 5


@dataclass(frozen=True, slots=True)
class LabelChoice:
    """A file of labels, and what the user says of it.

    `name` is what the labels are called in the workspace, `shown` what the file is called in errors.
    `confidences` is a file beside it for formats that hold none: a matrix (.npy, padded with -1) or a JSON
    list, one row per record.
    `decisions` say what becomes of labels the data set does not have; with `suggestions` those that
    nothing was said of are mapped to what they probably mean.
    """

    path: Path
    dataset: str
    name: str
    shown: str = ""
    format: str | None = None
    options: ReadOptions = DEFAULT
    decisions: tuple[Decision, ...] = ()
    suggestions: bool = False
    stage: Stage = "stage1"
    confidences: Path | None = None


@dataclass(slots=True)
class _Found:
    """What a file held, aligned with its data set."""

    way: Way
    format: str
    predictions: list[Prediction]
    unlabelled: int
    mapped: dict[str, str] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)


def import_labels(store: Store, choice: LabelChoice, report: Report | None = None) -> dict[str, Any]:
    """Store the labels of a file as the run `<dataset>/<name>`, all of them or none.

    Every record must be an item of the data set, with the same words (see `core.label_matching`); a
    part of the data set is enough. A recipe then takes them: `stage1=imported`, `stage1.labels=<name>`.

    Returns:
        run, dataset, name, stage, format, matched (order | id | text), instances (items that have
        labels now), of (items of the data set), labels (their number), confidences (items that came
        with them), unlabelled (records without labels, left out), mapped (label -> what became of it),
        created (False: the same labels were there under this name).

    Raises:
        UnknownName: no such data set or format.
        FormatError: with file and line: a broken file, one of other items, or one without labels.
        UndecidedLabels: labels the data set does not have, and no decision about them.
        ConflictError: other labels have this name. In each case the store is unchanged.
    """
    quiet = report or _silent
    dataset = views.dataset(store, choice.dataset)
    _check_name(choice.name)
    found = _read(store, dataset, choice, quiet)
    run_id, created = f"{dataset.id}/{choice.name}", True
    if has_run(store, run_id, dataset.id):
        created = False
        _check_same(store, run_id, choice.stage, found.predictions)
    else:
        quiet("storing", 0, 1)
        stages = _stages(choice.stage, found.predictions)
        facts.add_import_run(store, dataset.id, choice.name, **stages, meta=_about(choice, found))
    score_run(store, run_id)
    return {
        "run": run_id,
        "dataset": dataset.id,
        "name": choice.name,
        "stage": choice.stage,
        "format": found.format,
        "matched": found.way,
        "instances": len(found.predictions),
        "of": dataset.n_instances,
        "labels": sum(len(row.labels) for row in found.predictions),
        "confidences": sum(row.confidences is not None for row in found.predictions),
        "unlabelled": found.unlabelled,
        "mapped": found.mapped,
        "created": created,
    }


def _check_name(name: str) -> None:
    if name == "gold" or not re.fullmatch(r"\w[\w.-]*", name):
        raise StudioError(
            f"labels cannot be called {name!r}.",
            "Use letters, digits, '-', '_' and '.', no spaces; 'gold' is taken by the gold labels.",
        )


def _read(store: Store, dataset: Dataset, choice: LabelChoice, report: Report) -> _Found:
    shown = choice.shown or choice.path.name
    file = FileChoice(
        choice.path, shown, dataset.task, languages.of(dataset), format=choice.format, options=choice.options
    )
    with opened(file) as (parts, _):
        rows = [
            Labelled(part.name, record) for part, record in numbered(dataset.task, parts, report, "reading")
        ]
        written = parts[0].format
    if choice.confidences:
        rows = _with_confidences(rows, choice.confidences)
    if not any(row.record.labels for row in rows):
        raise FormatError(shown, 0, "holds no labels.", "Give a file with a label for each word or item.")
    decisions = _decisions(dataset, rows, choice)
    report("finding its items", 0, 1)
    items = [record.instance for record in views.records(store, dataset.id, with_gold=False)]
    way, positions, words = _matched(rows, items)
    predictions = list(_predictions(dataset, rows, positions, decisions))
    mapped = {label: decision.target for label, decision in decisions.items()}
    return _Found(way, written, predictions, len(rows) - len(predictions), mapped, words)


def _matched(rows: Sequence[Labelled], items: Sequence[Instance]) -> tuple[Way, list[int], dict[str, int]]:
    """As `matched`, by the words of now or else by the imported ones; and which the labels are of."""
    words = words_of(items)
    try:
        return *matched(rows, items), words
    except FormatError:
        if not words:
            raise
        return *matched(rows, [as_imported(item) for item in items]), {}


def _with_confidences(rows: Sequence[Labelled], path: Path) -> list[Labelled]:
    lengths = [len(row.record.instance.tokens) or 1 for row in rows]
    found = read_probabilities(path, lengths)
    return [
        replace(row, record=replace(row.record, confidences=sure))
        for row, sure in zip(rows, found, strict=True)
    ]


def _decisions(dataset: Dataset, rows: Sequence[Labelled], choice: LabelChoice) -> dict[str, Decision]:
    """What becomes of each label the data set does not have.

    Raises:
        UndecidedLabels: one of them has no decision that leads to a label of the data set.
    """
    if not dataset.labels:
        return {}
    counts = Counter(label for row in rows for label in row.record.labels or ())
    strange = [label for label in counts if label not in dataset.labels]
    made = {decision.label: decision for decision in choice.decisions}
    if choice.suggestions:
        made = {label: suggested(dataset.task, label) for label in strange} | made
    decisions = {label: made[label] for label in strange if label in made}
    still = [label for label in strange if label not in decisions or not _leads(dataset, decisions[label])]
    if still:
        raise _undecided(dataset, rows, still, counts)
    return decisions


def _leads(dataset: Dataset, decision: Decision) -> bool:
    """Whether a decision ends in labels the data set has; what is dropped always does."""
    if decision.action == "keep":
        return False
    names = {decision.target, f"B-{decision.target}"}
    return decision.action == "drop" or bool(names & set(dataset.labels))


def _undecided(
    dataset: Dataset, rows: Sequence[Labelled], still: Sequence[str], counts: Mapping[str, int]
) -> UndecidedLabels:
    first = next(row for row in rows if still[0] in (row.record.labels or ()))
    place = (first.record.labels or ()).index(still[0])
    shown = ", ".join(f"{label!r} ({counts[label]:,})" for label in still[:UNKNOWN_SHOWN])
    more = f" and {len(still) - UNKNOWN_SHOWN} more" if len(still) > UNKNOWN_SHOWN else ""
    where = str(first.wrong("", place)).partition(": ")[0]
    hint = suggested(dataset.task, still[0])
    target = hint.target if hint.action == "map" and _leads(dataset, hint) else dataset.labels[0]
    return UndecidedLabels(
        f"{where}: labels that {dataset.id} does not have: {shown}{more}.",
        f'Map each, for example --map "{still[0]}={target}", or drop it (--drop "{still[0]}"); '
        "nothing was stored.",
    )


def _predictions(
    dataset: Dataset, rows: Sequence[Labelled], positions: Sequence[int], decisions: Mapping[str, Decision]
) -> Iterator[Prediction]:
    for row, position in zip(rows, positions, strict=True):
        after = decided(row.record, dataset.task, decisions)
        if after.labels is not None:
            yield Prediction(position, after.labels, after.confidences)


def _stages(stage: Stage, found: Sequence[Prediction]) -> dict[str, Any]:
    ordered = sorted(found, key=lambda row: row.position)
    return {"stage1": None, "stage2": None} | {stage: ordered}


def _about(choice: LabelChoice, found: _Found) -> dict[str, Any]:
    return {
        "source": choice.shown or choice.path.name,
        "format": found.format,
        "matched": found.way,
        "label_mapping": found.mapped,
    } | ({"tokens": {EVERY: found.words}} if found.words else {})


def _check_same(store: Store, run_id: str, stage: str, found: Sequence[Prediction]) -> None:
    """Labels that are there under this name must be these; confidences are kept as 32-bit floats."""
    there = views.predictions(store, run_id, stage)
    if {row.position: _said(row) for row in found} != {at: _said(row) for at, row in there.items()}:
        raise ConflictError(
            f"other labels are called {run_id} already.", "Choose another name, or delete that run first."
        )


def _said(row: Prediction) -> tuple[Labels, tuple[float, ...] | None]:
    sure = row.confidences
    return row.labels, None if sure is None else tuple(float(np.float32(value)) for value in sure)


def _silent(doing: str, done: int, total: int) -> None:
    """A report nobody reads."""
