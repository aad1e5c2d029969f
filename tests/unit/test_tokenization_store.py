"""Changed words in the workspace: a log that grows, labels that go along, undo and redo."""

from __future__ import annotations

import pytest

from core.errors import ConflictError, StudioError, UnknownName
from core.store import Store, facts, views
from core.tokenization import Tokens
from core.types import Dataset, Instance, Record

pytestmark = pytest.mark.slow

POS = Dataset("d", "Data", "gsw", "pos", ("ADP", "DET", "NOUN"))
SPLIT = Tokens(1, ("zu", "m", "Huus"), (0, 0, 1), (0, 0, 1))


@pytest.fixture
def d(store: Store) -> Store:
    rows = (Record(Instance(n, "test", ("zum", "Huus"), "zum Huus"), ("ADP", "NOUN")) for n in range(3))
    facts.add_dataset(store, POS, rows)
    topic = [Record(Instance(0, "test", (), "text"))]
    facts.add_dataset(store, Dataset("t", "T", "gsw", "topic", ("x",)), topic)
    return store


def split(store: Store, position: int = 0, **more: int) -> int:
    return facts.retokenize(store, "d", position, 0, 0, ["zu", "m"], author="Anna", **more)


def now(store: Store, position: int = 0) -> Tokens:
    return views.tokens_now(store, "d", [position])[position]


def test_only_what_was_changed_has_a_tokenisation(d: Store) -> None:
    assert views.tokens_now(d, "d", [0, 1, 2]) == {}
    assert split(d, expected_version=0) == 1
    assert views.tokens_now(d, "d", [0, 1, 2, 99]) == {0: SPLIT}
    assert list(views.edited(d, "d")) == [0]
    assert views.edited(d, "t") == {}


def test_the_log_says_who_did_what(d: Store) -> None:
    split(d)
    facts.retokenize(d, "d", 0, 1, 2, ["mHuus"], author="Beat")
    facts.retokenize(d, "d", 1, 1, 1, ["Haus"], author="Beat")
    log = views.tokenization_log(d, "d")
    assert [(row["position"], row["version"], row["author"], row["action"]) for row in log] == [
        (0, 1, "Anna", "split"),
        (0, 2, "Beat", "merge"),
        (1, 1, "Beat", "respell"),
    ]
    assert len(views.tokenization_log(d, "d", 1)) == 1


def test_two_who_change_the_same_words_are_told(d: Store) -> None:
    split(d, expected_version=0)
    with pytest.raises(ConflictError, match="version 1"):
        split(d, expected_version=0)
    with pytest.raises(ConflictError, match="version 1"):
        facts.undo_tokenization(d, "d", 0, author="Beat", expected_version=0)
    assert now(d) == SPLIT


def test_what_has_no_words_cannot_be_split(d: Store) -> None:
    with pytest.raises(StudioError, match="labelled as a whole"):
        facts.retokenize(d, "t", 0, 0, 0, ["x"], author="Anna")
    with pytest.raises(StudioError, match="no item 7"):
        split(d, 7)
    with pytest.raises(UnknownName):
        facts.retokenize(d, "nowhere", 0, 0, 0, ["x"], author="Anna")
    assert views.tokenization_log(d, "d") == []


def test_labels_go_along_in_every_layer(d: Store) -> None:
    facts.annotate(d, "d", 0, ["ADP", "NOUN"], author="Anna")
    facts.annotate(d, "d", 0, ["DET", "NOUN"], author="Anna", layer=facts.by("Anna"))
    facts.annotate(d, "d", 0, ["DET", "DET"], author="Beat", layer=facts.by("Beat"))
    facts.annotate(d, "d", 0, ["ADP", "ADP"], author="Beat", layer=facts.BLIND)
    split(d)
    said = {
        layer: views.annotations(d, "d", layer=layer)[0]
        for layer in (facts.LAYER, facts.by("Anna"), facts.by("Beat"), facts.BLIND)
    }
    assert said == {
        facts.LAYER: ("ADP", "ADP", "NOUN"),
        facts.by("Anna"): ("DET", "DET", "NOUN"),
        facts.by("Beat"): ("", "", "DET"),
        facts.BLIND: ("", "", "ADP"),
    }
    row = views.annotation_log(d, "d", 0)[-1]
    assert (row["action"], row["author"], row["version"]) == (facts.CARRIED, "Anna", 2)
    assert (row["labels_before"], row["labels_after"]) == (["ADP", "NOUN"], ["ADP", "ADP", "NOUN"])
    facts.annotate(d, "d", 0, ["ADP", "DET", "NOUN"], author="Anna", expected_version=2)
    with pytest.raises(StudioError, match="needs 3 labels"):
        facts.annotate(d, "d", 0, ["ADP", "NOUN"], author="Anna")


def test_what_nobody_said_is_not_made_up(d: Store) -> None:
    split(d)
    assert views.annotations(d, "d") == {}
    facts.annotate(d, "d", 0, ["ADP", "DET", "NOUN"], author="Anna")
    facts.annotate(d, "d", 0, None, author="Anna", action="undo")
    facts.undo_tokenization(d, "d", 0, author="Anna")
    assert views.annotations(d, "d") == {}


def test_undo_brings_untouched_labels_back_as_they_were(d: Store) -> None:
    facts.annotate(d, "d", 0, ["ADP", "NOUN"], author="Anna")
    facts.annotate(d, "d", 0, ["DET", "DET"], author="Beat", layer=facts.BLIND)
    facts.retokenize(d, "d", 0, 0, 1, ["zumHuus"], author="Anna")
    assert views.annotations(d, "d") == {0: ("ADP",)}
    assert facts.undo_tokenization(d, "d", 0, author="Anna", expected_version=1) == 2
    assert views.annotations(d, "d") == {0: ("ADP", "NOUN")}
    assert views.annotations(d, "d", layer=facts.BLIND) == {0: ("DET", "DET")}
    last = views.annotation_log(d, "d", 0)[-1]
    assert last["reverts"] == views.annotation_log(d, "d", 0)[-2]["id"]
    assert facts.redo_tokenization(d, "d", 0, author="Anna") == 3
    assert views.annotations(d, "d") == {0: ("ADP",)}
    assert now(d).tokens == ("zumHuus",)


def test_undo_keeps_what_was_said_since(d: Store) -> None:
    facts.annotate(d, "d", 0, ["ADP", "NOUN"], author="Anna")
    split(d)
    facts.annotate(d, "d", 0, ["ADP", "DET", "DET"], author="Beat")
    facts.undo_tokenization(d, "d", 0, author="Anna")
    assert views.annotations(d, "d") == {0: ("ADP", "DET")}, "the second word's is Beat's, of after the split"


def test_undo_and_redo_go_all_the_way_and_a_new_change_ends_redo(d: Store) -> None:
    def undo() -> tuple[str, ...]:
        facts.undo_tokenization(d, "d", 0, author="Anna")
        return now(d).tokens

    def redo() -> tuple[str, ...]:
        facts.redo_tokenization(d, "d", 0, author="Anna")
        return now(d).tokens

    split(d)
    facts.retokenize(d, "d", 0, 2, 2, ["Hu", "us"], author="Anna")
    facts.retokenize(d, "d", 0, 1, 1, ["em"], author="Anna")
    assert undo() == ("zu", "m", "Hu", "us")
    assert undo() == ("zu", "m", "Huus")
    assert redo() == ("zu", "m", "Hu", "us")
    assert undo() == ("zu", "m", "Huus")
    assert undo() == ("zum", "Huus")
    with pytest.raises(StudioError, match="to undo"):
        undo()
    assert [redo(), redo(), redo()] == [
        ("zu", "m", "Huus"),
        ("zu", "m", "Hu", "us"),
        ("zu", "em", "Hu", "us"),
    ]
    with pytest.raises(StudioError, match="to redo"):
        redo()
    undo()
    facts.retokenize(d, "d", 0, 0, 0, ["z"], author="Anna")
    with pytest.raises(StudioError, match="to redo"):
        redo()
    versions = [row["version"] for row in views.tokenization_log(d, "d", 0)]
    assert versions == list(range(1, len(versions) + 1)), "nothing is ever overwritten"


def test_the_words_go_with_the_data_set(d: Store) -> None:
    split(d)
    facts.delete_dataset(d, "d")
    facts.add_dataset(d, POS, [Record(Instance(0, "test", ("zum",), "zum"), ("ADP",))])
    assert views.tokens_now(d, "d", [0]) == {}
