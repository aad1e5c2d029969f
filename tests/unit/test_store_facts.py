"""What goes into the workspace and out of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from core.errors import FormatError, StudioError, UnknownName
from core.store import Store, facts, schema, views
from core.types import Completion, Dataset, Instance, Prediction, Record, Score, Selection

POS = Dataset(
    "d",
    "Data",
    "fao",
    "pos",
    ("A", "B"),
    licence="CC0",
    citation="us",
    source="here",
    meta={"role": "target"},
)


def record(position: int, *, split: str = "test", words: tuple[str, ...] = ("a", "b")) -> Record:
    tokens = (*words, str(position))
    return Record(Instance(position, split, tokens, " ".join(tokens)), ("A", "B", "A"))


def rows_left(store: Store) -> dict[str, int]:
    with store.read() as connection:
        return {
            name: connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in schema.metadata.tables.items()
            if name != "app_meta"
        }


def test_a_data_set_comes_back_as_it_went_in(store: Store) -> None:
    records = [
        record(0, split="train"),
        Record(Instance(1, "test", ("x",), "x", meta={"id": "s1", "n": [1, None]}, raw="1\tx\n")),
        Record(Instance(2, "test", ("y", "z"), "y z"), ("B", "A"), (0.5, 0.25)),
    ]
    assert facts.add_dataset(store, POS, iter(records)) == ("d", True)
    assert list(views.records(store, "d")) == records
    stored = views.dataset(store, "d")
    assert stored == replace(
        POS, fingerprint=stored.fingerprint, n_instances=3, n_tokens=6, splits={"train": 1, "test": 2}
    )
    gold = views.run(store, "d/gold")
    assert (gold["kind"], gold["status"], gold["stages"], gold["n"]) == ("gold", "done", ["gold"], 2)
    assert views.predictions(store, "d/gold", "gold")[2] == Prediction(2, ("B", "A"), (0.5, 0.25))


def test_records_by_split_limit_and_without_gold(store: Store) -> None:
    every = [record(i, split="train" if i % 2 else "test") for i in range(5_000)]
    facts.add_dataset(store, POS, every)
    assert list(views.records(store, "d", splits=["train"])) == every[1::2]
    assert list(views.records(store, "d", limit=2_001)) == every[:2_001]
    assert list(views.records(store, "d", limit=0)) == []
    assert next(views.records(store, "d", with_gold=False)).labels is None
    assert list(views.instances(store, "d", [4_999, 3, 7_000])) == [3, 4_999]
    with pytest.raises(UnknownName, match="unknown data set 'e'"):
        views.records(store, "e")


def test_a_data_set_without_labels_has_no_gold_run(store: Store) -> None:
    facts.add_dataset(store, POS, [Record(Instance(0, "test", ("a",), "a"))])
    assert views.runs(store) == []


def test_without_a_label_set_the_labels_found_are_taken(store: Store) -> None:
    facts.add_dataset(store, replace(POS, labels=()), [record(0)])
    assert views.dataset(store, "d").labels == ("A", "B")


def test_the_same_content_is_stored_once_whatever_its_name(store: Store) -> None:
    plain = replace(POS, licence="", citation="")
    assert facts.add_dataset(store, plain, [record(0)]) == ("d", True)
    assert facts.add_dataset(store, replace(plain, id="e", name="E"), [record(0)]) == ("d", False)
    assert facts.add_dataset(store, replace(POS, id="e", language="isl"), [record(0)]) == ("e", True)


def test_a_licence_is_not_lost_to_an_earlier_file_of_the_same_content(store: Store) -> None:
    plain = replace(POS, licence="", citation="")
    licensed = replace(POS, id="public", licence="CC BY-SA 4.0", citation="Somebody 2020")
    assert facts.add_dataset(store, plain, [record(0)]) == ("d", True)
    assert facts.add_dataset(store, licensed, [record(0)]) == ("public", True)
    assert facts.add_dataset(store, licensed, [record(0)]) == ("public", False)
    assert views.dataset(store, "public").licence == "CC BY-SA 4.0"
    assert facts.add_dataset(store, replace(plain, id="again"), [record(0)])[1] is False


@pytest.mark.parametrize(
    "other",
    [
        replace(record(0), labels=("B", "B", "A")),
        replace(record(0), labels=None),
        record(0, split="train"),
        record(0, words=("a", "c")),
        Record(replace(record(0).instance, raw="a\tA\n"), record(0).labels),
        Record(replace(record(0).instance, text="a b 0 "), record(0).labels),
    ],
)
def test_other_content_of_the_same_name_gets_a_suffix(store: Store, other: Record) -> None:
    facts.add_dataset(store, POS, [record(0)])
    name, new = facts.add_dataset(store, POS, [other])
    assert new
    assert name == f"d-{views.dataset(store, name).fingerprint[:8]}"
    assert list(views.records(store, name)) == [other]


def test_a_broken_source_leaves_nothing(store: Store) -> None:
    def broken() -> Iterator[Record]:
        yield from (record(i) for i in range(12_000))
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="gone"):
        facts.add_dataset(store, POS, broken())
    assert not any(rows_left(store).values())
    assert store.version() == 0
    assert [path.name for path in store.path.parent.iterdir() if "studio.duckdb" not in path.name] == []


@pytest.mark.parametrize(
    ("records", "problem"),
    [
        ([], "nothing in it"),
        ([record(1)], "numbered 1"),
        ([record(0), record(0)], "numbered 0"),
        ([Record(Instance(0, "test", ("a",), "a"), ("A", "B"))], "2 labels where 1"),
        ([Record(Instance(0, "test", ("a",), "a"), ("A",), (0.5, 0.5))], "2 confidences for 1"),
        ([Record(Instance(0, "test", ("a\0",), "a"))], "NUL"),
        ([Record(Instance(0, "test", ("a",), "a\0"))], "NUL"),
        ([Record(Instance(0, "test", ("a\ud800",), "a"))], "surrogate"),
    ],
)
def test_what_is_not_data_is_refused(store: Store, records: list[Record], problem: str) -> None:
    with pytest.raises(FormatError, match=problem):
        facts.add_dataset(store, POS, records)
    assert views.datasets(store) == []


@pytest.mark.parametrize("name", ["", "a/b"])
def test_ids_that_would_confuse_are_refused(store: Store, name: str) -> None:
    with pytest.raises(StudioError, match="cannot be the id"):
        facts.add_dataset(store, replace(POS, id=name), [record(0)])


def test_topics_carry_one_label_each(store: Store) -> None:
    topic = Dataset("t", "T", "fao", "topic", ("x", "y"))
    records = [Record(Instance(0, "test", (), "text", text_b="more"), ("x",))]
    facts.add_dataset(store, topic, records)
    assert list(views.records(store, "t")) == records
    with pytest.raises(FormatError, match="2 labels where 1"):
        facts.add_dataset(store, topic, [Record(Instance(0, "test", (), "text"), ("x", "y"))])


def test_imported_labels_and_recorded_choices(store: Store) -> None:
    facts.add_dataset(store, POS, [record(i) for i in range(4)])
    chosen = Selection(1, (9, 9), (0.5, float("nan")), (0.25,), (("B", "A"),), None, None, "recorded", ("X",))
    stage1 = [Prediction(i, ("A", "B", "B"), (1.0, 0.5, 0.75)) for i in range(4)]
    stage2 = [Prediction(3, ("A", "A", "A"), completion_key="k", error="refused")]
    run_id = facts.add_import_run(
        store, "d", "zgul", stage1=stage1, stage2=stage2, selections=[(chosen, (3, 0))], meta={"x": 1}
    )
    run = views.run(store, run_id)
    assert (run_id, run["kind"], run["stages"], run["n"], run["meta"]) == (
        "d/zgul",
        "import",
        ["stage1", "stage2"],
        4,
        {"x": 1},
    )
    assert views.predictions(store, run_id, "stage1", [2, 77]) == {2: stage1[2]}
    assert views.predictions(store, run_id, "stage2") == {3: stage2[0]}
    found = views.selection(store, run_id, 1)
    assert found is not None
    assert [(item["position"], item["similarity"], item["confidence"]) for item in found["exemplars"]] == [
        (3, 0.5, 0.25),
        (0, None, None),
    ]
    assert (found["covered"], found["uncovered"], found["status"]) == (["A", "B"], ["X"], "recorded")
    assert list(views.selections(store, run_id)) == [found]
    assert views.selection(store, run_id, 0) is None
    assert facts.add_import_run(store, "d", "zgul", stage1=None, stage2=None) == run_id
    assert views.predictions(store, run_id, "stage1") == {row.position: row for row in stage1}


def test_labels_for_items_that_do_not_exist_are_refused(store: Store) -> None:
    facts.add_dataset(store, POS, [record(0)])
    with pytest.raises(FormatError, match="item 1 is not one of the 1"):
        facts.add_import_run(store, "d", "x", stage1=[Prediction(1, ("A", "A", "A"))], stage2=None)
    assert [run["id"] for run in views.runs(store)] == ["d/gold"]
    with pytest.raises(UnknownName):
        facts.add_import_run(store, "e", "x", stage1=None, stage2=None)


def test_recorded_calls_are_kept_verbatim_and_once(store: Store) -> None:
    facts.add_dataset(store, POS, [record(0)])
    calls = [
        Completion(f"{i:03}", "gpt", f"h{i}", f"p{i}\n", "a\u2028b", "length", 3, None) for i in range(450)
    ]
    assert facts.add_completions(store, "d", [*calls, calls[0]]) == 450
    assert facts.add_completions(store, "d", [replace(calls[0], text="other")]) == 0
    assert list(views.completions(store, "d")) == calls
    assert views.completion(store, "007") == calls[7]
    assert views.completion(store, "nothing") is None
    with pytest.raises(UnknownName):
        facts.add_completions(store, "e", calls)


def test_templates_runs_and_scores(store: Store) -> None:
    facts.add_dataset(store, POS, [record(0)])
    facts.add_template(store, "d", "t", "old", "them")
    facts.add_template(store, "d", "t", "new", "them")
    assert views.template(store, "d", "t") == "new"
    assert views.template(store, "d", "u") is None
    facts.start_run(store, "r", "d", "ssp", {"stage1": {"k": 8}}, 7, "abc")
    assert views.run(store, "r")["status"] == "running"
    facts.finish_run(store, "r", "done")
    run = views.run(store, "r")
    assert (run["status"], run["seed"], run["params"], run["recipe"]) == (
        "done",
        7,
        {"stage1": {"k": 8}},
        "ssp",
    )
    assert run["finished_at"] >= run["created_at"]
    score = Score("accuracy", 0.5, "stage1", "d/gold", ("A", "B"), 1)
    facts.put_scores(store, "r", [score])
    facts.put_scores(store, "r", [replace(score, value=0.75)])
    assert views.scores(store, "r") == [replace(score, value=0.75)]
    with pytest.raises(UnknownName):
        facts.finish_run(store, "nothing", "done")
    with pytest.raises(UnknownName):
        facts.put_scores(store, "nothing", [score])
    with pytest.raises(UnknownName, match="Did you mean d/gold"):
        views.run(store, "d/gild")


def test_deleting_a_run_leaves_the_rest(store: Store) -> None:
    facts.add_dataset(store, POS, [record(i) for i in range(3)])
    chosen = Selection(0, (1,), (0.5,), (0.5,), (("A",),), None, None, "recorded")
    for name in ("x", "y"):
        facts.add_import_run(
            store,
            "d",
            name,
            stage1=[Prediction(0, ("A", "A", "A"))],
            stage2=None,
            selections=[(chosen, (1,))],
        )
    facts.put_scores(store, "d/x", [Score("accuracy", 0.5, "stage1", "d/gold", ("A",), 1)])
    facts.delete_run(store, "d/x")
    assert [run["id"] for run in views.runs(store, "d")] == ["d/gold", "d/y"]
    assert views.predictions(store, "d/x", "stage1") == {}
    assert views.selection(store, "d/x", 0) is None
    assert views.selection(store, "d/y", 0) is not None
    assert views.scores(store, "d/x") == []
    with pytest.raises(StudioError, match="gold"):
        facts.delete_run(store, "d/gold")
    with pytest.raises(UnknownName):
        facts.delete_run(store, "d/x")


def test_deleting_a_data_set_leaves_nothing_of_it(store: Store) -> None:
    facts.add_dataset(store, replace(POS, id="other"), [record(0, words=("x", "y"))])
    facts.add_completions(store, "other", [Completion("k", "m", "h", "p", "t")])
    facts.add_template(store, "other", "t", "text", "us")
    before = rows_left(store)
    facts.add_dataset(store, POS, [record(0)])
    facts.add_completions(store, "d", [Completion("k", "m", "h", "p", "t")])
    facts.add_template(store, "d", "t", "text", "us")
    facts.add_import_run(store, "d", "x", stage1=[Prediction(0, ("A", "A", "A"))], stage2=None)
    assert rows_left(store) != before
    facts.delete_dataset(store, "d")
    assert rows_left(store) == before
    assert [item.id for item in views.datasets(store)] == ["other"]
    assert {run["dataset"] for run in views.runs(store)} == {"other"}
    assert views.template(store, "other", "t") == "text"
    with pytest.raises(UnknownName):
        facts.delete_dataset(store, "d")
