"""What the kernel compares of a word, worked out once per word type and once per sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
import numpy.typing as npt

from core.labelers.crf_features import norm, shape, skeleton

BITS = 15
SIZES = (2, 3, 4)
LONGEST = 10

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Described:
    """The tokens of one sentence, or of several laid end to end.

    Attributes:
        codes: (T, 7) numbers that are equal where the words' norm, skeleton, last 2, 3 and 4 and first 3
            characters, and shape are equal.
        length: (T,) characters of the folded word, at most `LONGEST`, over `LONGEST`.
        grams: (G,) buckets of the words' character n-grams, word after word.
        owner: (G,) the word of each bucket.
        sizes: (T,) square root of the number of buckets of each word.
    """

    codes: IntArray
    length: npt.NDArray[np.float32]
    grams: IntArray
    owner: IntArray
    sizes: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.length)


@lru_cache(maxsize=20_000)
def described(tokens: tuple[str, ...]) -> Described:
    """The tokens of a sentence; remembered, as a sentence is an exemplar many times."""
    words = [_word(token) for token in tokens]
    counts = np.array([len(grams) for _, _, grams in words], dtype=np.int64)
    return Described(
        np.array([codes for codes, _, _ in words], dtype=np.int64).reshape(-1, 7),
        np.array([length for _, length, _ in words], dtype=np.float32),
        np.concatenate([grams for _, _, grams in words]) if words else np.zeros(0, dtype=np.int64),
        np.repeat(np.arange(len(words)), counts),
        np.sqrt(counts).astype(np.float32),
    )


def joined(parts: Sequence[Described]) -> Described:
    """Several sentences as one row of tokens."""
    starts = np.cumsum([0, *(len(part) for part in parts)])
    return Described(
        np.concatenate([part.codes for part in parts]),
        np.concatenate([part.length for part in parts]),
        np.concatenate([part.grams for part in parts]),
        np.concatenate([part.owner + start for part, start in zip(parts, starts[:-1], strict=True)]),
        np.concatenate([part.sizes for part in parts]),
    )


@lru_cache(maxsize=200_000)
def _word(token: str) -> tuple[tuple[int, ...], float, IntArray]:
    name = norm(token)
    # A word shorter than the ending compared is its own ending, as long words are of theirs.
    marks = (name, skeleton(token), name[-2:], name[-3:], name[-4:], name[:3], shape(token))
    return tuple(crc32(mark.encode()) for mark in marks), min(len(name), LONGEST) / LONGEST, _grams(name)


def _grams(name: str) -> IntArray:
    padded = f"<{name}>"
    found = {padded[at : at + size] for size in SIZES for at in range(len(padded) - size + 1)}
    return np.unique(np.array([crc32(gram.encode()) >> (32 - BITS) for gram in found], dtype=np.int64))
