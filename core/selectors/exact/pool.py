"""A pool laid out for the search: items of equal label sets side by side, ties by row number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.selectors.exact.masks import pack, unpack
from core.selectors.exact.wish import Wish
from core.selectors.problem import FloatArray, IntArray


@dataclass(frozen=True)
class Pool:
    """n items that may be chosen, and G distinct sets of labels in demand ("signatures").

    Attributes:
        order: (n,) pool row of each place; grouped by signature, ascending within one.
        sets: (n,) the labels in demand that the item at each place carries.
        worth: (n,) what it is worth beside its similarity.
        starts: (G,) first place of every signature.
        loss: (L,) the price of leaving each label in demand uncovered.
        carriers: (L,) how many items carry it.
        size: rows in the whole pool.
    """

    order: IntArray
    sets: IntArray
    worth: FloatArray
    starts: IntArray
    loss: FloatArray
    carriers: IntArray
    size: int

    @cached_property
    def signatures(self) -> IntArray:
        """(G,) the label set of each signature."""
        return self.sets[self.starts]

    @cached_property
    def lengths(self) -> IntArray:
        """(G,) how many items have each signature."""
        return np.diff(np.append(self.starts, len(self.sets)))

    @cached_property
    def group(self) -> IntArray:
        """(n,) number of the signature at each place."""
        return np.repeat(np.arange(len(self.starts)), self.lengths)

    @cached_property
    def table(self) -> FloatArray:
        """(G, L) 1 where the signature holds the label."""
        return unpack(self.signatures, len(self.loss)).astype(np.float64)

    @cached_property
    def place(self) -> IntArray:
        """(size,) the place of every pool row; -1 for one that is not here."""
        places = np.full(self.size, -1, dtype=np.int64)
        places[self.order] = np.arange(len(self.order))
        return places


def wanted(wish: Wish) -> IntArray:
    """The labels whose absence costs something."""
    priced = (wish.demand > 0) if wish.hard else (wish.demand > 0) & (wish.price > 0)
    return np.flatnonzero(priced)


def lay_out(wish: Wish, spread: float) -> Pool:
    """The pool of a wish of presence; `spread` bounds the difference of two similarities."""
    labels = wanted(wish)
    allowed = np.flatnonzero(np.isfinite(wish.worth))
    carried = wish.counts[np.ix_(allowed, labels)] > 0
    sets = pack(carried)
    inner = np.argsort(sets, kind="stable")
    ordered = sets[inner]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]][: len(ordered)])
    worth = wish.worth[allowed]
    return Pool(
        order=allowed[inner],
        sets=ordered,
        worth=worth[inner],
        starts=starts,
        loss=losses(wish, labels, worth, spread),
        carriers=carried.sum(axis=0),
        size=len(wish.worth),
    )


def losses(wish: Wish, labels: IntArray, worth: FloatArray, spread: float) -> FloatArray:
    """(labels,) price of leaving each uncovered; above any difference of scores if coverage is hard."""
    if not wish.hard:
        return np.asarray(wish.price[labels] * wish.demand[labels])
    apart = float(worth.max() - worth.min()) if len(worth) else 0.0
    return np.asarray((1.0 + wish.k * (spread + apart)) * wish.demand[labels])
