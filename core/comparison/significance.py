"""Whether a difference between two sides could be the luck of the sentences: intervals, and a test.

Interval: paired bootstrap over sentences (Koehn 2004, aclanthology.org/W04-3250), percentile. Test:
approximate randomisation (Noreen 1989; Yeh 2000, aclanthology.org/C00-2137): under the null hypothesis either
side could have given either labels of a sentence, so whole sentences are swapped between them. Two-sided, the
one that was observed counted in (Phipson and Smyth 2010): p = (1 + as large) / (1 + permutations).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from core.comparison.counting import judged
from core.comparison.scores import METRICS, coded_of
from core.comparison.sides import Comparison, Places
from core.intervals import DRAWS, LEVEL
from core.score_intervals import EXACT, Tally, mean_f1, tallied
from core.types import Report

PERMUTATIONS = 10_000
BLOCK = 64
"""Draws or permutations worked out together: so many rows of one number per sentence are held."""
MANY = 16
"""Sentences that count alike: from so many on, a binomial number is cheaper than as many coins."""
EQUAL = 1e-12
"""Differences as close as this are the same; the rest is rounding."""

Table = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """A score of two sides; `value` is the second less the first, with its 95 % interval.

    `p` is how probable a difference as large, either way, would be if the sides were alike; `n` sentences.
    """

    metric: str
    before: float
    after: float
    value: float
    low: float
    high: float
    p: float
    n: int


def headline(
    compared: Comparison,
    before: int = 0,
    after: int = 1,
    *,
    metrics: Collection[str] | None = None,
    draws: int = DRAWS,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    report: Report | None = None,
) -> dict[str, Difference]:
    """The differences of the scores, by metric; {} where nothing is known to be right.

    Args:
        metrics: names of `METRICS`, None = all of the task. Alone or together, the figures are the same.
        report: told of every step; what it raises stops the work.

    Raises:
        Whatever `report` raises.
    """
    known = judged(compared)
    if known is None:
        return {}
    task = compared.dataset.task
    sides = [tallied(task, coded_of(compared, known, side), metrics) for side in (before, after)]
    found: dict[str, Difference] = {}
    for name in (metric for metric in METRICS[task] if metrics is None or metric in metrics):
        twin = next((other for other in found if sides[0][other] is sides[0][name]), None)
        if twin is None:
            paired = Paired.of(sides[0][name], sides[1][name])
            found[name] = _difference(name, paired, draws, permutations, seed, report or _silent)
        else:
            found[name] = replace(found[twin], metric=name)
    return found


def _silent(_stage: str, _done: int, _total: int) -> None:
    """Told to nobody."""


def _difference(
    metric: str, paired: Paired, draws: int, permutations: int, seed: int, report: Report
) -> Difference:
    before, after = paired.scores()
    gains = paired.drawn(draws, seed, partial(report, f"{metric}: bootstrap"))
    low, high = np.quantile(gains, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    swapped = paired.swapped(permutations, seed, partial(report, f"{metric}: permutations"))
    as_large = np.abs(swapped) >= abs(after - before) - EQUAL
    p = (1 + int(as_large.sum())) / (1 + permutations)
    return Difference(metric, before, after, after - before, float(low), float(high), p, len(paired.gold))


@dataclass(frozen=True, slots=True, eq=False)
class Paired:
    """Counts (N, C) of both sides, per sentence and label, type, or one column for all (see `Tally`).

    right: how many labels were right; given: how many there were; gold: how many should be, on both sides.
    """

    right: tuple[Table, Table]
    given: tuple[Table, Table]
    gold: Table

    @classmethod
    def of(cls, before: Tally, after: Tally) -> Paired:
        """Without the columns that never occur."""
        kept = (before.gold + before.predicted + after.predicted).sum(axis=0) > 0
        sides = (before, after)
        right, given = (
            [part[:, kept] for part in parts]
            for parts in ([side.right for side in sides], [side.predicted for side in sides])
        )
        return cls((right[0], right[1]), (given[0], given[1]), before.gold[:, kept])

    def scores(self) -> tuple[float, float]:
        """Of both sides."""
        gold = self.gold.sum(axis=0, keepdims=True)
        old, new = (
            float(mean_f1(right.sum(axis=0, keepdims=True), gold, given.sum(axis=0, keepdims=True))[0])
            for right, given in zip(self.right, self.given, strict=True)
        )
        return old, new

    def drawn(self, draws: int, seed: int, report: Callable[[int, int], None]) -> Table:
        """The difference in each draw of the sentences, the same draws for both sides: (draws,)."""
        n, width = self.gold.shape
        table = _light(np.concatenate([*self.right, *self.given, self.gold], axis=1))
        dice = np.random.default_rng([seed, 0])
        sums = np.empty((draws, 5 * width))
        weights = np.empty((BLOCK, n), dtype=table.dtype)
        for start in range(0, draws, BLOCK):
            report(start, draws)
            rows = min(BLOCK, draws - start)
            for row in range(rows):
                weights[row] = np.bincount(dice.integers(0, n, n, dtype=np.int32), minlength=n)
            sums[start : start + rows] = weights[:rows] @ table
        old, new, old_given, new_given, gold = np.split(sums, 5, axis=1)
        return mean_f1(new, gold, new_given) - mean_f1(old, gold, old_given)

    def swapped(self, permutations: int, seed: int, report: Callable[[int, int], None]) -> Table:
        """The difference once whole sentences were swapped between the sides by chance: (permutations,)."""
        totals = np.concatenate([sum(self.right), sum(self.given)], axis=1).sum(axis=0)
        apart = np.concatenate([self.right[1] - self.right[0], self.given[1] - self.given[0]], axis=1)
        coins = Coins.of(apart)
        gold = self.gold.sum(axis=0, keepdims=True)
        found = np.empty(permutations)
        dice = np.random.default_rng([seed, 1])
        for start in range(0, permutations, BLOCK):
            report(start, permutations)
            size = min(BLOCK, permutations - start)
            sums = coins.tossed(size, dice)
            new, old = (np.split((totals + sign * sums) / 2, 2, axis=1) for sign in (1, -1))
            found[start : start + size] = mean_f1(new[0], gold, new[1]) - mean_f1(old[0], gold, old[1])
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Coins:
    """Sentences whose counts differ: each is swapped, or not, by the toss of a coin.

    Attributes:
        single: rows (U, C) that are tossed one by one.
        several: rows (V, C) that many sentences have in common, and `counts` (V,) how many: they are tossed
            together, by a binomial number.
    """

    single: npt.NDArray[Any]
    several: Table
    counts: Places

    @classmethod
    def of(cls, apart: Table) -> Coins:
        """From the differences per sentence (N, C).

        Sentences that count the same on both sides matter to no swap. A row and its opposite are alike:
        whether it is swapped is as good as a coin either way.
        """
        rows = apart[apart.any(axis=1)].astype(np.int32)
        if not len(rows):
            return cls(apart[:0], apart[:0], np.zeros(0, dtype=np.int64))
        leading = rows[np.arange(len(rows)), (rows != 0).argmax(axis=1)]
        rows *= np.sign(leading)[:, None]
        packed = rows.view(np.dtype((np.void, rows.itemsize * rows.shape[1])))[:, 0]
        _, first, counts = np.unique(packed, return_index=True, return_counts=True)
        few = counts < MANY
        single = np.repeat(rows[first[few]], counts[few], axis=0).astype(np.float64)
        return cls(_light(single), rows[first[~few]].astype(np.float64), counts[~few])

    def tossed(self, size: int, dice: np.random.Generator) -> Table:
        """(size, C): the sum of all rows, each sentence with a sign of its own."""
        n = len(self.single)
        bits = np.unpackbits(dice.integers(0, 256, (size, -(-n // 8)), dtype=np.uint8), axis=1, count=n)
        signs = bits.astype(self.single.dtype)
        signs *= 2
        signs -= 1
        heads = dice.binomial(self.counts, 0.5, (size, len(self.counts)))
        return np.asarray(signs @ self.single + (2.0 * heads - self.counts) @ self.several)


def _light(table: Table) -> npt.NDArray[Any]:
    """In 32 bits where all sums are exact in them."""
    kind: Any = np.float32 if np.abs(table).sum(axis=0).max(initial=0.0) * 2 < EXACT else np.float64
    return np.ascontiguousarray(table, dtype=kind)
