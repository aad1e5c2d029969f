"""Pair features: every token of a query against every token of its exemplars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.labelers.kernel.words import BITS, Described, IntArray, joined

Array32 = npt.NDArray[np.float32]

NAMES = (
    "cosine",
    "cosine cubed",
    "same word",
    "same skeleton",
    "same last 2",
    "same last 3",
    "same last 4",
    "same first 3",
    "same shape",
    "difference of lengths",
    "agreement of labels",
    "confidence of the exemplar token",
    "confidence of the query token",
    "left: cosine",
    "left: same word",
    "left: agreement of labels",
    "right: cosine",
    "right: same word",
    "right: agreement of labels",
    "similarity of the sentences",
    "from a source language",
    "corrected",
    "both begin",
    "both end",
)


@dataclass(frozen=True, slots=True)
class Side:
    """What is known of the exemplars' tokens, laid end to end.

    Attributes:
        words: of E tokens.
        beliefs: (E, L) probabilities of their labels.
        confidence: (E,) how sure each label is, 1 where a human gave it.
        rank, place: (E,) which exemplar a token is of, and where it stands there.
        similarity, source, corrected: (E,) of the token's sentence.
    """

    words: Described
    beliefs: Array32
    confidence: Array32
    rank: IntArray
    place: IntArray
    similarity: Array32
    source: Array32
    corrected: Array32

    @classmethod
    def of(
        cls,
        parts: Sequence[tuple[Described, Array32, Array32]],
        similarities: Sequence[float],
        origins: Sequence[str],
    ) -> Side:
        """From (words, beliefs, confidence) of each exemplar, and its similarity and origin."""
        sizes = [len(words) for words, _, _ in parts]
        rank = np.repeat(np.arange(len(parts)), sizes)
        marks = np.array(
            [[origin == "source", origin == "corrected"] for origin in origins], dtype=np.float32
        )
        return cls(
            joined([words for words, _, _ in parts]),
            np.concatenate([beliefs for _, beliefs, _ in parts]),
            np.concatenate([confidence for _, _, confidence in parts]),
            rank,
            np.concatenate([np.arange(size) for size in sizes]),
            np.array(similarities, dtype=np.float32)[rank],
            marks[rank, 0],
            marks[rank, 1],
        )


def pair_features(query: Described, own: Array32, exemplars: Side) -> Array32:
    """(tokens of the query, tokens of the exemplars, features), in the order of `NAMES`.

    Args:
        own: (tokens of the query, L) the query's own probabilities.
    """
    others = exemplars.words
    found = np.zeros((len(query), len(others), len(NAMES)), dtype=np.float32)
    cosine = cosines(query, others)
    agree = own @ exemplars.beliefs.T
    found[:, :, 0], found[:, :, 1] = cosine, cosine**3
    found[:, :, 2:9] = query.codes[:, None, :] == others.codes[None, :, :]
    found[:, :, 9] = np.abs(query.length[:, None] - others.length[None, :])
    found[:, :, 10] = agree
    found[:, :, 11] = exemplars.confidence
    found[:, :, 12] = own.max(axis=1, initial=0.0)[:, None]
    begins = exemplars.place == 0
    ends = np.append(begins[1:], True) if len(begins) else begins
    inner = ~begins[None, 1:]
    for at, table in ((13, cosine), (14, found[:, :, 2]), (15, agree)):
        found[1:, 1:, at] = table[:-1, :-1] * inner
        found[:-1, :-1, at + 3] = table[1:, 1:] * inner
    found[:, :, 19] = exemplars.similarity
    found[:, :, 20], found[:, :, 21] = exemplars.source, exemplars.corrected
    found[:1, begins, 22] = 1.0
    found[-1:, ends, 23] = 1.0
    return found


def cosines(query: Described, others: Described) -> Array32:
    """(tokens of the query, tokens of the others): cosines of their sets of character n-grams."""
    if not len(query) or not len(others):
        return np.zeros((len(query), len(others)), dtype=np.float32)
    known, column = np.unique(query.grams, return_inverse=True)
    table = np.zeros((len(query), len(known)), dtype=np.float32)
    table[query.owner, column] = 1.0
    place = np.full(1 << BITS, -1, dtype=np.int64)
    place[known] = np.arange(len(known))
    at = place[others.grams]
    shared = np.zeros((len(others), len(known)), dtype=np.float32)
    shared[others.owner[at >= 0], at[at >= 0]] = 1.0
    return np.asarray(table @ shared.T / np.outer(query.sizes, others.sizes), dtype=np.float32)
