"""Differences by label, length, confidence and word, against counting by hand and drawing one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import numpy as np
import pandas as pd
import pytest
from seqeval.metrics import classification_report
from sklearn.metrics import f1_score

from core.comparison import (
    Comparison,
    by_confidence,
    by_form,
    by_label,
    by_length,
    mask,
    where_of,
)
from core.comparison.slices import COLUMNS, FEW
from core.comparison.where import LENGTHS, bins
from core.types import Labels
from tests.small_comparison import NER, POS, comparison, drawn, each, flat, noisy

WORDS = tuple("abcdefghij")
PARTS: dict[str, Callable[[Comparison], pd.DataFrame]] = {
    "labels": by_label,
    "lengths": by_length,
    "confidence": by_confidence,
    "words": by_form,
}


def made(names: Sequence[str] = POS, n: int = 150, longest: int = 30) -> Comparison:
    gold = drawn(names, n, longest=longest)
    before, after = noisy(gold, names, 0.6, 1), noisy(gold, names, 0.75, 2)
    dice = np.random.default_rng(3)
    words = [tuple(WORDS[word] for word in dice.integers(0, len(WORDS), len(row))) for row in gold]
    sure = [tuple(float(value) for value in dice.beta(5, 2, len(row))) for row in gold]
    return comparison("ner" if names == NER else "pos", gold, before, after, words=words, sure=[None, sure])


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("names", [POS, NER])
def test_every_row_says_what_its_tokens_say(part: str, names: tuple[str, ...]) -> None:
    compared = made(names)
    frame = PARTS[part](compared)
    assert set(COLUMNS) <= set(frame)
    assert frame.n.sum() == compared.n_tokens
    right = compared.reference
    was, now = compared.given[0] == right, compared.given[1] == right
    for row in each(frame):
        inside = mask(compared, where_of(part, row.key))
        assert row.n == inside.sum()
        assert row.changed == (compared.given[0] != compared.given[1])[inside].sum()
        assert (row.fixed, row.broken) == ((now & ~was & inside).sum(), (was & ~now & inside).sum())
        assert row.before == pytest.approx(was[inside].mean())
        assert row.after == pytest.approx(now[inside].mean())
        assert row.gain == pytest.approx(row.after - row.before)
        sentences = len(np.unique(compared.owners[inside]))
        assert np.isnan(row.low) == np.isnan(row.high) == (sentences < FEW)
        assert np.isnan(row.low) or row.low <= row.gain <= row.high


@pytest.mark.parametrize("part", PARTS)
def test_the_interval_is_that_of_drawing_sentences_one_by_one(part: str) -> None:
    compared = made(n=300)
    right = compared.reference
    step = (compared.given[1] == right).astype(int) - (compared.given[0] == right)
    n = compared.n_sentences
    rows = np.random.default_rng(9).integers(0, n, (4000, n))
    checked = 0
    for row in each(PARTS[part](compared)):
        inside = mask(compared, where_of(part, row.key))
        size = np.bincount(compared.owners[inside], minlength=n)
        net = np.bincount(compared.owners[inside], step[inside], minlength=n)
        if (size > 0).sum() < 30:
            continue
        low, high = np.quantile(net[rows].sum(axis=1) / size[rows].sum(axis=1), [0.025, 0.975])
        width = high - low
        assert row.low == pytest.approx(low, abs=0.12 * width)
        assert row.high == pytest.approx(high, abs=0.12 * width)
        checked += 1
    assert checked >= 3


def test_the_same_comparison_has_the_same_intervals() -> None:
    compared = made()
    assert by_label(compared).equals(by_label(compared))


def test_f1_of_each_label_is_that_of_scikit_learn() -> None:
    compared = made()
    names = list(compared.labels)
    frame = by_label(compared).set_index("group")
    gold = [names[code] for code in compared.reference]  # type: ignore[union-attr]
    for side, column in enumerate(("f1_before", "f1_after")):
        given = [names[code] for code in compared.given[side]]
        expected = f1_score(gold, given, labels=list(frame.index), average=None)
        assert frame[column].tolist() == pytest.approx(expected.tolist())


def test_entities_are_told_by_type_with_the_f1_of_seqeval() -> None:
    gold = drawn(NER, 200)
    sides = [noisy(gold, NER, 0.7, 1), noisy(gold, NER, 0.9, 2)]
    frame = by_label(comparison("ner", gold, *sides)).set_index("group")
    assert set(frame.index) == {"O", "PER", "LOC"}
    for side, column in zip(sides, ("f1_before", "f1_after"), strict=True):
        report = classification_report(
            [list(row) for row in gold], [list(row) for row in side], output_dict=True
        )
        for kind in ("PER", "LOC"):
            assert frame[column][kind] == pytest.approx(report[kind]["f1-score"])
    assert frame[["f1_before", "f1_after"]].loc["O"].isna().all()


def test_lengths_and_bins_are_named_for_what_they_hold() -> None:
    rows: list[Labels] = [("A",) * size for size in (1, 5, 6, 20, 21, 41, 100)]
    found = by_length(comparison("pos", rows, rows, rows))
    assert found.group.tolist() == ["1-5", "6-10", "11-20", "21-40", "41+"]
    assert found.key.tolist() == [first for first, _ in LENGTHS]
    assert found.n.tolist() == [6, 6, 20, 21, 141]
    sure = by_confidence(made())
    assert sure.group.tolist() == [f"{key / 10:.1f}-{(key + 1) / 10:.1f}" for key in sure.key]


def test_a_side_that_says_nothing_of_its_confidence_has_no_rows() -> None:
    compared = made()
    assert bins(compared, 0) is None
    found = by_confidence(compared, 1, 0)
    assert list(found) == list(COLUMNS)
    assert not len(found)


def test_words_are_ordered_by_what_became_of_them() -> None:
    gold: list[Labels] = [("A", "A", "A", "A", "A")]
    words: list[Labels] = [("rare", "rare", "swap", "swap", "often")]
    before: list[Labels] = [("B", "B", "A", "B", "A")]
    after: list[Labels] = [("A", "A", "B", "A", "A")]
    found = by_form(comparison("pos", gold, before, after, words=words))
    assert found.group.tolist() == ["rare", "swap", "often"]
    assert found.fixed.tolist() == [2, 1, 0]
    assert by_form(comparison("pos", gold, before, after, words=words), limit=1).group.tolist() == ["rare"]


@pytest.mark.parametrize("part", PARTS)
def test_without_a_reference_only_what_changed_is_told(part: str) -> None:
    gold = drawn(POS, 50)
    sure = [tuple(0.5 for _ in row) for row in gold]
    compared = comparison("pos", None, gold, noisy(gold, POS, 0.5, 1), sure=[None, sure])
    found = PARTS[part](compared)
    assert found.n.sum() == compared.n_tokens
    assert found.changed.sum() == (compared.given[0] != compared.given[1]).sum()
    missing = [name for name in (*COLUMNS, "f1_before", "f1_after") if name in found]
    for name in set(missing) - {"group", "key", "n", "changed"}:
        assert found[name].isna().all(), name
    if part == "labels":
        expected = {name: flat(gold).count(name) for name in POS}
        assert dict(zip(found.group, found.n, strict=True)) == expected


@pytest.mark.parametrize("part", PARTS)
def test_only_judged_sentences_count(part: str) -> None:
    whole = made()
    gold = [
        tuple(whole.labels[code] for code in whole.reference[first:last])  # type: ignore[index]
        for first, last in zip(whole.offsets, whole.offsets[1:], strict=False)
    ]
    some: list[Labels | None] = [row if place < 20 else None for place, row in enumerate(gold)]
    before, after = (
        [
            tuple(whole.labels[code] for code in given[first:last])
            for first, last in zip(whole.offsets, whole.offsets[1:], strict=False)
        ]
        for given in whole.given
    )
    sizes = [len(row) for row in gold]
    ends = np.cumsum(sizes)
    words = [
        tuple(whole.forms[word] for word in whole.words[end - size : end])
        for size, end in zip(sizes, ends, strict=True)
    ]
    assert whole.sure[1] is not None
    sure = [tuple(map(float, whole.sure[1][end - size : end])) for size, end in zip(sizes, ends, strict=True)]
    judged = comparison("pos", some, before, after, words=words, sure=[None, sure])
    few = comparison("pos", gold[:20], before[:20], after[:20], words=words[:20], sure=[None, sure[:20]])
    there, here = PARTS[part](judged), PARTS[part](few)
    assert there.n.sum() == sum(sizes[:20]) == len(list(chain(*gold[:20])))
    assert there.sort_values("group", ignore_index=True).equals(here.sort_values("group", ignore_index=True))
    nothing = comparison(
        "pos", [None] * 20, before[:20], after[:20], words=words[:20], sure=[None, sure[:20]]
    )
    assert not len(PARTS[part](nothing))
