"""Bootstrap intervals: what they are of, how often they hold, and that comparisons are paired."""

from __future__ import annotations

import numpy as np
import pytest

from core.evaluation import evaluate
from core.intervals import Interval, counts, difference, interval, score
from core.types import Labels, TaskName

GOLD: list[Labels] = [("B-PER", "I-PER", "O"), ("O", "B-LOC"), ("O",)]
FOUND: list[Labels] = [("B-PER", "O", "O"), ("O", "B-LOC"), ("B-ORG",)]


@pytest.mark.parametrize(
    ("task", "metric"), [("ner", "span_f1"), ("pos", "token_accuracy"), ("nli", "accuracy")]
)
def test_the_score_is_that_of_evaluation(task: TaskName, metric: str) -> None:
    gold = [row[:1] for row in GOLD] if task == "nli" else GOLD
    found = [row[:1] for row in FOUND] if task == "nli" else FOUND
    assert score(counts(task, gold, found)) == pytest.approx(evaluate(task, gold, found)[metric])


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    dice = np.random.default_rng(1)
    held = 0
    for trial in range(300):
        length = dice.integers(5, 25, 60)
        right = dice.binomial(length, 0.8)
        found = interval(np.stack([right, 2 * length], axis=1), seed=trial, draws=400)
        held += found.low <= 0.8 <= found.high
    assert 0.91 <= held / 300 <= 0.98


def test_a_comparison_on_the_same_sentences_is_sharper_than_two_scores() -> None:
    dice = np.random.default_rng(2)
    length = np.full(200, 10)
    before = dice.binomial(length, dice.beta(4, 2, 200))
    after = np.minimum(before + (dice.random(200) < 0.2), 10)
    rows = [np.stack([right, 2 * length], axis=1) for right in (before, after)]
    paired = difference(*rows)
    alone = [interval(row) for row in rows]
    assert paired.low > 0
    assert paired.high - paired.low < 0.5 * (alone[0].high - alone[0].low)
    assert paired.value == pytest.approx(score(rows[1]) - score(rows[0]))


def test_the_same_seed_gives_the_same_interval_and_nothing_gives_nothing() -> None:
    rows = counts("ner", GOLD, FOUND)
    assert interval(rows, seed=3) == interval(rows, seed=3)
    empty = counts("pos", [], [])
    assert interval(empty) == Interval(0.0, 0.0, 0.0)
    assert difference(rows, rows) == Interval(0.0, 0.0, 0.0)
