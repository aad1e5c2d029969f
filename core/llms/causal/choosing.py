"""Answering in a batch: labels chosen unit by unit within a frame, or text written freely."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.llms.causal.forked import Forked
from core.llms.causal.loading import Loaded
from core.llms.causal.plain import Plain
from core.llms.causal.reading import Cached, Ids, Reader
from core.llms.causal.writing import Choice, Written

UNFIT = (
    RuntimeError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    AssertionError,
)
"""What architectures raise that cannot be read in some way."""
TOLERANCE = {"fp32": 1e-2, "bf16": 0.5, "fp16": 0.5}
"""Natural logarithms by which two ways of computing may differ; a wrong mask differs by more."""


@dataclass(frozen=True, slots=True)
class Dice:
    """How one of several possibilities is taken: temperature 0 takes the most probable."""

    temperature: float
    seed: str

    def picker(self) -> Callable[[Sequence[float]], int]:
        """A function from log-probabilities to the place of the one that is taken."""
        if self.temperature <= 0:
            return lambda rows: max(range(len(rows)), key=rows.__getitem__)
        source = random.Random(self.seed)  # noqa: S311 - nobody is to be kept from guessing it

        def pick(rows: Sequence[float]) -> int:
            weights = softmax([row / self.temperature for row in rows])
            return source.choices(range(len(rows)), weights)[0]

        return pick


@dataclass(frozen=True, slots=True)
class Chosen:
    """Per unit the place of its label and the log-probability of every label; `tokens` in the answer."""

    labels: tuple[int, ...]
    scores: tuple[tuple[float, ...], ...]
    tokens: int


@dataclass(frozen=True, slots=True)
class Draft:
    """To be continued by at most `limit` tokens; `over` says of those written whether they suffice."""

    prompt: Ids
    limit: int
    dice: Dice
    over: Callable[[Ids], bool]


@dataclass(frozen=True, slots=True)
class Freely:
    """What was written: tokens with their log-probabilities, and whether it came to an end."""

    tokens: Ids
    logprobs: tuple[float, ...]
    ended: bool


def softmax(rows: Sequence[float]) -> list[float]:
    """Probabilities in proportion to exp(row)."""
    highest = max(rows)
    parts = [math.exp(row - highest) for row in rows]
    total = math.fsum(parts)
    return [part / total for part in parts]


def choose(
    desk: Loaded,
    kind: type[Reader],
    asked: Sequence[Written],
    dice: Sequence[Dice],
    pause: Callable[[], None],
) -> list[Chosen]:
    """Labels for each request, greedily from its first unit to its last.

    Each label's score is log P(label | prompt, answer so far): the sum over the tokens of the unit from
    where the labels part, through the token that must follow it.
    """
    pickers = [one.picker() for one in dice]
    found: list[list[tuple[int, tuple[float, ...]]]] = [[] for _ in asked]
    active = [row for row, one in enumerate(asked) if one.choices]
    if not active:
        return [Chosen((), (), 0) for _ in asked]
    reader, unread = kind.start(desk, [asked[row].prompt for row in active], pause)
    pending = dict(zip(active, unread, strict=True))
    while active:
        units = {row: asked[row].choices[len(found[row])] for row in active}
        new = [(*pending[row], *units[row].shared) for row in active]
        scores = reader.scores(new, [units[row].scored() for row in active])
        for row, values in zip(active, scores, strict=True):
            place = pickers[row](values)
            pending[row] = units[row].options[place]
            found[row].append((place, tuple(values)))
        left = [at for at, row in enumerate(active) if len(found[row]) < len(asked[row].choices)]
        reader.keep(left)
        active = [active[at] for at in left]
    return [_chosen(rows, one.choices) for rows, one in zip(found, asked, strict=True)]


def _chosen(rows: Sequence[tuple[int, tuple[float, ...]]], choices: Sequence[Choice]) -> Chosen:
    labels = tuple(place for place, _ in rows)
    pairs = list(zip(labels, choices, strict=True))
    tokens = sum(len(choice.shared) + len(choice.options[place]) for place, choice in pairs)
    return Chosen(labels, tuple(values for _, values in rows), tokens)


def write(
    desk: Loaded, kind: type[Reader], drafts: Sequence[Draft], pause: Callable[[], None]
) -> list[Freely]:
    """Token by token, until one that ends an answer, as many as its limit, or the draft says so."""
    pickers = [one.dice.picker() for one in drafts]
    texts: list[list[tuple[int, float]]] = [[] for _ in drafts]
    over = [False] * len(drafts)
    active = list(range(len(drafts)))
    reader, new = kind.start(desk, [one.prompt for one in drafts], pause)
    while active:
        known = reader.ahead(new)
        for at, row in enumerate(active):
            token = _next(known[at], drafts[row].dice, pickers[row])
            over[row] = token in desk.ends
            if not over[row]:
                texts[row].append((token, float(known[at, token])))
                over[row] = drafts[row].over(tuple(token for token, _ in texts[row]))
        left = [at for at, row in enumerate(active) if not over[row] and len(texts[row]) < drafts[row].limit]
        reader.keep(left)
        active = [active[at] for at in left]
        new = [(texts[row][-1][0],) for row in active]
    return [
        Freely(tuple(token for token, _ in text), tuple(value for _, value in text), end)
        for text, end in zip(texts, over, strict=True)
    ]


def _next(known: Any, dice: Dice, pick: Callable[[Sequence[float]], int]) -> int:
    return int(known.argmax()) if dice.temperature <= 0 else pick(known.tolist())


def reader_for(desk: Loaded) -> type[Reader]:
    """The quickest way of reading that is right for this architecture: tried out, not looked up."""
    quick = (Cached, Forked) if desk.sight.told else (Forked,)
    measure = _trial(Plain, desk)
    return next((kind for kind in quick if _agrees(kind, desk, measure)), Plain)


def _agrees(kind: type[Reader], desk: Loaded, measure: Sequence[float]) -> bool:
    try:
        found = _trial(kind, desk)
    except UNFIT:
        return False
    return all(abs(a - b) <= TOLERANCE[desk.dtype] for a, b in zip(found, measure, strict=True))


def _trial(kind: type[Reader], desk: Loaded) -> list[float]:
    """Log-probabilities of made-up continuations of texts of 5 and 80 tokens, and of what follows one."""
    options = ((1, 2, 3), (1, 2, 4), (5, 6))
    reader, new = kind.start(desk, [tuple(range(1, 6)), tuple(range(2, 82))], lambda: None)
    rows = reader.scores(new, [options] * 2)
    rows += reader.scores([options[0], options[2]], [options] * 2)
    return [value for row in rows for value in row]
