"""How much words of two languages look alike: numbers, names and punctuation are rarely translated."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
LEAST = 0.5
"""Share of letter pairs in common below which two words count as unlike."""
SHORT = 4
"""Words of fewer letters are alike only if they are the same."""


@lru_cache(maxsize=200_000)
def plain(word: str) -> str:
    """Small letters without marks; a word of marks alone stays as it is."""
    folded = unicodedata.normalize("NFD", word.casefold())
    return "".join(char for char in folded if unicodedata.category(char) != "Mn") or word


def likeness(one: Sequence[str], other: Sequence[str], left: Ids, right: Ids) -> Array:
    """How alike are `one[left[n]]` and `other[right[n]]`, in [0, 1], for each n: Dice of their letter pairs.

    1 for the same word (marks and case aside), 0 below `LEAST`, and for short words that are not the same.
    """
    first, second = [plain(word) for word in one], [plain(word) for word in other]
    names = {word: number for number, word in enumerate(dict.fromkeys((*first, *second)))}
    same = (
        np.array([names[word] for word in first])[left] == np.array([names[word] for word in second])[right]
    )
    found: Array = np.where(same, 1.0, _dice(first, second, left, right))
    return np.where(found >= LEAST, found, 0.0)


def _dice(first: Sequence[str], second: Sequence[str], left: Ids, right: Ids) -> Array:
    columns: dict[str, int] = {}
    one, other = _letter_pairs(first, columns), _letter_pairs(second, columns)
    width = max(len(columns), 1)
    one.resize((len(first), width))
    other.resize((len(second), width))
    sizes = np.asarray(one.sum(axis=1)).ravel()[left] + np.asarray(other.sum(axis=1)).ravel()[right]
    shared = np.asarray(one[left].multiply(other[right]).sum(axis=1)).ravel()
    return np.asarray(2.0 * shared / np.maximum(sizes, 1.0), dtype=np.float64)


def _letter_pairs(words: Sequence[str], columns: dict[str, int]) -> Any:
    """A sparse 0/1 row per word over the letter pairs it holds; new pairs get new columns."""
    from scipy.sparse import csr_array

    starts, found = [0], []
    for word in words:
        framed = f"^{word}$" if len(word) >= SHORT else ""
        pairs = {framed[at : at + 2] for at in range(len(framed) - 1)}
        found += sorted(columns.setdefault(pair, len(columns)) for pair in pairs)
        starts.append(len(found))
    shape = (len(words), max(len(columns), 1))
    return csr_array((np.ones(len(found)), np.array(found, dtype=np.int64), np.array(starts)), shape=shape)
