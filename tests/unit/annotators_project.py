"""A small project that several people label: three labels, one run, entities or parts of speech."""

from __future__ import annotations

from collections.abc import Sequence

from core.store import Store, facts
from core.types import Dataset, Instance, Prediction, Record, TaskName

LABELS = ("A", "B", "C")
BIO = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
RUN = "d/run"
Row = tuple[str, str]
"""Words and labels, with blanks between them."""


def project(
    store: Store,
    rows: Sequence[Row],
    *,
    labels: Sequence[str] = LABELS,
    task: TaskName = "pos",
    sure: Sequence[Sequence[float]] | None = None,
) -> str:
    """A data set `d` without gold, and a run whose Stage I gave the labels of `rows`."""
    items = [
        Instance(place, "test", tuple(words.split()) if task in {"pos", "ner"} else (), words)
        for place, (words, _) in enumerate(rows)
    ]
    facts.add_dataset(store, Dataset("d", "Data", "fao", task, tuple(labels)), map(Record, items))
    predictions = [
        Prediction(place, tuple(given.split()), None if sure is None else tuple(sure[place]))
        for place, (_, given) in enumerate(rows)
    ]
    facts.add_import_run(store, "d", "run", stage1=predictions, stage2=None)
    return "d"
