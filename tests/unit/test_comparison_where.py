"""Which tokens a figure is about: every condition against plain lists, and through a link."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.comparison import CHANGES, GOLD, Comparison, Side, Where, changes, found, load, mask
from core.comparison.where import BINS, LENGTHS
from core.store import Store, facts
from core.types import Dataset, Instance, Prediction, Record
from tests.unit.plain_project import Plain, kind

Project = tuple[Store, str, str]
Row = tuple[int, str, str, str, str, float]
CASES: list[tuple[Where, Callable[[Row], bool]]] = [
    (Where(), lambda row: True),
    (Where(change="changed"), lambda row: row[3] != row[4]),
    (Where(change="same"), lambda row: row[3] == row[4]),
    *(
        (Where(change=name), lambda row, name=name: kind(*row[2:5]) == name)
        for name in CHANGES[1:4] + CHANGES[5:]
    ),
    (Where(before=1, after=0, change="fixed"), lambda row: row[3] != row[4] and row[3] == row[2]),
    (Where(right="NOUN"), lambda row: row[2] == "NOUN"),
    (Where(given={0: "NOUN", 1: "VERB"}), lambda row: row[3] == "NOUN" and row[4] == "VERB"),
    (Where(wrong="1"), lambda row: row[4] != row[2]),
    (Where(form="word3"), lambda row: row[1] == "word3"),
    (Where(bin=9), lambda row: row[5] > 0.9 - 1e-6),
    (
        Where(right="NOUN", change="broken", bin=8),
        lambda row: row[2] == "NOUN" and row[3] == row[2] != row[4] and 0.8 - 1e-6 < row[5] < 0.9 - 1e-6,
    ),
]


@pytest.fixture(scope="module")
def compared(generated: Project) -> Comparison:
    store, dataset, run = generated
    return load(store, dataset, [Side(run, "stage1"), Side(run, "stage2")], GOLD)


@pytest.mark.parametrize(("where", "passes"), CASES, ids=[str(where.table()) for where, _ in CASES])
def test_conditions(compared: Comparison, plain: Plain, where: Where, passes: Callable[[Row], bool]) -> None:
    expected = [passes(row) for row in plain.tokens()]
    assert list(mask(compared, where)) == expected
    assert any(expected)


def test_lengths(compared: Comparison, plain: Plain) -> None:
    for first, last in LENGTHS:
        expected = [first <= len(item.tokens) <= (last or 10**9) for item in plain.items.values()]
        passing = mask(compared, Where(length=first))
        assert list(found(compared, passing)[0]) == [
            p for p, ok in zip(plain.items, expected, strict=True) if ok
        ]


def test_the_sentences_are_those_with_a_token_that_passes(compared: Comparison, plain: Plain) -> None:
    expected = Counter(row[0] for row in plain.tokens() if row[2] == "ADV" and row[3] != row[2])
    positions, counts = found(compared, mask(compared, Where(right="ADV", wrong="0")))
    assert dict(zip(positions.tolist(), counts.tolist(), strict=True)) == expected


def test_changes_add_up(compared: Comparison) -> None:
    told = changes(compared)
    assert set(told) == set(CHANGES)
    parts = np.stack([told[name] for name in ("fixed", "broken", "moved", "same_right", "same_wrong")])
    assert (parts.sum(axis=0) == 1).all()
    assert ((told["fixed"] | told["broken"] | told["moved"]) == told["changed"]).all()


def test_against_nothing_only_changes_are_told(generated: Project) -> None:
    store, dataset, run = generated
    without = load(store, dataset, [Side(run, "stage1"), Side(run, "stage2")])
    assert set(changes(without)) == {"changed", "same"}
    for where in (Where(change="fixed"), Where(right="NOUN"), Where(wrong="0")):
        assert not mask(without, where).any()


@pytest.mark.parametrize(
    "where",
    [
        Where(after=5, change="changed"),
        Where(given={4: "NOUN"}),
        Where(given={0: "NOTHING"}),
        Where(wrong="9"),
        Where(wrong="x"),
        Where(form="never seen"),
        Where(length=3),
        Where(after=7, bin=1),
    ],
)
def test_what_is_not_there_passes_nothing(compared: Comparison, where: Where) -> None:
    assert not mask(compared, where).any()


def test_entity_types_stand_for_both_tags(store: Store) -> None:
    tags = ("B-PER", "I-PER", "O", "B-LOC")
    labels = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
    item = Record(Instance(0, "test", ("a", "b", "c", "d"), "a b c d"), tags)
    facts.add_dataset(store, Dataset("who", "Who", "hau", "ner", labels), [item])
    run = facts.add_import_run(store, "who", "x", stage1=[Prediction(0, tags)], stage2=None, meta={})
    one = load(store, "who", [Side(run, "stage1")], GOLD)
    assert list(mask(one, Where(right="PER"))) == [True, True, False, False]
    assert list(mask(one, Where(given={0: "B-PER"}))) == [True, False, False, False]


texts = st.text(max_size=8)
places = st.integers(0, 9)


@given(
    st.builds(
        Where,
        before=places,
        after=places,
        change=st.sampled_from(["", *CHANGES]),
        right=texts,
        given=st.dictionaries(places, texts, max_size=3),
        wrong=texts,
        form=texts,
        length=places,
        bin=st.integers(-1, BINS - 1),
    )
)
def test_it_comes_back_from_a_link(where: Where) -> None:
    assert Where.read(where.table()) == where


@given(st.dictionaries(st.sampled_from(["before", "bin", "change", "givenx", "given", "length"]), texts))
def test_nonsense_in_a_link_is_left_out(table: dict[str, str]) -> None:
    read = Where.read(table)
    assert read.change in ("", *CHANGES)
    assert min(read.before, read.after, read.length) >= 0
