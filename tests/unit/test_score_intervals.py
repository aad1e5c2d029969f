"""Intervals of scores: the scores themselves, their spread, and two stages on the same draws."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest

from core.evaluation import evaluate
from core.guessing import floor
from core.intervals import Interval
from core.score_intervals import differences, intervals, tallies
from core.types import Labels, TaskName

POS = ("NOUN", "VERB", "X", "PUNCT")
NER = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


ODD = ("O", "B-PER", "I-PER", "I-LOC", "S-X", "E-X", "X", "B", "I", ".", "B--x", "I-", "")
"""Tags nobody should meet, which are scored all the same."""


def drawn(names: Sequence[str], n: int, right: float, seed: int = 0) -> tuple[list[Labels], list[Labels]]:
    """Gold labels and others that agree with them so often."""
    dice = random.Random(seed)
    gold = [tuple(dice.choice(names) for _ in range(dice.randint(1, 9))) for _ in range(n)]
    noisy = [tuple(tag if dice.random() < right else dice.choice(names) for tag in tags) for tags in gold]
    return gold, noisy


@pytest.mark.parametrize(
    ("task", "names"),
    [("pos", POS), ("pos", ODD), ("ner", NER), ("ner", ODD), ("topic", ("a", "b")), ("nli", ("a", ""))],
)
def test_the_figures_are_those_of_the_evaluation(task: TaskName, names: Sequence[str]) -> None:
    gold, noisy = drawn(names, 60, 0.7)
    if task in {"topic", "nli"}:
        gold, noisy = [tags[:1] for tags in gold], [tags[:1] for tags in noisy]
    found = intervals(tallies(task, gold, noisy), draws=200)
    expected = evaluate(task, gold, noisy)
    assert {name: item.value for name, item in found.items()} == pytest.approx(expected)
    assert all(item.low <= item.value <= item.high for item in found.values())


def test_one_column_is_the_plain_bootstrap_over_sentences() -> None:
    gold, noisy = drawn(POS, 80, 0.6)
    found = intervals(tallies("pos", gold, noisy), draws=2000, seed=3)["token_accuracy"]
    right = np.array(
        [sum(a == b for a, b in zip(*pair, strict=True)) for pair in zip(gold, noisy, strict=True)]
    )
    sizes = np.array([len(tags) for tags in gold])
    dice = np.random.default_rng(11)
    rows = dice.integers(0, 80, size=(2000, 80))
    low, high = np.quantile(right[rows].sum(axis=1) / sizes[rows].sum(axis=1), [0.025, 0.975])
    assert found.low == pytest.approx(low, abs=0.01)
    assert found.high == pytest.approx(high, abs=0.01)


def test_tokens_of_a_sentence_are_not_drawn_apart() -> None:
    """Sentences wholly right or wholly wrong: as uncertain as so many sentences, not as so many tokens."""
    gold = [("NOUN",) * 20 for _ in range(40)]
    noisy = [("NOUN",) * 20 if place % 2 else ("VERB",) * 20 for place in range(40)]
    found = intervals(tallies("pos", gold, noisy))["token_accuracy"]
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.5 / 40**0.5, abs=0.04)


def test_the_same_seed_gives_the_same_interval() -> None:
    found = tallies("pos", *drawn(POS, 30, 0.5))
    assert intervals(found, seed=1) == intervals(found, seed=1)
    assert intervals(found, seed=1) != intervals(found, seed=2)


def test_a_paired_difference_is_narrower_than_two_intervals() -> None:
    gold, noisy = drawn(POS, 200, 0.6)
    better = [
        mine if place % 4 == 0 else tags for place, (mine, tags) in enumerate(zip(gold, noisy, strict=True))
    ]
    before, after = tallies("pos", gold, noisy), tallies("pos", gold, better)
    gain = differences(before, after)["token_accuracy"]
    one = intervals(before)["token_accuracy"]
    assert 0 < gain.low < gain.value < gain.high
    assert gain.high - gain.low < one.high - one.low


def test_nothing_changed_is_exactly_nothing() -> None:
    found = tallies("ner", *drawn(NER, 25, 0.8))
    assert set(differences(found, found).values()) == {Interval(0.0, 0.0, 0.0)}


def test_without_sentences_there_is_nothing() -> None:
    assert tallies("pos", [], []) == {}
    assert intervals({}) == {}


def test_no_spans_at_all_is_a_zero_not_an_error() -> None:
    found = intervals(tallies("ner", [("O", "O")] * 3, [("O", "O")] * 3), draws=20)
    assert found["macro_f1"] == Interval(0.0, 0.0, 0.0)
    assert found["span_f1"] == Interval(0.0, 0.0, 0.0)


def test_the_floor_of_accuracy_and_of_macro_f1() -> None:
    gold = {"A": 6, "B": 3, "C": 1}
    assert floor("accuracy", gold, 4) == pytest.approx(floor("token_accuracy", gold, 4))
    found = floor("accuracy", gold, 4)
    assert found is not None
    assert (found.label, found.majority, found.chance) == ("A", 0.6, 0.25)
    always = evaluate("topic", [(x,) for x, n in gold.items() for _ in range(n)], [("A",)] * 10)
    macro = floor("macro_f1", gold, 3)
    assert macro is not None
    assert macro.majority == pytest.approx(always["macro_f1"])
    assert 0 < macro.chance < 1 / 3


def test_spans_and_nothing_have_no_floor() -> None:
    assert floor("span_f1", {"O": 3}, 3) is None
    assert floor("accuracy", {}, 3) is None
