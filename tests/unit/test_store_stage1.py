"""Views of one stage, label by label, against the engine's own arithmetic; queues as a filter."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from core.selectors.statistics import counts_and_confidence, thresholds
from core.store import Store, facts, views
from core.types import Dataset, Instance, Prediction, Record
from tests.unit.plain_project import Plain

Project = tuple[Store, str, str]


@pytest.mark.parametrize("percentile", [0.0, 0.29, 0.8, 1.0])
def test_thresholds_are_those_of_the_selection(generated: Project, plain: Plain, percentile: float) -> None:
    store, _, run = generated
    names = tuple(sorted({label for item in plain.two.values() for label in item.labels}))
    rows = list(plain.two.values())
    counts, confidence = counts_and_confidence(
        [row.labels for row in rows], [row.confidences for row in rows], names
    )
    found = views.label_thresholds(store, run, "stage2", percentile).set_index("label")
    assert list(found.index) == list(names)
    assert list(found["items"]) == list((counts > 0).sum(axis=0))
    assert list(found.threshold) == pytest.approx(thresholds(counts, confidence, percentile), abs=1e-6)


def test_confidences_of_each_label(generated: Project, plain: Plain) -> None:
    store, _, run = generated
    expected: Counter[tuple[str, float]] = Counter()
    for item in plain.two.values():
        for label, value in zip(item.labels, item.confidences or (), strict=True):
            expected[label, min(int(np.floor(value * 20 + 1e-6)), 19) / 20] += 1
    rows = views.confidence_by_label(store, run, "stage2")
    found = {(row.label, row.bin_left): row.count for row in rows.itertuples(name="Bin")}
    assert found == {key: pytest.approx(n) for key, n in expected.items()}


def test_pairs_are_in_file_order_and_of_the_same_sentences(generated: Project, plain: Plain) -> None:
    store, dataset, run = generated
    gold, predicted = views.paired_labels(store, run, "stage1", f"{dataset}/gold")
    assert gold == [item.labels for item in plain.gold.values()]
    assert predicted == [item.labels for item in plain.one.values()]


def test_entity_types_are_counted_without_their_edges(store: Store) -> None:
    tokens = ("Ana", "Maria", "cantou")
    item = Record(Instance(0, "test", tokens, "Ana Maria cantou"), None)
    facts.add_dataset(store, Dataset("names", "Names", "fao", "ner", ("O", "B-PER", "I-PER")), [item])
    noisy = [Prediction(0, ("B-PER", "I-PER", "O"), (0.5, 1.0, 0.25))]
    run = facts.add_import_run(store, "names", "x", stage1=noisy, stage2=None, meta={})
    found = views.label_thresholds(store, run, "stage1").set_index("label")
    assert found.threshold.to_dict() == {"O": 0.25, "PER": 0.75}
    assert set(views.confidence_by_label(store, run, "stage1").label) == {"O", "PER"}


def test_without_confidences_there_are_no_thresholds(generated: Project) -> None:
    store, dataset, _ = generated
    assert views.label_thresholds(store, f"{dataset}/gold", "gold").empty


@pytest.fixture
def queued(store: Store) -> tuple[Store, str, int]:
    """Four sentences, three of them in a queue that is not in file order."""
    items = [Record(Instance(p, "test", ("a",), f"text {p}"), ("X",)) for p in range(4)]
    facts.add_dataset(store, Dataset("words", "Words", "fao", "pos", ("X", "Y")), items)
    noisy = [Prediction(p, ("X" if p % 2 else "Y",), (0.1 * p,)) for p in range(4)]
    run = facts.add_import_run(store, "words", "x", stage1=noisy, stage2=None, meta={})
    return store, run, facts.add_queue(store, "words", "odd ones", (3, 0, 1), "why not")


def test_a_queue_is_listed_in_its_own_order(queued: tuple[Store, str, int]) -> None:
    store, run, queue = queued
    assert views.positions(store, run, "stage1", queue=queue) == [3, 0, 1]
    assert list(views.sentences(store, run, "stage1", queue=queue).position) == [3, 0, 1]
    assert list(views.sentences(store, run, "stage1", queue=queue, limit=1, offset=1).position) == [0]
    assert views.n_sentences(store, run, "stage1", queue=queue) == 3


def test_a_queue_goes_with_other_filters_and_orders(queued: tuple[Store, str, int]) -> None:
    store, run, queue = queued
    assert views.positions(store, run, "stage1", queue=queue, predicted_label="X") == [3, 1]
    assert views.positions(store, run, "stage1", queue=queue, order="least_confident") == [0, 1, 3]
    assert views.positions(store, run, "stage1", queue=queue, text="text 0") == [0]


def test_a_queue_that_is_gone_holds_nothing(queued: tuple[Store, str, int]) -> None:
    store, run, queue = queued
    facts.delete_queue(store, queue)
    assert views.positions(store, run, "stage1", queue=queue) == []
    assert views.n_sentences(store, run, "stage1", queue=queue) == 0
