"""The word-to-word model, both directions at once, over all word pairs of a collection.

All sentence pairs are laid out as one long list of cells, one per (source word, target word) of a pair,
so that an iteration of EM is a handful of sums over arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from core.word_alignment.likeness import likeness

Words = Sequence[str]
Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
Pairs = Sequence[tuple[Words, Words]]
"""(source words, target words) of sentences that are translations of each other."""

ITERATIONS = 10
NULL = 0.08
"""Probability that a word translates none of the other sentence (fast_align's default)."""
TENSION = 4.0
"""How strongly words at the same relative place belong together (fast_align's start value)."""
ALIKE = 40.0
"""How many times as probable words are that are the same; measured, docs/decisions/0021-translation.md."""
ALPHA = 0.01
"""Pseudo-count of the Dirichlet prior on translations (fast_align's default)."""
MOST_CELLS = 6_000_000
"""Cells that are learned from; longer collections are cut, shortest sentences first."""


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of sentence pairs, pair by pair, target word by target word.

    `kind` numbers the (source form, target form), `source` and `target` the words as they stand in the
    collection, `place` is how far apart they are, in [0, 1].
    """

    kind: Ids
    source: Ids
    target: Ids
    place: Array
    source_form: Ids
    target_form: Ids


@dataclass(frozen=True)
class Model:
    """What was learned: for known pairs of forms the probability of one word given the other.

    `forward[k]` is P(target form | source form) of pair of forms k, `backward[k]` the other way round and
    `looks[k]` how much more probable their looks make them; the `null` arrays hold the probability of a
    form that translates nothing, by form.
    """

    source: dict[str, int] = field(default_factory=dict, repr=False)
    target: dict[str, int] = field(default_factory=dict, repr=False)
    kinds: Ids = field(default_factory=lambda: np.zeros(0, np.int64), repr=False)
    forward: Array = field(default_factory=lambda: np.zeros(0), repr=False)
    backward: Array = field(default_factory=lambda: np.zeros(0), repr=False)
    looks: Array = field(default_factory=lambda: np.zeros(0), repr=False)
    null_target: Array = field(default_factory=lambda: np.zeros(0), repr=False)
    null_source: Array = field(default_factory=lambda: np.zeros(0), repr=False)
    tension: float = TENSION
    alike: float = ALIKE

    def posteriors(self, source: Words, target: Words) -> tuple[Array, Array]:
        """For each (source word, target word), shape (S, T): the probability that the target word translates
        this source word, and that the source word translates this target word. A column of the first sums
        to 1 less the probability of translating nothing, and so does a row of the second.
        """
        size = (len(source), len(target))
        if not all(size):
            return np.zeros(size), np.zeros(size)
        left, right = _forms(source), _forms(target)
        kinds, known = self._kinds(left, right)
        forward, backward = self._of(self.forward, kinds, known), self._of(self.backward, kinds, known)
        near = self._prior(left, right, kinds, known)
        given_target = near / near.sum(axis=0, keepdims=True) * (1 - NULL)
        given_source = near / near.sum(axis=1, keepdims=True) * (1 - NULL)
        one, other = forward * given_target, backward * given_source
        empty_target = NULL * self._null(self.target, self.null_target, right)
        empty_source = NULL * self._null(self.source, self.null_source, left)
        return (
            one / (one.sum(axis=0) + empty_target)[None, :],
            other / (other.sum(axis=1) + empty_source)[:, None],
        )

    def _kinds(self, left: Words, right: Words) -> tuple[Ids, npt.NDArray[np.bool_]]:
        """The place of each cell's pair of forms in the tables, and whether it is there at all."""
        rows = np.array([self.source.get(word, -1) for word in left])[:, None]
        columns = np.array([self.target.get(word, -1) for word in right])[None, :]
        wanted = np.where((rows < 0) | (columns < 0), -1, rows * max(len(self.target), 1) + columns)
        if not len(self.kinds):
            return wanted, np.zeros(wanted.shape, dtype=bool)
        at = np.minimum(np.searchsorted(self.kinds, wanted), len(self.kinds) - 1)
        return at, self.kinds[at] == wanted

    def _of(self, table: Array, kinds: Ids, known: npt.NDArray[np.bool_]) -> Array:
        """A table by cell; what was never seen together has the least."""
        return np.where(known, table[kinds], _FLOOR) if len(table) else np.full(kinds.shape, _FLOOR)

    def _prior(self, left: Words, right: Words, kinds: Ids, known: npt.NDArray[np.bool_]) -> Array:
        if known.all():
            looks = self.looks[kinds]
        else:
            rows, columns = np.indices((len(left), len(right))).reshape(2, -1)
            looks = 1 + self.alike * likeness(left, right, rows, columns).reshape(kinds.shape)
        apart = np.abs(_relative(len(left))[:, None] - _relative(len(right))[None, :])
        return np.asarray(np.exp(-self.tension * apart) * looks, dtype=np.float64)

    def _null(self, names: dict[str, int], table: Array, words: Words) -> Array:
        found = [table[names[word]] if word in names else _FLOOR for word in words]
        return np.array(found, dtype=np.float64)


_FLOOR = 1e-7


def learn(
    pairs: Pairs,
    *,
    iterations: int = ITERATIONS,
    tension: float = TENSION,
    alike: float = ALIKE,
    alive: Callable[[int, int], None] = lambda done, total: None,
) -> Model:
    """Learn from sentence pairs; the same pairs in another order give the same model, to the bit.

    Args:
        alive: told (iterations done, iterations) before each; may raise.
    """
    kept = _kept(pairs)
    source = _numbered(word for words, _ in kept for word in words)
    target = _numbered(word for _, words in kept for word in words)
    if not kept:
        return Model(tension=tension, alike=alike)
    cells, kinds = _laid_out(kept, source, target)
    looks = _alike(kinds, source, target, alike)
    near = np.exp(-tension * cells.place) * looks[cells.kind]
    table = _Table(cells, near, len(kinds), len(source), len(target))
    for done in range(iterations):
        alive(done, iterations)
        table.improve()
    forward, backward, null_target, null_source = table.found()
    return Model(
        source,
        target,
        kinds,
        forward,
        backward,
        looks,
        null_target,
        null_source,
        tension=tension,
        alike=alike,
    )


def _kept(pairs: Pairs) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """In an order that does not depend on theirs, no more cells than `MOST_CELLS`."""
    forms = [(_forms(one), _forms(other)) for one, other in pairs if one and other]
    forms.sort(key=lambda pair: (len(pair[0]) * len(pair[1]), pair))
    sizes = np.cumsum([len(one) * len(other) for one, other in forms])
    return forms[: int(np.searchsorted(sizes, MOST_CELLS, side="right"))]


def _forms(words: Words) -> tuple[str, ...]:
    return tuple(word.casefold() for word in words)


def _numbered(words: Iterable[str]) -> dict[str, int]:
    return {word: number for number, word in enumerate(sorted(set(words)))}


def _relative(length: int) -> Array:
    return np.asarray((np.arange(length) + 0.5) / length, dtype=np.float64)


def _laid_out(pairs: Pairs, source: dict[str, int], target: dict[str, int]) -> tuple[Cells, Ids]:
    """The cells, and which (source form, target form) each kind is, as one number, rising."""
    forms, places, words, before = [], [], [], np.zeros(2, np.int64)
    for one, other in pairs:
        rows, columns = np.indices((len(one), len(other))).reshape(2, -1)
        left = np.array([source[word] for word in one])[rows]
        right = np.array([target[word] for word in other])[columns]
        forms.append(np.stack([left, right]))
        places.append(np.abs(_relative(len(one))[rows] - _relative(len(other))[columns]))
        words.append(np.stack([rows, columns]) + before[:, None])
        before += (len(one), len(other))
    left, right = np.concatenate(forms, axis=1)
    kinds, kind = np.unique(left * len(target) + right, return_inverse=True)
    rows, columns = np.concatenate(words, axis=1)
    return Cells(kind, rows, columns, np.concatenate(places), left, right), kinds


def _alike(kinds: Ids, source: dict[str, int], target: dict[str, int], weight: float) -> Array:
    return 1 + weight * likeness(list(source), list(target), kinds // len(target), kinds % len(target))


class _Table:
    """The probabilities while they are learned."""

    def __init__(self, cells: Cells, near: Array, kinds: int, sources: int, targets: int) -> None:
        of_source = np.zeros(kinds, np.int64)
        of_target = np.zeros(kinds, np.int64)
        of_source[cells.kind], of_target[cells.kind] = cells.source_form, cells.target_form
        forms = (_first(cells.source, cells.source_form), _first(cells.target, cells.target_form))
        self._forward = _Direction(cells.kind, near, cells.target, of_source, forms[1], sources, targets)
        self._backward = _Direction(cells.kind, near, cells.source, of_target, forms[0], targets, sources)

    def improve(self) -> None:
        self._forward.improve()
        self._backward.improve()

    def found(self) -> tuple[Array, Array, Array, Array]:
        return self._forward.table, self._backward.table, self._forward.null, self._backward.null


def _first(words: Ids, forms: Ids) -> Ids:
    """The form of each word of the collection."""
    found = np.zeros(int(words.max()) + 1, np.int64)
    found[words] = forms
    return found


class _Direction:
    """EM of one direction: every word of one side is explained by a word of the other, or by none."""

    def __init__(
        self, kind: Ids, near: Array, explained: Ids, giving: Ids, forms: Ids, givers: int, size: int
    ) -> None:
        sums = np.bincount(explained, near)
        self._prior = near / sums[explained] * (1 - NULL)
        self._kind, self._explained, self._giving, self._forms = kind, explained, giving, forms
        self._givers, self._size = givers, size
        self.table = np.full(len(giving), 1.0 / size)
        self.null = np.full(size, 1.0 / size)

    def improve(self) -> None:
        """One step of EM, its mean taken under a Dirichlet prior (variational Bayes)."""
        weight = self._prior * self.table[self._kind]
        empty = NULL * self.null[self._forms]
        total = np.bincount(self._explained, weight, len(self._forms)) + empty
        counts = np.bincount(self._kind, weight / total[self._explained], len(self.table))
        sums = np.bincount(self._giving, counts, self._givers)
        self.table = _expected(counts) / _expected(sums, self._size)[self._giving]
        nothing = np.bincount(self._forms, empty / total, self._size)
        self.null = _expected(nothing) / _expected(nothing.sum(keepdims=True), self._size)


def _expected(counts: npt.NDArray[Any], outcomes: int = 1) -> Array:
    from scipy.special import digamma

    return np.asarray(np.exp(digamma(counts + ALPHA * outcomes)), dtype=np.float64)
