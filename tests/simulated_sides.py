"""Sides with a known truth: sentences drawn from a population, labels from two labelers of known quality.

Sentences differ in how hard they are, and both labelers feel it: their errors go together, as in real runs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.comparison import Comparison
from core.comparison.sides import Codes
from core.types import Labels, TaskName
from tests.small_comparison import NER, POS, of_codes

HARD = 0.15
"""How far the share right of single sentences is from the mean."""
SHARED = 0.5
"""How often both labelers make the same of a word."""
LABELS: dict[TaskName, Labels] = {"pos": POS, "ner": NER, "topic": ("a", "b", "c")}


def sides(task: TaskName, n: int, right: Sequence[float], dice: np.random.Generator) -> Comparison:
    """A sample of n sentences and what two labelers, right so often, say of them.

    With `right` equal the two are exchangeable: either could have given either labels of a sentence.
    """
    labels = LABELS[task]
    sizes = dice.integers(3, 15, n) if task in {"pos", "ner"} else np.ones(n, dtype=np.int64)
    owners = np.repeat(np.arange(n), sizes)
    gold = _gold(task, len(labels), len(owners), dice)
    hard = dice.normal(0, HARD, n)[owners]
    same = dice.random(len(owners)) < SHARED
    luck, guess = dice.random(len(owners)), dice.integers(0, len(labels), len(owners))
    given = [_given(gold, share + hard, (same, luck, guess), len(labels), dice) for share in right]
    return of_codes(task, labels, sizes.tolist(), gold, *given)


def _gold(task: TaskName, n_labels: int, n: int, dice: np.random.Generator) -> Codes:
    if task == "ner":
        begins = np.where(dice.random(n) < 0.6, 0, 2 * dice.integers(0, 2, n) + 1)
        inside = (np.roll(begins, 1) % 2 == 1) & (dice.random(n) < 0.4)
        return np.where(inside, np.roll(begins, 1) + 1, begins).astype(np.int32)
    weights = np.arange(1, n_labels + 1) / np.arange(1, n_labels + 1).sum()
    return dice.choice(n_labels, n, p=weights).astype(np.int32)


def _given(
    gold: Codes,
    share: np.ndarray,
    shared: tuple[np.ndarray, np.ndarray, np.ndarray],
    n_labels: int,
    dice: np.random.Generator,
) -> Codes:
    same, luck, guess = shared
    own, other = dice.random(len(gold)), dice.integers(0, n_labels, len(gold))
    is_right = np.where(same, luck, own) < share
    return np.where(is_right, gold, np.where(same, guess, other)).astype(np.int32)
