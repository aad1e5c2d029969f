"""Scores on classes that training knew and on classes it did not: generalised zero-shot classification."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seen:
    """Accuracy, in shares of 1, on items whose right label was seen in training and on the others.

    Attributes:
        seen: None where there is no item of a seen label.
        unseen: None where there is no item of an unseen one.
        harmonic: the harmonic mean of both (as in arXiv 1707.00600); None unless there are both.
        n_seen: items of a seen label.
        n_unseen: items of an unseen one.
    """

    seen: float | None
    unseen: float | None
    harmonic: float | None
    n_seen: int
    n_unseen: int


def seen_scores(gold: Sequence[str], predicted: Sequence[str], seen: Collection[str]) -> Seen:
    """How well items of seen and of unseen labels were labelled; every label was a candidate for both.

    Args:
        gold: the right labels, one per item.
        predicted: parallel to `gold`.
        seen: the labels training knew.

    Raises:
        ValueError: more of one than of the other.
    """
    known = frozenset(seen)
    hits: dict[bool, list[bool]] = {True: [], False: []}
    for right, given in zip(gold, predicted, strict=True):
        hits[right in known].append(right == given)
    of_seen, of_unseen = _share(hits[True]), _share(hits[False])
    return Seen(of_seen, of_unseen, harmonic_mean(of_seen, of_unseen), len(hits[True]), len(hits[False]))


def harmonic_mean(one: float | None, other: float | None) -> float | None:
    """2ab / (a + b); 0 where both are 0, None where one is unknown."""
    if one is None or other is None:
        return None
    return 2 * one * other / (one + other) if one + other else 0.0


def _share(hits: Sequence[bool]) -> float | None:
    return sum(hits) / len(hits) if hits else None
