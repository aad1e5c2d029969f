"""Queues of items to look at, and what spoke for a label, in the store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import StudioError, UnknownName
from core.jobs.facts_files import FileSink
from core.store import Store, facts, views
from core.types import Dataset, Influence, Instance, Record

ITEMS = [Instance(at, "test", ("a", "b"), "a b") for at in range(3)]


@pytest.fixture
def filled(store: Store) -> Store:
    facts.add_dataset(store, Dataset("d", "D", "fao", "pos", ("X",)), [Record(item) for item in ITEMS])
    return store


def test_a_queue_keeps_its_order_and_is_forgotten_alone(filled: Store) -> None:
    first = facts.add_queue(filled, "d", " doubtful ", [2, 0, 2], "below .5")
    second = facts.add_queue(filled, "d", "others", [1], "")
    assert [row["id"] for row in views.queues(filled, "d")] == [second, first]
    row = views.queues(filled, "d")[1]
    assert (row["name"], row["positions"], row["reason"]) == ("doubtful", [2, 0], "below .5")
    facts.delete_queue(filled, first)
    assert [row["name"] for row in views.queues(filled, "d")] == ["others"]
    facts.delete_dataset(filled, "d")
    assert views.queues(filled, "d") == []


@pytest.mark.parametrize(("name", "positions"), [("", [1]), ("q", []), ("q", [7])])
def test_a_queue_without_name_or_items_is_refused(filled: Store, name: str, positions: list[int]) -> None:
    with pytest.raises(StudioError):
        facts.add_queue(filled, "d", name, positions, "")
    assert views.queues(filled, "d") == []


def test_unknown_queues_and_data_sets(filled: Store) -> None:
    with pytest.raises(UnknownName):
        facts.delete_queue(filled, 99)
    with pytest.raises(UnknownName):
        facts.add_queue(filled, "nothing", "q", [1], "")


def test_what_spoke_for_a_label_comes_back_and_goes_with_its_run(filled: Store, tmp_path: Path) -> None:
    spoke = Influence(1, (0, 0, 1), (2, 0, 2), (1, 0, 3), (0.5, 0.25, 1.0))
    sink = FileSink(tmp_path / "job", ITEMS)
    sink.influences([spoke])
    said = {"run_id": "r", "dataset_id": "d", "recipe": {"name": "ssp"}, "seed": 0}
    (tmp_path / "job" / "job.json").write_text(json.dumps(said), "utf8")
    (tmp_path / "job" / "out" / "done.json").write_text('{"status": "done"}', "utf8")
    facts.ingest(filled, tmp_path / "job")
    assert views.influence(filled, "r", 1) == spoke
    assert views.influence(filled, "r", 0) is None
    facts.delete_run(filled, "r")
    assert views.influence(filled, "r", 1) is None
