"""Acceptance: intervals and p-values of differences keep what they promise, on sides with a known truth.

Coverage: 95 % intervals hold the true difference in 93 to 97 of 100 samples. Under the null hypothesis (both
labelers are alike) p is uniform: Kolmogorov-Smirnov, and 5 % of all p are at most 0.05.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import stats

from core.comparison import by_label, headline, scores
from core.types import TaskName
from tests.simulated_sides import sides
from tests.small_comparison import each

pytestmark = pytest.mark.slow

SAMPLES = 2000
SENTENCES = 400
BETTER = (0.6, 0.66)
CASES: list[tuple[TaskName, str]] = [
    ("pos", "token_accuracy"), ("pos", "macro_f1"), ("pos", "paper_f1"),
    ("ner", "span_f1"), ("ner", "macro_f1"), ("topic", "accuracy"), ("topic", "macro_f1"),
]  # fmt: skip


MANY = 4000
"""Sentences for accuracies under the null: their p has steps as wide as one label, which must be narrow."""


@cache
def truth(task: TaskName) -> dict[str, float]:
    """The differences of the scores in the whole population, or as good as that."""
    large = sides(task, 400_000, BETTER, np.random.default_rng(99))
    before, after = scores(large, 0), scores(large, 1)
    return {name: after[name] - before[name] for name in before}


@pytest.mark.parametrize(("task", "metric"), CASES)
def test_95_of_100_intervals_hold_the_true_difference(task: TaskName, metric: str) -> None:
    dice = np.random.default_rng([1, CASES.index((task, metric))])
    true, held = truth(task)[metric], 0
    for _ in range(SAMPLES):
        drawn = sides(task, SENTENCES, BETTER, dice)
        found = headline(drawn, metrics=[metric], permutations=1)[metric]
        held += found.low <= true <= found.high
    print(f"{task} {metric}: {held / SAMPLES:.1%} of {SAMPLES} intervals hold {true:.4f}")
    assert 0.93 <= held / SAMPLES <= 0.97


@pytest.mark.parametrize(("task", "metric"), CASES)
def test_p_is_uniform_where_both_are_alike(task: TaskName, metric: str) -> None:
    n = MANY if metric in {"accuracy", "token_accuracy"} else SENTENCES
    dice = np.random.default_rng([2, CASES.index((task, metric))])
    found = np.array([
        headline(sides(task, n, (0.6, 0.6), dice), metrics=[metric], draws=2, permutations=999)[
            metric
        ].p
        for _ in range(SAMPLES)
    ])  # fmt: skip
    whole = stats.kstest(found, "uniform")
    small = float((found <= 0.05).mean())
    print(f"{task} {metric}: KS {whole.statistic:.3f} (p {whole.pvalue:.2f}), {small:.1%} of p at most 0.05")
    assert 0.035 <= small <= 0.065
    # accuracies differ by whole labels: p has steps, the widest that of one label more or less, either way
    widest = 2 * float((found == 1.0).mean())
    assert whole.statistic <= stats.kstwo.ppf(0.99, SAMPLES) + widest


def test_intervals_of_labels_hold_what_is_true_of_them() -> None:
    dice = np.random.default_rng(2)
    large = by_label(sides("pos", 400_000, BETTER, np.random.default_rng(98))).set_index("group")
    held = dict.fromkeys(large.index, 0)
    rounds = SAMPLES // 4
    for _ in range(rounds):
        for row in each(by_label(sides("pos", SENTENCES, BETTER, dice))):
            held[row.group] += row.low <= large.gain[row.group] <= row.high
    shares = {name: n / rounds for name, n in held.items()}
    print(f"intervals of labels: {shares}")
    assert all(0.92 <= share <= 0.98 for share in shares.values())
    assert 0.93 <= float(np.mean(list(shares.values()))) <= 0.97
