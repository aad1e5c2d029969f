"""Intervals and tests of differences, against scipy, and on simulated sides with a known truth."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from core.comparison import METRICS, Comparison, headline, significance
from core.comparison.counting import judged
from core.comparison.scores import coded_of, scores
from core.errors import Cancelled
from core.evaluation import evaluate
from core.score_intervals import differences, tallied
from core.types import Labels, TaskName
from tests.simulated_sides import sides
from tests.small_comparison import NER, POS, comparison, drawn, noisy


def made(task: TaskName = "pos", n: int = 120, seed: int = 0) -> Comparison:
    return sides(task, n, (0.6, 0.66), np.random.default_rng(seed))


def few(n: int = 11, seed: int = 0) -> tuple[list[Labels], list[Labels], list[Labels]]:
    gold = drawn(NER, n, seed)
    return gold, noisy(gold, NER, 0.5, 1), noisy(gold, NER, 0.7, 2)


@pytest.mark.parametrize("task", ["pos", "ner", "topic"])
def test_the_difference_is_that_of_the_scores(task: TaskName) -> None:
    compared = made(task)
    found = headline(compared, draws=200, permutations=200)
    assert list(found) == list(METRICS[task])
    before, after = scores(compared, 0), scores(compared, 1)
    for name, one in found.items():
        assert (one.metric, one.n) == (name, 120)
        assert one.before == pytest.approx(before[name])
        assert one.after == pytest.approx(after[name])
        assert one.value == pytest.approx(after[name] - before[name])
        assert one.low < one.value < one.high
        assert 0 < one.p <= 1


@pytest.mark.parametrize("task", ["pos", "ner"])
def test_intervals_are_those_of_scores_worked_out_otherwise(task: TaskName) -> None:
    compared = made(task, 150)
    known = judged(compared)
    assert known is not None
    tables = [tallied(task, coded_of(compared, known, side)) for side in (0, 1)]
    expected = differences(*tables, draws=4000, seed=5)
    for name, one in headline(compared, draws=4000, permutations=1).items():
        width = expected[name].high - expected[name].low
        assert one.low == pytest.approx(expected[name].low, abs=0.08 * width)
        assert one.high == pytest.approx(expected[name].high, abs=0.08 * width)


def test_the_interval_is_that_of_scipy() -> None:
    compared = made(n=150)
    n, right = compared.n_sentences, compared.reference
    size, was, now = (
        np.bincount(compared.owners, weights, n)
        for weights in (None, compared.given[0] == right, compared.given[1] == right)
    )

    def gain(sizes: Any, before: Any, after: Any, axis: int = -1) -> Any:
        return (after.sum(axis) - before.sum(axis)) / sizes.sum(axis)

    dice = np.random.default_rng(1)
    expected = stats.bootstrap(
        (size, was, now), gain, paired=True, n_resamples=4000, method="percentile", rng=dice
    ).confidence_interval
    found = headline(compared, metrics=["token_accuracy"], draws=4000, permutations=1)["token_accuracy"]
    width = expected.high - expected.low
    assert found.low == pytest.approx(expected.low, abs=0.08 * width)
    assert found.high == pytest.approx(expected.high, abs=0.08 * width)


@pytest.mark.slow
@pytest.mark.parametrize("metric", ["token_accuracy", "span_f1", "macro_f1", "paper_f1"])
@pytest.mark.parametrize("seed", range(2))
def test_p_is_that_of_all_permutations_by_scipy(metric: str, seed: int) -> None:
    gold, one, two = few(seed=seed)
    rows = [*one, *two]
    n = len(gold)

    def gain(before: Any, after: Any) -> float:
        mine, theirs = (
            evaluate("ner", [gold[int(row) % n] for row in chosen], [rows[int(row)] for row in chosen])
            for chosen in (before, after)
        )
        return theirs[metric] - mine[metric]

    exact = stats.permutation_test(
        (np.arange(n), n + np.arange(n)), gain, permutation_type="samples", n_resamples=math.inf
    )
    found = headline(comparison("ner", gold, one, two), metrics=[metric], draws=2)[metric]
    assert found.value == pytest.approx(exact.statistic)
    assert found.p == pytest.approx(exact.pvalue, abs=0.02)


@pytest.mark.parametrize(("fixed", "broken"), [(30, 10), (21, 19), (9, 2)])
def test_one_change_a_sentence_is_the_sign_test_of_scipy(fixed: int, broken: int) -> None:
    gold: list[Labels] = [("A", "A")] * 300
    same, wrong = gold[:1], [("A", "B")]
    before: list[Labels] = [*wrong * fixed, *same * (300 - fixed)]
    after: list[Labels] = [*same * fixed, *wrong * broken, *same * (300 - fixed - broken)]
    found = headline(comparison("pos", gold, before, after), metrics=["token_accuracy"], draws=2)
    expected = stats.binomtest(fixed, fixed + broken).pvalue
    assert found["token_accuracy"].p == pytest.approx(expected, abs=0.015)


def test_tossing_alike_sentences_together_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = made("topic", 400)
    together = headline(compared, draws=2)
    monkeypatch.setattr(significance, "MANY", 10**9)
    alone = headline(compared, draws=2)
    for name in together:
        assert together[name].p == pytest.approx(alone[name].p, abs=0.015)
        assert together[name].p < 0.9


def test_sides_that_are_alike_differ_by_nothing() -> None:
    rows = drawn(POS, 40)
    side = noisy(rows, POS, 0.5, 1)
    for one in headline(comparison("pos", rows, side, side), draws=50, permutations=50).values():
        assert (one.value, one.low, one.high, one.p) == (0.0, 0.0, 0.0, 1.0)


def test_no_p_is_smaller_than_the_permutations_can_say() -> None:
    gold: list[Labels] = [("A", "B")] * 60
    wrong: list[Labels] = [("B", "A")] * 60
    found = headline(comparison("pos", gold, wrong, gold), draws=20, permutations=99)
    assert {one.p for one in found.values()} == {0.01}


def test_the_other_way_round_is_the_opposite() -> None:
    compared = made("ner")
    there, back = headline(compared, 0, 1), headline(compared, 1, 0)
    for name, one in there.items():
        assert back[name].value == -one.value
        assert back[name].low == pytest.approx(-one.high)
        assert back[name].high == pytest.approx(-one.low)
        assert back[name].p == one.p


def test_the_same_seed_gives_the_same_figures_alone_and_together() -> None:
    compared = made("ner", 60)
    whole = headline(compared, draws=100, permutations=100, seed=3)
    assert headline(compared, draws=100, permutations=100, seed=3) == whole
    assert headline(compared, draws=100, permutations=100, seed=4) != whole
    for name, one in whole.items():
        assert headline(compared, metrics=[name], draws=100, permutations=100, seed=3) == {name: one}


def test_it_says_how_far_it_is_and_stops_when_told_to() -> None:
    told: list[tuple[str, int, int]] = []

    def stop_after(calls: int) -> Callable[[str, int, int], None]:
        def report(stage: str, done: int, total: int) -> None:
            told.append((stage, done, total))
            if len(told) > calls:
                raise Cancelled("stopped by the user.")

        return report

    with pytest.raises(Cancelled):
        headline(made(), report=stop_after(20))
    assert len(told) == 21
    assert told[0] == ("token_accuracy: bootstrap", 0, 1000)
    assert told[-1][0] == "token_accuracy: permutations"
    assert [done for stage, done, _ in told if "perm" in stage] == sorted(
        {done for s, done, _ in told if "perm" in s}
    )


def test_nothing_to_hold_them_against_gives_nothing() -> None:
    rows = drawn(POS, 10)
    assert headline(comparison("pos", None, rows, rows)) == {}
    assert headline(comparison("pos", [None] * 10, rows, rows)) == {}


def test_only_judged_sentences_are_drawn() -> None:
    gold, one, two = few(40)
    some: list[Labels | None] = [row if place < 25 else None for place, row in enumerate(gold)]
    part = headline(comparison("ner", some, one, two), draws=100, permutations=100)
    assert part == headline(comparison("ner", gold[:25], one[:25], two[:25]), draws=100, permutations=100)
    assert {found.n for found in part.values()} == {25}


@pytest.mark.slow
def test_nine_of_ten_intervals_and_more_hold_the_truth() -> None:
    """A quick look; `tests/accept/test_comparison_statistics.py` looks closely."""
    dice = np.random.default_rng(0)
    truth = scores_of_the_population(dice)
    held = 0
    for _ in range(150):
        found = headline(
            sides("pos", 100, (0.6, 0.66), dice), metrics=["token_accuracy"], draws=300, permutations=1
        )["token_accuracy"]
        held += found.low <= truth <= found.high
    assert 0.89 <= held / 150 <= 0.99


def scores_of_the_population(dice: np.random.Generator) -> float:
    large = sides("pos", 200_000, (0.6, 0.66), dice)
    return scores(large, 1)["token_accuracy"] - scores(large, 0)["token_accuracy"]


@pytest.mark.slow
def test_p_is_uniform_where_there_is_no_difference() -> None:
    dice = np.random.default_rng(1)
    found = [
        headline(sides("pos", 80, (0.6, 0.6), dice), metrics=["macro_f1"], draws=2, permutations=199)[
            "macro_f1"
        ].p
        for _ in range(200)
    ]
    assert stats.kstest(found, "uniform").pvalue > 0.01
