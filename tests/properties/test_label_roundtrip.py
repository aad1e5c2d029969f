"""Labels that leave the workspace in any format come back, as labels, as they were."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.exporting import export
from core.formats import formats
from core.label_import import LabelChoice, import_labels
from core.store import Store, facts, views
from core.tasks import tasks
from core.types import Dataset, Instance, Labels, Prediction, Record, TaskName
from tests.properties.format_records import BIO_TAGS, UPOS_TAGS, Draw

pytestmark = pytest.mark.slow

WITH_CONFIDENCES = ("jsonl", "csv", "parquet")
WITHOUT_LABELS = ("text", "mafand", "parallel", "responses")
"""`responses` needs exemplars beside the labels; the others hold no labels."""
TAGS = {
    "pos": UPOS_TAGS,
    "ner": BIO_TAGS,
    "nli": st.sampled_from(["entailment", "neutral", "contradiction"]),
    "topic": st.sampled_from(["sport", "health"]),
}
NAMES: dict[TaskName, Labels] = {
    "pos": tasks["pos"].labels,
    "ner": ("O", *(f"{edge}-{kind}" for kind in ("DATE", "LOC", "ORG", "PER") for edge in "BI")),
    "nli": ("entailment", "neutral", "contradiction"),
    "topic": ("health", "sport"),
}
WORD = st.text("abcdeøñʼé", min_size=1, max_size=4)
EACH = [(name, task) for name in formats for task in formats[name].tasks if name not in WITHOUT_LABELS]


@st.composite
def labelled(draw: Draw, task: TaskName) -> tuple[list[Record], list[Prediction]]:
    """Items, some of them the same, and labels for all of them, all with confidences or none."""
    sure = draw(st.booleans())
    records, rows = [], []
    for position in range(draw(st.integers(1, 5))):
        words = tuple(draw(st.lists(WORD, min_size=1, max_size=4)))
        tokens = words if task in ("pos", "ner") else ()
        n = len(tokens) or 1
        other = draw(WORD) if task == "nli" else None
        records.append(Record(Instance(position, "test", tokens, " ".join(words), other), None))
        labels = tuple(draw(st.lists(TAGS[task], min_size=n, max_size=n)))
        numbers = tuple(draw(st.lists(st.floats(0, 1, width=32), min_size=n, max_size=n)))
        rows.append(Prediction(position, labels, numbers if sure else None))
    return records, rows


@pytest.mark.parametrize(("name", "task"), EACH)
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_labels_come_back(name: str, task: TaskName, data: st.DataObject) -> None:
    records, rows = data.draw(labelled(task))
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder, "w")) as store:
        dataset = Dataset("d", "d", "fao", task, NAMES[task])
        facts.add_dataset(store, dataset, records)
        facts.add_import_run(store, "d", "first", stage1=rows, stage2=None)
        out = Path(folder, f"labels{formats[name].suffixes[0]}")
        export(store, "d/first", name, out)
        done = import_labels(store, LabelChoice(out, "d", "again", format=name))
        assert done["instances"] == len(rows)
        again = views.predictions(store, "d/again", "stage1")
    assert {at: row.labels for at, row in again.items()} == {row.position: row.labels for row in rows}
    kept = {row.position: row.confidences if name in WITH_CONFIDENCES else None for row in rows}
    assert {at: _as_stored(row.confidences) for at, row in again.items()} == kept


def _as_stored(sure: tuple[float, ...] | None) -> tuple[float, ...] | None:
    return None if sure is None else tuple(float(np.float32(value)) for value in sure)
