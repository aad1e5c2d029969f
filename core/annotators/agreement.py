"""How far people agree by more than chance, over independent labels, with intervals over items.

Cohen's kappa (1960) of each pair; Fleiss' kappa (1971) of all words that as many people labelled;
Krippendorff's alpha for nominal data (2011), which takes words that some did not label. Of each label against
all others: the same for two values. For entities also the F1 of whole entities of each pair (Hripcsak and
Rothschild 2005), since most words are in none. Intervals: percentiles of 1,000 draws of whole items.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from core.annotators.independent import MISSING, Ratings
from core.spans import strict_spans
from core.types import Labels

DRAWS = 1_000
LOW, HIGH = 2.5, 97.5
Totals = npt.NDArray[np.float64]
"""(B, K): K sums over items, for each of B draws of items."""
Read = Callable[[Totals], npt.NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its 95 % interval; None where it is not defined (everybody only ever gave one label)."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people: items and words that both labelled, the share of words with the same label, kappa.

    `entities`: F1 of whole entities, where the labels are of entities.
    """

    a: str
    b: str
    items: int
    words: int
    same: float
    kappa: Figure
    entities: Figure | None = None


@dataclass(frozen=True, slots=True)
class OfLabel:
    """One label against all others: how often it was given, alpha, Fleiss' kappa."""

    label: str
    given: int
    alpha: Figure
    fleiss: Figure


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far people agree.

    Attributes:
        items, words: labelled by two or more people.
        raters: how many people labelled each of the `fleiss_words` that Fleiss' kappa is of.
    """

    people: tuple[str, ...]
    items: int
    words: int
    alpha: Figure
    fleiss: Figure
    raters: int
    fleiss_words: int
    pairs: tuple[Pair, ...]
    labels: tuple[OfLabel, ...]


def agreement(
    found: Ratings, *, entities: bool = False, draws: int = DRAWS, seed: int = 0
) -> Agreement | None:
    """How far the people of `found` agree; None where no two of them labelled the same item.

    Args:
        entities: the labels are BIO tags.
    """
    if len(found.people) < 2:
        return None
    weights = _weights(len(found.positions), draws, seed)
    counts = _counts(found)
    alpha = _sums(_alpha_parts(counts), found, weights)
    n = _commonest(counts)
    fleiss = _sums(_fleiss_parts(counts, n), found, weights)
    given = counts[counts.sum(axis=1) > 1].sum(axis=0)
    labels = [
        OfLabel(
            found.labels[code],
            int(given[code]),
            _figure(alpha, lambda sums, code=code: _alpha_of(sums, code)),  # type: ignore[misc]
            _figure(fleiss, lambda sums, code=code: _fleiss_of(sums, code, n)),  # type: ignore[misc]
        )
        for code in np.argsort(-given, kind="stable").tolist()
        if given[code]
    ]
    pairs = (
        _pair(found, a, b, weights, entities=entities) for a, b in combinations(range(len(found.people)), 2)
    )
    return Agreement(
        people=found.people,
        items=len(found.positions),
        words=int((counts.sum(axis=1) > 1).sum()),
        alpha=_figure(alpha, _alpha),
        fleiss=_figure(fleiss, lambda sums: _fleiss(sums, n)),
        raters=n,
        fleiss_words=int((counts.sum(axis=1) == n).sum()),
        pairs=tuple(pair for pair in pairs if pair is not None),
        labels=tuple(labels),
    )


def between(found: Ratings, a: int, b: int) -> list[tuple[str, str, int]]:
    """What person `a` and what person `b` said of the same words, and how often; most frequent first."""
    both = (found.given[a] != MISSING) & (found.given[b] != MISSING)
    cells, times = np.unique(
        np.stack([found.given[a][both], found.given[b][both]]), axis=1, return_counts=True
    )
    rows = [
        (found.labels[one], found.labels[other], int(n))
        for one, other, n in zip(*cells.tolist(), times.tolist(), strict=True)
    ]
    return sorted(rows, key=lambda row: (-row[2], row[0], row[1]))


def differing(found: Ratings, a: int, b: int, labels: tuple[str, str] | None = None) -> list[int]:
    """Positions of the items in which two people differ, or said these two labels of the same word."""
    one, other = found.given[a], found.given[b]
    if labels is None:
        hit = (one != MISSING) & (other != MISSING) & (one != other)
    else:
        hit = (one == found.labels.index(labels[0])) & (other == found.labels.index(labels[1]))
    return [found.positions[row] for row in np.unique(found.owners[hit]).tolist()]


def _weights(n: int, draws: int, seed: int) -> Totals:
    """(1 + draws, n): every item once, then how often each draw has it."""
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=draws)
    return np.vstack([np.ones((1, n)), drawn])


def _sums(parts: Totals, found: Ratings, weights: Totals) -> Totals:
    """Sums over words of (U, K), for every draw of items: (1 + draws, K)."""
    per_item = np.zeros((len(found.positions), parts.shape[1]))
    np.add.at(per_item, found.owners, parts)
    summed: Totals = weights @ per_item
    return summed


def _figure(sums: Totals, read: Read) -> Figure:
    """The value over all items, and what 95 % of the draws that have one lie between."""
    with np.errstate(divide="ignore", invalid="ignore"):
        values = read(sums)
    first, rest = float(values[0]), values[1:][np.isfinite(values[1:])]
    if not np.isfinite(first):
        return Figure(None)
    if not len(rest):
        return Figure(first)
    low, high = np.percentile(rest, [LOW, HIGH])
    return Figure(first, float(low), float(high))


def _counts(found: Ratings) -> npt.NDArray[np.int64]:
    """(U, L): how many people gave each word each label."""
    width = len(found.labels)
    counts = np.zeros((found.given.shape[1], width), dtype=np.int64)
    for row in found.given:
        known = np.flatnonzero(row != MISSING)
        counts[known, row[known]] += 1
    return counts


def _alpha_parts(counts: npt.NDArray[np.int64]) -> Totals:
    """(U, 2 L): of each label how often it was given, and its part of the diagonal of coincidences."""
    people = counts.sum(axis=1, keepdims=True)
    used = np.where(people > 1, counts, 0)
    same = used * (used - 1) / np.maximum(people - 1, 1)
    return np.hstack([used, same]).astype(np.float64)


def _alpha(sums: Totals) -> npt.NDArray[np.float64]:
    given, same = np.hsplit(sums, 2)
    n = given.sum(axis=1)
    observed = (n - same.sum(axis=1)) / n
    expected = (n**2 - (given**2).sum(axis=1)) / (n * (n - 1))
    found: npt.NDArray[np.float64] = 1 - observed / expected
    return found


def _alpha_of(sums: Totals, code: int) -> npt.NDArray[np.float64]:
    given, same = np.hsplit(sums, 2)
    n, mine = given.sum(axis=1), given[:, code]
    found: npt.NDArray[np.float64] = 1 - (mine - same[:, code]) * (n - 1) / (mine * (n - mine))
    return found


def _commonest(counts: npt.NDArray[np.int64]) -> int:
    """By how many people most of the words are labelled that more than one labelled."""
    people = counts.sum(axis=1)
    numbers, times = np.unique(people[people > 1], return_counts=True)
    return int(numbers[times == times.max()].max()) if len(numbers) else 2


def _fleiss_parts(counts: npt.NDArray[np.int64], n: int) -> Totals:
    """(U, 2 L + 1): of each label how often it was given, and by how many pairs not together; words."""
    used = np.where(counts.sum(axis=1, keepdims=True) == n, counts, 0)
    apart = used * (n - used)
    words = (used.sum(axis=1, keepdims=True) > 0).astype(np.int64)
    return np.hstack([used, apart, words]).astype(np.float64)


def _fleiss(sums: Totals, n: int) -> npt.NDArray[np.float64]:
    given, apart = np.hsplit(sums[:, :-1], 2)
    words = sums[:, -1]
    observed = 1 - apart.sum(axis=1) / (words * n * (n - 1))
    chance = ((given / (words * n)[:, None]) ** 2).sum(axis=1)
    found: npt.NDArray[np.float64] = (observed - chance) / (1 - chance)
    return found


def _fleiss_of(sums: Totals, code: int, n: int) -> npt.NDArray[np.float64]:
    given, apart = np.hsplit(sums[:, :-1], 2)
    words = sums[:, -1]
    share = given[:, code] / (words * n)
    found: npt.NDArray[np.float64] = 1 - apart[:, code] / (words * n * (n - 1) * share * (1 - share))
    return found


def _pair(found: Ratings, a: int, b: int, weights: Totals, *, entities: bool) -> Pair | None:
    one, other = found.given[a], found.given[b]
    both = (one != MISSING) & (other != MISSING)
    if not both.any():
        return None
    width, places = len(found.labels), np.flatnonzero(both)
    rows, owners = np.unique(found.owners[places], return_inverse=True)
    parts = np.zeros((len(rows), 2 * width + 1))
    np.add.at(parts, (owners, one[places]), 1)
    np.add.at(parts, (owners, width + other[places]), 1)
    np.add.at(parts, (owners, np.full(len(owners), 2 * width)), one[places] == other[places])
    sums = weights[:, rows] @ parts
    return Pair(
        a=found.people[a],
        b=found.people[b],
        items=len(rows),
        words=int(both.sum()),
        same=float((one[both] == other[both]).mean()),
        kappa=_figure(sums, _kappa),
        entities=_entities(found, (a, b), both, weights[:, rows]) if entities else None,
    )


def _kappa(sums: Totals) -> npt.NDArray[np.float64]:
    first, second = np.hsplit(sums[:, :-1], 2)
    n = first.sum(axis=1)
    chance = (first * second).sum(axis=1) / n**2
    found: npt.NDArray[np.float64] = (sums[:, -1] / n - chance) / (1 - chance)
    return found


def _entities(found: Ratings, pair: tuple[int, int], both: npt.NDArray[np.bool_], weights: Totals) -> Figure:
    """F1 of whole entities; `weights` (1 + draws, items of the pair)."""
    places = np.flatnonzero(both)
    parts = []
    for here in np.split(places, np.flatnonzero(np.diff(found.owners[places])) + 1):
        one, other = (strict_spans([_tags(found, who, here)]) for who in pair)
        parts.append((len(one & other), len(one) + len(other)))
    sums: Totals = weights @ np.array(parts, dtype=np.float64)
    return _figure(sums, lambda total: 2 * total[:, 0] / total[:, 1])


def _tags(found: Ratings, who: int, here: npt.NDArray[np.int64]) -> Labels:
    return tuple(found.labels[code] for code in found.given[who][here].tolist())
