"""The same label for the same word everywhere: shown first, one action, and humans' words left alone."""

from __future__ import annotations

import pytest

from core.annotators import history, repeating
from core.annotators.repeating import Spec
from core.errors import ConflictError, StudioError, UnknownName
from core.store import Store, facts, views
from core.store.views_people import partly_said
from core.tasks.ner import Ner
from tests.unit.annotators_project import BIO, RUN, project

pytestmark = pytest.mark.slow

ROWS = [("og so Og", "A B A"), ("og nú", "B A"), ("so og ok", "A C A"), ("nú og", "A A")]
SURE = [(0.9, 0.9, 0.3), (0.6, 0.9), (0.9, 0.4, 0.9), (0.9, 0.8)]


def changes(store: Store, **told: object) -> list[tuple[int, int, str, str]]:
    found = repeating.preview(store, "d", RUN, "stage1", Spec(**told))  # type: ignore[arg-type]
    assert found.total == len(found.changes)
    assert found.items == len({row["id"] for row in found.changes})
    return [(row["id"], row["token"], row["before"], row["after"]) for row in found.changes]


def test_what_is_meant_by_form_label_pattern_and_confidence(store: Store) -> None:
    project(store, ROWS, sure=SURE)
    everywhere = [(0, 0, "A", "C"), (1, 0, "B", "C"), (3, 1, "A", "C")]
    assert changes(store, label="C", form="og") == everywhere
    assert changes(store, label="C", form="og", case=False) == sorted([*everywhere, (0, 2, "A", "C")])
    assert changes(store, label="C", how="form+label", form="og", label_before="A") == [
        (0, 0, "A", "C"),
        (3, 1, "A", "C"),
    ]
    assert changes(store, label="C", how="pattern", pattern="o[gk]") == [
        *everywhere[:2],
        (2, 2, "A", "C"),
        everywhere[2],
    ]
    assert changes(store, label="C", how="pattern", pattern="(?i)O.") == sorted(
        [*everywhere, (0, 2, "A", "C"), (2, 2, "A", "C")]
    )
    assert changes(store, label="A", how="confidence", form="og", threshold=0.5) == [(2, 1, "C", "A")]
    assert changes(store, label="C", form="og", origin=(0, 0)) == everywhere[1:]
    assert changes(store, label="C", form="o") == []


def test_a_change_is_shown_in_its_place(store: Store) -> None:
    project(store, [("a b c d e og f g h i j", " ".join("A" * 11))], sure=[[0.5] * 11])
    found = repeating.preview(
        store, "d", RUN, "stage1", {"label": "B", "how": "form", "form": "og", "case": True}
    )
    assert found.changes == [
        {
            "id": 0,
            "token": 5,
            "form": "og",
            "before": "A",
            "after": "B",
            "left": "b c d e",
            "right": "f g h i",
            "confidence": 0.5,
        }
    ]


def test_words_that_humans_labelled_stay_unless_told(store: Store) -> None:
    project(store, ROWS)
    facts.annotate(store, "d", 1, ["B", "A"], author="Anna")
    assert changes(store, label="C", form="og") == [(0, 0, "A", "C"), (3, 1, "A", "C")]
    told = repeating.preview(store, "d", RUN, "stage1", Spec("C", form="og"))
    assert told.message == "one that a human labelled stays as it is."
    assert (1, 0, "B", "C") in changes(store, label="C", form="og", human=True)
    facts.annotate(store, "d", 1, None, author="Anna", action="undo")
    assert (1, 0, "B", "C") in changes(store, label="C", form="og")


def test_it_is_one_action_and_says_nothing_of_the_other_words(store: Store) -> None:
    project(store, ROWS)
    spec = Spec("C", form="og", origin=(0, 0))
    done = repeating.apply(store, "d", RUN, "stage1", spec, "Anna", 2)
    assert (done.n, done.items, done.positions) == (2, 2, (1, 3))
    assert views.annotations(store, "d") == {1: ("C", "A"), 3: ("A", "C")}
    assert partly_said(store, "d") == {1: {0: "C"}, 3: {1: "C"}}
    assert partly_said(store, "d", [3]) == {3: {1: "C"}}
    rows = views.annotation_log(store, "d")
    assert {(row["action"], row["batch"], row["run_id"], row["comment"]) for row in rows} == {
        ("repeat", done.batch, RUN, "every 'og' is C")
    }
    assert changes(store, label="C", form="og", origin=(0, 0)) == []
    # A word of the same sentences that nobody labelled can still be changed.
    again = repeating.apply(store, "d", RUN, "stage1", Spec("B", form="nú"), "Ben")
    assert partly_said(store, "d") == {1: {0: "C", 1: "B"}, 3: {0: "B", 1: "C"}}
    facts.annotate(store, "d", 1, ["C", "C"], author="Anna")
    assert partly_said(store, "d") == {3: {0: "B", 1: "C"}}
    undone = history.undo_batch(store, done.batch, "Anna")
    assert (undone.n, undone.skipped) == (1, {1: "Anna labelled this item since."})
    assert partly_said(store, "d") == {3: {0: "B"}}
    assert history.undo_batch(store, again.batch, "Ben").n == 1
    assert views.annotations(store, "d") == {1: ("C", "C")}
    redone = history.undo_batch(store, undone.batch, "Anna")
    assert (redone.n, partly_said(store, "d")) == (1, {3: {1: "C"}})


def test_what_the_preview_did_not_show_is_not_done(store: Store) -> None:
    project(store, ROWS)
    facts.annotate(store, "d", 1, ["B", "A"], author="Ben")
    with pytest.raises(ConflictError, match="2 labels would change now, not 3"):
        repeating.apply(store, "d", RUN, "stage1", Spec("C", form="og"), "Anna", 3)
    assert len(views.annotation_log(store, "d")) == 1
    none = repeating.apply(store, "d", RUN, "stage1", Spec("C", form="none"), "Anna", 0)
    assert (none.batch, none.n) == ("", 0)


def test_nonsense_is_refused(store: Store) -> None:
    project(store, ROWS)
    with pytest.raises(UnknownName, match="label 'Z'"):
        changes(store, label="Z", form="og")
    with pytest.raises(UnknownName, match="way to repeat"):
        changes(store, label="A", how="guess")
    with pytest.raises(StudioError, match="is no pattern"):
        changes(store, label="A", how="pattern", pattern="(")
    with pytest.raises(StudioError, match="there is no pattern"):
        changes(store, label="A", how="pattern")
    with pytest.raises(StudioError, match="longer than 500"):
        changes(store, label="A", how="pattern", pattern="a" * 501)
    with pytest.raises(StudioError, match="not a number"):
        repeating.preview(store, "d", RUN, "stage1", {"label": "A", "threshold": "high"})


def test_a_pattern_that_takes_others_for_ever_takes_no_time(store: Store) -> None:
    project(store, [("a" * 5000 + "b", "A")])
    assert changes(store, label="B", how="pattern", pattern="(a*)*c") == []


NAMES = [
    ("Jón Páll kom", "B-PER I-PER O"),
    ("Páll og Jón", "B-PER O B-PER"),
    ("í Páll Jón", "O B-PER I-PER"),
]


def test_entities_stay_legal(store: Store) -> None:
    project(store, NAMES, labels=BIO, task="ner")
    found = repeating.preview(store, "d", RUN, "stage1", Spec("LOC", form="Páll"))
    assert [row["after"] for row in found.changes] == ["B-LOC"] * 3
    done = repeating.apply(store, "d", RUN, "stage1", Spec("LOC", form="Páll"), "Anna", 3)
    labels = views.annotations(store, "d")
    assert labels == {
        0: ("B-PER", "B-LOC", "O"),
        1: ("B-LOC", "O", "B-PER"),
        2: ("O", "B-LOC", "B-PER"),
    }
    assert not any(Ner().check(given, BIO) for given in labels.values())
    history.undo_batch(store, done.batch, "Anna")
    assert views.annotations(store, "d") == {}
    inside = repeating.preview(store, "d", RUN, "stage1", Spec("I-LOC", form="Páll"))
    assert [row["after"] for row in inside.changes] == ["B-LOC"] * 3


def test_an_entity_that_a_human_labelled_is_not_cut_in_two(store: Store) -> None:
    project(store, NAMES, labels=BIO, task="ner")
    repeating.apply(store, "d", RUN, "stage1", Spec("I-PER", form="Jón", human=True), "Anna")
    facts.annotate(store, "d", 0, ["B-PER", "I-PER", "O"], author="Anna")
    found = repeating.preview(store, "d", RUN, "stage1", Spec("O", form="Páll"))
    assert [row["id"] for row in found.changes] == [1, 2]
    told = repeating.preview(store, "d", RUN, "stage1", Spec("O", form="Páll", human=True))
    assert [row["id"] for row in told.changes] == [0, 1, 2]


def test_whole_items_by_their_text(store: Store) -> None:
    project(store, [("same", "A"), ("other", "A"), ("same", "B")], task="topic")
    assert changes(store, label="C", form="same") == [(0, 0, "A", "C"), (2, 0, "B", "C")]
    assert repeating.apply(store, "d", RUN, "stage1", Spec("C", form="same"), "Anna").n == 2
    assert views.annotations(store, "d") == {0: ("C",), 2: ("C",)}


def test_without_a_run_only_what_humans_said_can_change(store: Store) -> None:
    project(store, ROWS)
    facts.annotate(store, "d", 0, ["A", "B", "A"], author="Anna")
    assert repeating.preview(store, "d", "", "", Spec("C", form="og")).total == 0
    assert repeating.preview(store, "d", "", "", Spec("C", form="og", human=True)).total == 1


def test_what_was_said_of_one_word_moves_with_it(store: Store) -> None:
    project(store, [("og so nú", "A B A"), ("og", "A")])
    done = repeating.apply(store, "d", RUN, "stage1", Spec("C", form="nú"), "Anna")
    facts.retokenize(store, "d", 0, 0, 0, ["o", "g"], author="Ben")
    assert partly_said(store, "d") == {0: {3: "C"}}
    undone = history.undo_batch(store, done.batch, "Anna")
    assert (undone.n, undone.skipped) == (0, {0: "the words were split anew since."})
    facts.undo_tokenization(store, "d", 0, author="Ben")
    assert partly_said(store, "d") == {0: {2: "C"}}
    assert history.undo_batch(store, done.batch, "Anna").n == 1
    assert views.annotations(store, "d") == {}
