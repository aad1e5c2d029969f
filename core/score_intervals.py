"""How far every score of a run could be off by the luck of its sentences, from counts per sentence.

Sentences, not tokens, are drawn with replacement: the tokens of one sentence are right or wrong together.
Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13 (percentile interval); two
stages of one run are compared on the same draws (Koehn 2004, aclanthology.org/W04-3250, paired bootstrap).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from core import span_tables
from core.intervals import DRAWS, LEVEL, Interval
from core.span_tables import Spans
from core.types import Labels, TaskName

FloatArray = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
AT_A_TIME = 64
"""Draws worked out together: so many rows of weights are held, one weight per sentence."""
EXACT = 2**24
"""Whole numbers up to here are exact in 32 bits of floating point."""


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """What a score is made of: counts (N, C) per sentence and label, type, or one column for all.

    The score is the mean over columns that occur of 2 right / (gold + predicted): with one column micro F1,
    and accuracy where every item counts once in both.
    """

    right: FloatArray
    gold: FloatArray
    predicted: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """Gold and predicted labels (P,) of N sentences as numbers of `names`; `owners` (P,) is the sentence."""

    names: list[str]
    gold: Ints
    predicted: Ints
    owners: Ints
    n: int

    @classmethod
    def of(cls, gold: Sequence[Labels], predicted: Sequence[Labels]) -> Coded:
        """From labels per sentence, in the same order and of the same lengths."""
        names = sorted(set(chain.from_iterable(gold)) | set(chain.from_iterable(predicted)) | {"O"})
        numbers = {name: number for number, name in enumerate(names)}
        mine, theirs = (
            np.fromiter(map(numbers.__getitem__, chain.from_iterable(side)), dtype=np.int64)
            for side in (gold, predicted)
        )
        sizes = np.fromiter(map(len, gold), dtype=np.int64, count=len(gold))
        return cls(names, mine, theirs, np.repeat(np.arange(len(gold)), sizes), len(gold))

    def lenient(self) -> tuple[Spans, Spans, Ints]:
        """Spans of both sides under the lenient rules, and the sentence of each of their places."""
        places = np.arange(len(self.owners)) + self.owners
        owners = np.full(len(self.owners) + self.n, -1, dtype=np.int64)
        owners[places] = self.owners
        outside = np.full(len(owners), self.names.index("O"), dtype=np.int64)
        sides = []
        for tags in (self.gold, self.predicted):
            joined = outside.copy()
            joined[places] = tags
            sides.append(span_tables.lenient(joined, self.names))
        return sides[0], sides[1], owners

    def strict(self) -> tuple[Spans, Spans, Ints]:
        """Spans of both sides in IOB2, and the sentence of each of their places."""
        starts = np.flatnonzero(np.diff(self.owners, prepend=-1))
        gold, predicted = (
            span_tables.strict(tags, self.names, starts) for tags in (self.gold, self.predicted)
        )
        return gold, predicted, self.owners


def tallies(task: TaskName, gold: Sequence[Labels], predicted: Sequence[Labels]) -> dict[str, Tally]:
    """The counts of every metric of `core.evaluation.evaluate`, under the same names; {} without labels.

    Args:
        gold, predicted: labels per sentence, in the same order and of the same lengths.
    """
    return tallied(task, Coded.of(gold, predicted))


def tallied(task: TaskName, coded: Coded, metrics: Collection[str] | None = None) -> dict[str, Tally]:
    """The same of labels that are numbers already, whose names hold O; of these metrics alone, None = all."""
    if not len(coded.owners):
        return {}
    makers = _makers(task, coded)
    return {name: make() for name, make in makers.items() if metrics is None or name in metrics}


def _makers(task: TaskName, coded: Coded) -> dict[str, Callable[[], Tally]]:
    """How each metric of the task is counted."""
    accuracy, labels = partial(_accuracy, coded), partial(_by_label, coded)
    if task in {"nli", "topic"}:
        return {"accuracy": accuracy, "macro_f1": labels}
    lenient = cache(coded.lenient)
    paper = cache(lambda: _micro(*lenient(), coded.n))
    if task == "pos":
        return {"token_accuracy": accuracy, "macro_f1": labels, "paper_f1": paper}
    return {
        "token_accuracy": accuracy,
        "macro_f1": lambda: _by_type(*lenient(), coded.n),
        "span_f1": lambda: _micro(*coded.strict(), coded.n),
        "span_f1_lenient": paper,
        "paper_f1": paper,
    }


def intervals(
    found: Mapping[str, Tally], *, draws: int = DRAWS, level: float = LEVEL, seed: int = 0
) -> dict[str, Interval]:
    """The interval of each score, reproducible by the seed."""
    drawn = _drawn([found], draws, seed)
    return {name: _interval(_score(tally), drawn[0][name], level) for name, tally in found.items()}


def differences(
    before: Mapping[str, Tally],
    after: Mapping[str, Tally],
    *,
    draws: int = DRAWS,
    level: float = LEVEL,
    seed: int = 0,
) -> dict[str, Interval]:
    """After minus before, for the scores both have, on the same draws of the same N sentences."""
    first, second = _drawn([before, after], draws, seed)
    return {
        name: _interval(_score(after[name]) - _score(tally), second[name] - first[name], level)
        for name, tally in before.items()
        if name in after
    }


def _interval(value: float, drawn: FloatArray, level: float) -> Interval:
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high))


def _score(tally: Tally) -> float:
    sums = (part.sum(axis=0, keepdims=True) for part in (tally.right, tally.gold, tally.predicted))
    return float(mean_f1(*sums)[0])


def mean_f1(right: FloatArray, gold: FloatArray, predicted: FloatArray) -> FloatArray:
    """(R, C) sums -> (R,): the mean F1 over the columns that occur, 0 where none does."""
    size = gold + predicted
    f1 = np.divide(2 * right, size, out=np.zeros_like(size), where=size > 0)
    return np.asarray(f1.sum(axis=1) / np.maximum((size > 0).sum(axis=1), 1))


def _drawn(sides: Sequence[Mapping[str, Tally]], draws: int, seed: int) -> list[dict[str, FloatArray]]:
    """Per side and metric the score of each draw, (draws,); the draws are the same for all."""
    parts = [(tally.right, tally.gold, tally.predicted) for side in sides for tally in side.values()]
    if not parts:
        return [{} for _ in sides]
    columns = np.concatenate([column for part in parts for column in part], axis=1)
    kind: Any = np.float32 if columns.sum(axis=0).max() * 2 < EXACT else np.float64
    table = np.ascontiguousarray(columns, dtype=kind)
    sums = np.concatenate([rows @ table for rows in _weights(len(table), draws, seed, kind)], axis=0)
    scores = iter(_scores(sums.astype(np.float64), [part[0].shape[1] for part in parts]))
    return [{name: next(scores) for name in side} for side in sides]


def _weights(n: int, draws: int, seed: int, kind: Any) -> Iterator[npt.NDArray[Any]]:
    """How often each of n sentences is in each draw: (draws at a time, n), rows summing to n."""
    dice = np.random.default_rng(seed)
    for start in range(0, draws, AT_A_TIME):
        size = min(AT_A_TIME, draws - start)
        chosen = dice.integers(0, n, size=(size, n), dtype=np.int64) + n * np.arange(size)[:, None]
        yield np.bincount(chosen.ravel(), minlength=size * n).reshape(size, n).astype(kind)


def _scores(sums: FloatArray, widths: Sequence[int]) -> Iterator[FloatArray]:
    at = 0
    for width in widths:
        right, gold, predicted = (sums[:, at + part * width : at + (part + 1) * width] for part in range(3))
        at += 3 * width
        yield mean_f1(right, gold, predicted)


def _accuracy(coded: Coded) -> Tally:
    whole = _counted(coded.owners, coded.n)
    return Tally(_counted(coded.owners[coded.gold == coded.predicted], coded.n), whole, whole)


def _counted(owners: Ints, n: int) -> FloatArray:
    """How often each sentence is named: (n, 1)."""
    return np.bincount(owners, minlength=n).astype(np.float64)[:, None]


def _by_label(coded: Coded) -> Tally:
    """A column per label; an empty label is no label."""
    width = len(coded.names)
    kept = [column for column, name in enumerate(coded.names) if name]
    right = coded.gold == coded.predicted

    def table(tags: Ints, rows: Ints) -> FloatArray:
        cells = np.bincount(rows * width + tags, minlength=coded.n * width)
        return cells.reshape(coded.n, width)[:, kept].astype(np.float64)

    return Tally(
        table(coded.gold[right], coded.owners[right]),
        table(coded.gold, coded.owners),
        table(coded.predicted, coded.owners),
    )


def _micro(gold: Spans, predicted: Spans, owners: Ints, n: int) -> Tally:
    marks = (gold.both(predicted), gold.ends, predicted.ends)
    return Tally(*(_counted(owners[mark], n) for mark in marks))


def _by_type(gold: Spans, predicted: Spans, owners: Ints, n: int) -> Tally:
    """A column per type."""
    width = len(gold.types)

    def table(marks: npt.NDArray[np.bool_], kinds: Ints) -> FloatArray:
        cells = np.bincount(owners[marks] * width + kinds[marks], minlength=n * width)
        return cells.reshape(n, width).astype(np.float64)

    return Tally(
        table(gold.both(predicted), gold.kind),
        table(gold.ends, gold.kind),
        table(predicted.ends, predicted.kind),
    )
