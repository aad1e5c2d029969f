"""What humans say is a log that only grows."""

from __future__ import annotations

import pytest

from core.errors import ConflictError, StudioError, UnknownName
from core.store import Store, facts, views
from core.types import Dataset, Instance, Record

POS = Dataset("d", "Data", "fao", "pos", ("A", "B"))


def record(position: int) -> Record:
    return Record(Instance(position, "test", ("a", "b", "c"), "a b c"), ("A", "B", "A"))


def test_human_work_is_not_deleted_by_accident(store: Store) -> None:
    facts.add_dataset(store, POS, [record(0)])
    facts.annotate(store, "d", 0, ["A", "A", "B"], author="me")
    with pytest.raises(StudioError, match="1 human annotations"):
        facts.delete_dataset(store, "d")
    assert views.annotations(store, "d") == {0: ("A", "A", "B")}
    facts.delete_dataset(store, "d", force=True)
    assert views.annotation_log(store, "d") == []
    assert views.datasets(store) == []


def test_annotations_grow_and_never_overwrite(store: Store) -> None:
    facts.add_dataset(store, POS, [record(i) for i in range(3)])
    assert facts.annotate(store, "d", 1, ["A", "A", "B"], author="me", expected_version=0) == 1
    assert facts.annotate(store, "d", 1, ["B", "A", "B"], author="you", expected_version=1, seconds=2.5) == 2
    assert facts.annotate(store, "d", 0, ["B", "B", "B"], author="me", action="accept", comment="sure") == 1
    assert views.annotations(store, "d") == {0: ("B", "B", "B"), 1: ("B", "A", "B")}
    first, second = views.annotation_log(store, "d", 1)
    assert (first["version"], first["author"], first["labels_before"]) == (1, "me", None)
    assert (second["labels_before"], second["labels_after"]) == (["A", "A", "B"], ["B", "A", "B"])
    assert second["seconds"] == 2.5
    assert facts.annotate(store, "d", 1, None, author="me", action="undo") == 3
    assert views.annotations(store, "d") == {0: ("B", "B", "B")}
    assert len(views.annotation_log(store, "d")) == 4
    assert views.annotations(store, "d", layer="other") == {}


def test_annotating_what_was_changed_meanwhile_is_a_conflict(store: Store) -> None:
    facts.add_dataset(store, POS, [record(0)])
    facts.annotate(store, "d", 0, ["A", "A", "B"], author="me")
    with pytest.raises(ConflictError, match="version 1"):
        facts.annotate(store, "d", 0, ["B", "A", "B"], author="you", expected_version=0)
    assert views.annotations(store, "d") == {0: ("A", "A", "B")}


def test_annotations_must_fit(store: Store) -> None:
    facts.add_dataset(store, POS, [record(0)])
    facts.add_dataset(
        store, Dataset("t", "T", "fao", "topic", ("x",)), [Record(Instance(0, "test", (), "text"))]
    )
    with pytest.raises(StudioError, match="needs 3 labels, not 1"):
        facts.annotate(store, "d", 0, ["A"], author="me")
    with pytest.raises(StudioError, match="no item 5"):
        facts.annotate(store, "d", 5, ["A"], author="me")
    with pytest.raises(UnknownName):
        facts.annotate(store, "e", 0, ["A"], author="me")
    assert facts.annotate(store, "t", 0, ["x"], author="me") == 1
