"""The sides of a comparison on the same sentences and in the same numbers, against plain lists."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core import comparison
from core.comparison import GOLD, HUMAN, Comparison, Side, Where, load, mask
from core.comparison.sides import NO_LABEL
from core.errors import StudioError, UnknownName
from core.evaluation import evaluate
from core.store import Store, facts, views
from core.types import Dataset, Instance, Prediction, Record
from tests.unit.plain_project import Plain

Project = tuple[Store, str, str]
WORDS = (("the", "cat"), ("a", "dog", "ran"), ("so",), ("they", "sat"))
RIGHT = (("D", "N"), ("D", "N", "V"), ("R",), ("P", "V"))


@pytest.fixture
def small(store: Store) -> Project:
    """Four sentences; the run labelled three of them in stage 1 and all in stage 2, one label of its own."""
    items = [
        Record(Instance(p, "test", words, " ".join(words)), right)
        for p, (words, right) in enumerate(zip(WORDS, RIGHT, strict=True))
    ]
    facts.add_dataset(store, Dataset("small", "Small", "fao", "pos", ("N", "V", "D", "P", "R")), items)
    one = [Prediction(0, ("D", "V"), (0.5, 0.25)), Prediction(1, ("D", "N", "N")), Prediction(3, ("P", "V"))]
    two = [
        Prediction(p, labels) for p, labels in enumerate((("D", "N"), ("P", "N", "N"), ("ODD",), ("P", "V")))
    ]
    return store, "small", facts.add_import_run(store, "small", "x", stage1=one, stage2=two, meta={})


def names(compared: Comparison, side: int) -> list[str]:
    return [compared.labels[code] for code in compared.given[side]]


def test_all_is_as_the_predictions_say(generated: Project, plain: Plain) -> None:
    store, dataset, run = generated
    compared = load(store, dataset, [Side(run, "stage1"), Side(run, "stage2")], GOLD)
    rows = list(plain.tokens())
    assert compared.n_sentences == len(plain.items)
    assert [int(compared.positions[owner]) for owner in compared.owners] == [row[0] for row in rows]
    assert [compared.forms[word] for word in compared.words] == [row[1] for row in rows]
    assert compared.reference is not None
    assert [compared.labels[code] for code in compared.reference] == [row[2] for row in rows]
    assert names(compared, 0) == [row[3] for row in rows]
    assert names(compared, 1) == [row[4] for row in rows]
    assert compared.sure[1] is not None
    assert compared.sure[1] == pytest.approx([row[5] for row in rows])
    assert list(np.diff(compared.offsets)) == [len(item.tokens) for item in plain.items.values()]
    assert compared.missing == (0, 0)


def test_only_sentences_that_all_sides_have_are_compared(small: Project) -> None:
    store, dataset, run = small
    compared = load(store, dataset, [Side(run, "stage1"), Side(run, "stage2")], GOLD)
    assert list(compared.positions) == [0, 1, 3]
    assert list(compared.owners) == [0, 0, 1, 1, 1, 2, 2]
    assert compared.missing == (0, 1)
    assert names(compared, 1) == ["D", "N", "P", "N", "N", "P", "V"]
    assert compared.labels == ("N", "V", "D", "P", "R", "ODD")


def test_a_sentence_without_confidence_has_none(small: Project) -> None:
    store, dataset, run = small
    compared = load(store, dataset, [Side(run, "stage1"), Side(run, "stage2")])
    assert compared.sure[1] is None
    assert compared.sure[0] is not None
    assert list(compared.sure[0][:2]) == [0.5, 0.25]
    assert np.isnan(compared.sure[0][2:]).all()
    assert compared.reference is None


def test_what_humans_say_is_a_side_and_something_to_be_held_against(small: Project) -> None:
    store, dataset, run = small
    facts.annotate(store, dataset, 3, ("P", "N"), author="a")
    facts.annotate(store, dataset, 1, ("D", "N", "V"), author="a")
    facts.annotate(store, dataset, 1, ("D", "D", "V"), author="b", expected_version=1)
    compared = load(store, dataset, [Side(run, "stage2"), Side("", HUMAN)])
    assert list(compared.positions) == [1, 3]
    assert names(compared, 1) == ["D", "D", "V", "P", "N"]
    held = load(store, dataset, [Side(run, "stage2")], HUMAN)
    assert held.reference is not None
    said = [held.labels[code] if code >= 0 else None for code in held.reference]
    assert said == [None, None, "D", "D", "V", None, "P", "N"]


def test_texts_with_one_label_have_it_as_their_word(store: Store) -> None:
    items = [Record(Instance(p, "test", (), f"text {p}"), ("a",)) for p in range(2)]
    facts.add_dataset(store, Dataset("news", "News", "fao", "topic", ("a", "b")), items)
    run = facts.add_import_run(
        store, "news", "x", stage1=[Prediction(p, ("b",)) for p in range(2)], stage2=None, meta={}
    )
    compared = load(store, "news", [Side(run, "stage1")], GOLD)
    assert [compared.forms[word] for word in compared.words] == ["text 0", "text 1"]
    assert compared.n_tokens == compared.n_sentences == 2


@pytest.mark.parametrize("text", ["0123@stage2", "human"])
def test_a_side_is_read_as_it_is_written(text: str) -> None:
    assert str(Side.read(text)) == text


@pytest.mark.parametrize(
    ("sides", "against", "message"),
    [
        (lambda run: [], "", "0 labelings"),
        (lambda run: [Side(run, f"stage{n}") for n in range(7)], "", "7 labelings"),
        (lambda run: [Side(run, "stage1")] * 2, "", "with itself"),
        (lambda run: [Side(run, "stage9")], "", "no labels"),
        (lambda run: [Side("", HUMAN)], "", "human has no labels"),
        (lambda run: [Side(run, "stage1")], HUMAN, "no corrected sentences"),
        (lambda run: [Side("other/gold", "gold")], "", "not one of Small"),
    ],
)
def test_what_cannot_be_compared_is_said(
    small: Project, sides: Callable[[str], list[Side]], against: str, message: str
) -> None:
    store, dataset, run = small
    facts.add_dataset(
        store,
        Dataset("other", "Other", "fao", "pos", ("N",)),
        [Record(Instance(0, "test", ("x",), "x"), ("N",))],
    )
    with pytest.raises(StudioError, match=message):
        load(store, dataset, sides(run), against)


def test_runs_without_a_sentence_in_common(store: Store) -> None:
    items = [Record(Instance(p, "test", ("x",), "x")) for p in range(2)]
    facts.add_dataset(store, Dataset("two", "Two", "fao", "pos", ("N",)), items)
    runs = [
        facts.add_import_run(store, "two", name, stage1=[Prediction(p, ("N",))], stage2=None, meta={})
        for p, name in enumerate(("first", "second"))
    ]
    with pytest.raises(StudioError, match="no sentence in common"):
        load(store, "two", [Side(run, "stage1") for run in runs])
    with pytest.raises(StudioError, match="no gold labels"):
        load(store, "two", [Side(runs[0], "stage1")], GOLD)


def test_names_that_are_not_there(small: Project) -> None:
    store, dataset, _ = small
    with pytest.raises(UnknownName):
        load(store, "nothing", [Side("x", "stage1")])
    with pytest.raises(UnknownName):
        load(store, dataset, [Side("x", "stage1")])


def test_the_split_of_every_sentence(generated: Project, plain: Plain) -> None:
    store, dataset, _ = generated
    found = views.split_column(store, dataset)
    assert [found.names[code] for code in found.codes] == [item.split for item in plain.items.values()]


def test_an_empty_label_can_be_named_and_is_no_label_of_a_score(store: Store) -> None:
    items = [Record(Instance(p, "test", (), f"text {p}"), (label,)) for p, label in enumerate("aabb")]
    facts.add_dataset(store, Dataset("news", "News", "fao", "topic", ("a", "b")), items)
    labels = ("a", "", "", "b")
    stage = [Prediction(p, (label,), outcome="ok" if label else "refused") for p, label in enumerate(labels)]
    run = facts.add_import_run(store, "news", "x", stage1=stage, stage2=None, meta={})
    compared = load(store, "news", [Side(run, "stage1")], GOLD)
    assert names(compared, 0) == ["a", NO_LABEL, NO_LABEL, "b"]
    assert compared.stored_labels == ("a", "b", "")
    expected = evaluate("topic", [("a",), ("a",), ("b",), ("b",)], [(label,) for label in labels])
    assert comparison.scores(compared, 0) == pytest.approx(expected)
    assert mask(compared, Where.read(Where(given={0: NO_LABEL}).table())).tolist() == [
        False,
        True,
        True,
        False,
    ]
