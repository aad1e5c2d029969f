"""Label Studio and Argilla: what goes there comes back, and what cannot be read is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from core import catalog
from core.errors import FormatError, StudioError, UnknownName
from core.handover import argilla, label_studio
from core.handover.human import export_human
from core.handover.pieces import Asked
from core.handover.received import new_dataset, receive, receive_new
from core.handover.spans import Mark, Unfit, labels_of, marks, text_of
from core.store import Store, facts, views
from core.types import Instance, TaskName
from tests.unit.handed_over import EMOJI, GOLD, LABELS, put

pytestmark = pytest.mark.slow

TASKS: tuple[TaskName, ...] = ("pos", "ner", "nli", "topic")
PROGRAMS = ("label-studio", "argilla")
TEXT = f"Anna {EMOJI} Kano"
PLACES = [(0, 4), (5, 6), (7, 11)]


def exported(store: Store, path: Path, program: str) -> list[dict[str, Any]]:
    export_human(store, Asked("own", "own/guess"), program, path)
    return list(json.loads(path.read_text("utf8")))


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_there_and_back_into_a_new_workspace(
    store: Store, tmp_path: Path, task: TaskName, program: str
) -> None:
    put(store, task)
    facts.annotate(store, "own", 0, GOLD[task][1], author="Cy", layer=facts.by("Cy"))
    path = tmp_path / "there.json"
    exported(store, path, program)
    again = receive(store, path, program, "own")
    assert (again["same"], again["apart"], again["problems"]) == (3, 0, [])
    with Store.open(tmp_path / "other") as other:
        made = new_dataset("came", task, catalog.language("fo"))
        done = receive_new(other, path, program, made)
        assert done["people"] == {"Anna": 1, "B|o \\s": 1, "Cy": 1}
        assert views.annotations(other, "came") == {2: views.annotations(store, "own")[2]}
        apart = views.independent(other, "came")
        assert apart == {"Anna": {0: GOLD[task][0]}, "Cy": {0: GOLD[task][1]}}
        guess = views.predictions(other, "came/own-guess", "stage1")
        assert {n: one.labels for n, one in guess.items()} == dict(enumerate(GOLD[task][:3]))
        was = {record.instance.position: record.instance for record in views.records(store, "own")}
        for record in views.records(other, "came"):
            item = was[record.instance.position]
            assert (record.instance.tokens, record.instance.text_b) == (item.tokens, item.text_b)
        with pytest.raises(StudioError, match=r"here as came"):
            receive_new(other, path, program, new_dataset("more", task, catalog.language("fo")))


def test_label_studio_gets_tasks_as_it_documents_them(store: Store, tmp_path: Path) -> None:
    put(store, "ner")
    first = exported(store, tmp_path / "x", "label-studio")[0]
    assert first["data"]["text"] == f"Anna \u1e62u {EMOJI}"
    (prediction,), (annotation,) = first["predictions"], first["annotations"]
    assert prediction["model_version"] == "own/guess"
    assert prediction["score"] == pytest.approx(0.5)
    assert annotation["created_username"] == "Anna"
    assert annotation["result"] == [
        {
            "id": "a0-0",
            "from_name": "label",
            "to_name": "text",
            "type": "labels",
            "value": {"start": 0, "end": 7, "text": "Anna \u1e62u", "labels": ["PER"]},
        }
    ]
    about = json.loads((tmp_path / "x.about.json").read_text("utf8"))
    tree = ElementTree.fromstring(about["label_studio_config"])
    assert [one.get("value") for one in tree.iter("Label")] == ["LOC", "PER"]
    assert [one.get("name") for one in tree.iter("Text")] == ["text"]


def test_argilla_gets_records_as_its_own_library_writes_them(store: Store, tmp_path: Path) -> None:
    put(store, "nli")
    first = exported(store, tmp_path / "x", "argilla")[0]
    assert first.keys() == {"id", "fields", "metadata", "suggestions", "responses", "vectors", "_server_id"}
    assert first["fields"].keys() == {"premise", "hypothesis"}
    suggestion = first["suggestions"]["labels"]
    assert (suggestion["value"], suggestion["agent"]) == ("entailment", "own/guess")
    assert first["responses"]["labels"] == [{"value": "entailment", "user_id": argilla.user_id("Anna")}]
    about = json.loads((tmp_path / "x.about.json").read_text("utf8"))
    assert about["argilla_settings"]["questions"]["labels"]["labels"] == list(LABELS["nli"])


@pytest.mark.parametrize("task", TASKS)
def test_a_configuration_is_xml_whatever_labels_are_called(store: Store, task: TaskName) -> None:
    put(store, task)
    dataset = views.dataset(store, "own")
    tree = ElementTree.fromstring(label_studio.config(dataset))
    named = [one.get("value") for tag in ("Label", "Choice") for one in tree.iter(tag)]
    kinds = {label.removeprefix("B-").removeprefix("I-") for label in LABELS[task]} - {"O"}
    assert set(named) >= kinds


def test_offsets_of_browsers_are_understood() -> None:
    label = ("O", "O", "B-LOC")
    wide = len(f"Anna {EMOJI} ".encode("utf-16-le")) // 2
    assert labels_of("ner", [Mark(7, 11, "LOC", "Kano")], TEXT, PLACES) == label
    assert labels_of("ner", [Mark(wide, wide + 4, "LOC", "Kano")], TEXT, PLACES) == label
    assert labels_of("ner", [Mark(wide, wide + 4, "LOC")], TEXT, PLACES) == label
    assert labels_of("ner", [Mark(6, 11, "LOC")], TEXT, PLACES) == label


@pytest.mark.parametrize(
    ("task", "found", "why"),
    [
        ("ner", [Mark(8, 11, "LOC")], "ends inside a word"),
        ("ner", [Mark(0, 4, "LOC", "Anne")], "stands where the text has"),
        ("ner", [Mark(7, 99, "LOC")], "in a text of 11 characters"),
        ("ner", [Mark(0, 4, "LOC"), Mark(0, 6, "PER")], "two marks on the word"),
        ("pos", [Mark(0, 6, "NOUN"), Mark(7, 11, "NOUN")], "one mark on several words"),
        ("pos", [Mark(0, 4, "NOUN")], "2 words have no label"),
    ],
)
def test_marks_that_do_not_fit_say_why(task: TaskName, found: list[Mark], why: str) -> None:
    with pytest.raises(Unfit, match=why):
        labels_of(task, found, TEXT, PLACES)


def test_words_that_are_not_in_the_text_are_shown_by_themselves() -> None:
    assert text_of(Instance(0, "", ("Anna", "Kano"), "Anna \n Kano")) == ("Anna \n Kano", [(0, 4), (7, 11)])
    for text in ("vom Haus", "von dem. Haus", "von dem Haus!", "Haus von dem"):
        assert text_of(Instance(0, "", ("von", "dem", "Haus"), text))[0] == "von dem Haus"


def test_an_entity_that_nothing_begins_is_one() -> None:
    found = marks("ner", ("I-LOC", "I-PER", "B-PER"), TEXT, PLACES, (0.5, 0.25, 1.0))
    assert [(mark.start, mark.end, mark.label, mark.score) for mark in found] == [
        (0, 4, "LOC", 0.5), (5, 6, "PER", 0.25), (7, 11, "PER", 1.0)
    ]  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
def test_nothing_said_here_is_overwritten(store: Store, tmp_path: Path, program: str) -> None:
    put(store, "topic")
    path = tmp_path / "x.json"
    exported(store, path, program)
    text = path.read_text("utf8")
    swapped = text.replace('"health"', '"?"').replace('"sports"', '"health"').replace('"?"', '"sports"')
    path.write_text(swapped, "utf8")
    before = views.annotations(store, "own")
    done = receive(store, path, program, "own")
    assert (done["same"], done["apart"]) == (0, 2)
    assert views.annotations(store, "own") == before
    assert views.independent(store, "own").keys() == {"Anna", "B|o \\s"}
    assert receive(store, path, program, "own")["same"] == 2
    facts.annotate(store, "own", 0, None, author="Anna", action="undo")
    done = receive(store, path, program, "own")
    assert views.annotations(store, "own").get(0) in (None, ("sports",))
    rows = [row for row in views.annotation_log(store, "own") if row["action"] == "received"]
    assert {row["batch"] for row in rows} <= {done["batch"]}


def task_of(data: object, *regions: object, **more: object) -> dict[str, object]:
    return {"id": 7, "data": data, "annotations": [{"result": list(regions), **more}]}


def region(start: object, end: object, *labels: object) -> dict[str, object]:
    return {"type": "labels", "value": {"start": start, "end": end, "labels": list(labels)}}


TOKENS = {"text": "x \u0628\u064a !"}


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (7, "task 1: it is no object"),
        ({"id": 7, "data": {}}, "task 7: it has no text"),
        ({"id": 7, "data": {"text": 8}}, "it has no text"),
        (task_of(TOKENS, region(0, 1)), "not with one label"),
        (task_of(TOKENS, region(-1, 1, "PER")), "a mark without a place"),
        (task_of(TOKENS, region(True, 1, "PER")), "a mark without a place"),
        (task_of(TOKENS, region(0, 3, "PER")), "ends inside a word"),
        (task_of(TOKENS, region(0, 1, "EVIL")), "'B-EVIL' is not one of own"),
        (task_of({"text": "not here"}), "no item of own has this text"),
        ({"id": 7, "data": TOKENS, "annotations": 3}, "annotations is no list"),
        ({"id": 7, "data": {**TOKENS, "tokens": [""]}}, "tokens are not all words"),
    ],
)
def test_items_that_cannot_be_read_are_named(store: Store, tmp_path: Path, item: object, why: str) -> None:
    put(store, "ner")
    good = task_of({"text": "c d e"}, region(0, 3, "LOC"), completed_by={"email": "a@b"})
    path = tmp_path / "x.json"
    path.write_text(json.dumps([item, good]), "utf8")
    before = views.annotation_log(store, "own")
    with pytest.raises(StudioError, match=why):
        receive(store, path, "label-studio", "own")
    assert views.annotation_log(store, "own") == before
    done = receive(store, path, "label-studio", "own", skip_bad=True)
    assert done["people"] == {"a@b": 1}
    assert len(done["problems"]) == 1
    assert why.removeprefix("task 1: ").removeprefix("task 7: ") in done["problems"][0]
    assert views.annotations(store, "own")[3] == ("B-LOC", "I-LOC", "O")


def test_who_it_was_is_told_by_what_there_is(store: Store, tmp_path: Path) -> None:
    put(store, "topic")
    said = {"result": [{"type": "choices", "value": {"choices": ["sports"]}}]}
    people: list[dict[str, Any]] = [
        {"completed_by": 3}, {"completed_by": {"id": 4, "first_name": "Di", "last_name": "Xu"}},
        {"created_username": " Eve "}, {}, {"completed_by": {"email": "f@g"}, "was_cancelled": True},
    ]  # fmt: skip
    path = tmp_path / "x.json"
    item = {"data": {"text": "c d e"}, "annotations": [said | who for who in people], "predictions": [1]}
    path.write_text(json.dumps([item]), "utf8")
    done = receive(store, path, "label-studio", "own")
    assert done["people"] == {"label-studio 3": 1, "Di Xu": 1, "Eve": 1, "label-studio": 1}
    path.write_text(json.dumps([{"data": {"text": "x y"}}, {"data": {"text": "x y"}}]), "utf8")


def test_argilla_answers_to_another_question_and_drafts(store: Store, tmp_path: Path) -> None:
    put(store, "topic")
    said = [{"value": "sports", "user_id": "u1"}, {"value": "health", "user_id": "u2", "status": "draft"}]
    item = {"id": "a", "fields": {"text": "c d e"}, "responses": {"topic": said}}
    path = tmp_path / "x.json"
    path.write_text(json.dumps([item]), "utf8")
    assert receive(store, path, "argilla", "own")["people"] == {"u1": 1}
    assert views.annotations(store, "own")[3] == ("sports",)
    for wrong, why in (
        ({"responses": {"a": [], "b": []}}, "to 2 questions"),
        ({"responses": {"a": [{"value": [{"start": 1}]}]}}, "without a place"),
        ({"fields": {}}, "it has no text"),
    ):
        path.write_text(json.dumps([item | wrong]), "utf8")
        with pytest.raises(StudioError, match=why):
            receive(store, path, "argilla", "own")


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"[]", b"\xff\xfe", b"[" * 100_000, b"null"])
def test_a_file_that_is_no_list_is_refused(store: Store, tmp_path: Path, content: bytes) -> None:
    put(store, "topic")
    path = tmp_path / "x.json"
    path.write_bytes(content)
    for program in PROGRAMS:
        with pytest.raises(FormatError):
            receive(store, path, program, "own")
    with pytest.raises(UnknownName):
        receive(store, path, "doccano", "own")
    with pytest.raises(FormatError):
        receive(store, tmp_path / "none", "argilla", "own")
