"""Comparisons made from lists of labels, and labels drawn by chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from core.comparison import Comparison, Side
from core.comparison.sides import UNKNOWN, Codes
from core.types import Dataset, Labels, TaskName

Sentences = Sequence[Labels]
POS = ("NOUN", "VERB", "X", "PUNCT")
NER = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


def comparison(
    task: TaskName,
    gold: Sequence[Labels | None] | None,
    *sides: Sentences,
    sure: Sequence[Sequence[Sequence[float]] | None] = (),
    words: Sentences | None = None,
    against: str = "gold",
    human: bool = False,
) -> Comparison:
    """The sides as RUN0@stage1, RUN1@stage1, ...

    Args:
        gold: None for nothing held to be right; a sentence that is None has not been judged.
        sure: per side and sentence the confidences, NaN where there is none.
        words: default: a word of its own for every place of a sentence.
        human: the last side is what humans say.
    """
    first = sides[0]
    sizes = [len(labels) for labels in first]
    words = words or [tuple(f"w{place}" for place in range(size)) for size in sizes]
    labels = sorted(
        {*chain.from_iterable(chain(*sides)), *chain.from_iterable(row or () for row in gold or ())}
    )
    forms = sorted(set(chain.from_iterable(words)))
    names = [Side(f"RUN{place}", "stage1") for place in range(len(sides))]
    return Comparison(
        dataset=Dataset("mine", "Mine", "fao", task, tuple(labels)),
        labels=tuple(labels),
        sides=(*names[:-1], Side("", "human")) if human else tuple(names),
        positions=np.arange(len(sizes)) * 10,
        offsets=np.concatenate([[0], np.cumsum(sizes)]),
        owners=np.repeat(np.arange(len(sizes), dtype=np.int32), sizes),
        given=tuple(numbers(side, labels) for side in sides),
        sure=tuple(
            None if one is None else np.array(list(chain.from_iterable(one)), dtype=np.float32)
            for one in (sure or [None] * len(sides))
        ),
        against="" if gold is None else against,
        reference=None if gold is None else _reference(gold, sizes, labels),
        words=numbers(words, forms),
        forms=tuple(forms),
        missing=(0,) * len(sides),
    )


def _reference(gold: Sequence[Labels | None], sizes: Sequence[int], labels: Sequence[str]) -> Codes:
    parts = [
        np.full(size, UNKNOWN, dtype=np.int32) if row is None else numbers([row], labels)
        for row, size in zip(gold, sizes, strict=True)
    ]
    return np.concatenate(parts)


def numbers(rows: Sentences, names: Sequence[str]) -> Codes:
    """Each string as its number."""
    table = {name: number for number, name in enumerate(names)}
    return np.array([table[name] for name in chain.from_iterable(rows)], dtype=np.int32)


def drawn(names: Sequence[str], n: int, seed: int = 0, *, longest: int = 9) -> list[Labels]:
    """Sentences of labels by chance, of one to `longest` tokens."""
    dice = np.random.default_rng(seed)
    sizes = dice.integers(1, longest + 1, n)
    return [tuple(names[code] for code in dice.integers(0, len(names), int(size)).tolist()) for size in sizes]


def noisy(rows: Sentences, names: Sequence[str], right: float, seed: int) -> list[Labels]:
    """The same, kept so often and else drawn anew."""
    dice = np.random.default_rng(seed)
    return [
        tuple(name if dice.random() < right else names[int(dice.integers(len(names)))] for name in row)
        for row in rows
    ]


def flat(rows: Sentences) -> list[str]:
    """All tokens, one after the other."""
    return list(chain.from_iterable(rows))


def of_codes(task: TaskName, labels: Labels, sizes: Sequence[int], gold: Codes, *sides: Codes) -> Comparison:
    """A comparison of labels that are numbers already, with sentences of these sizes."""
    n = len(sizes)
    return Comparison(
        dataset=Dataset("mine", "Mine", "fao", task, labels),
        labels=labels,
        sides=tuple(Side(f"RUN{place}", "stage1") for place in range(len(sides))),
        positions=np.arange(n),
        offsets=np.concatenate([[0], np.cumsum(sizes)]),
        owners=np.repeat(np.arange(n, dtype=np.int32), sizes),
        given=sides,
        sure=(None,) * len(sides),
        against="gold",
        reference=gold,
        words=np.zeros(len(gold), dtype=np.int32),
        forms=("word",),
        missing=(0,) * len(sides),
    )


def each(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table, their cells by name."""
    yield from frame.itertuples()
