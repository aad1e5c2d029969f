"""Words of a pool as vectors of hashed character n-grams: how well each word of a query is met.

A word's vector is that of its letters, with a space at either end: equal words have cosine 1, related
forms (`house`, `houses`) something between. Case, meaning and context are not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from core.embedders.ngrams import NGrams
from core.normal import normal
from core.selectors.problem import FloatArray, IntArray

LETTERS = NGrams(low=1, high=4)


class Words:
    """The words of N texts; V distinct ones."""

    def __init__(self, texts: Sequence[str]) -> None:
        words = [split(text) for text in texts]
        self._size = len(texts)
        self._number = {
            word: at for at, word in enumerate(dict.fromkeys(word for row in words for word in row))
        }
        rows = [np.unique([self._number[word] for word in row]).astype(np.int64) for row in words]
        self._of_item = rows
        self._found = np.bincount(np.concatenate([*rows, np.zeros(0, np.int64)]), minlength=len(self._number))
        self._rarity = LETTERS.rarity(list(self._number))
        self._vectors = LETTERS.embed(list(self._number), self._rarity)

    def vectors(self, words: Sequence[str]) -> Any:
        """(T, width) sparse rows of length 1."""
        return LETTERS.embed(words, self._rarity)

    def rarity(self, words: Sequence[str]) -> FloatArray:
        """(T,) ln((N + 1) / (n + 1)) + 1 with n the texts that hold the word."""
        found = np.array([self._found[self._number[word]] if word in self._number else 0 for word in words])
        return np.asarray(np.log((self._size + 1) / (found + 1)) + 1.0)

    def best(self, vectors: Any, rows: IntArray) -> FloatArray:
        """(T, M) highest cosine of each of T words to the words of each of M texts; 0 to one without any."""
        held = [self._of_item[row] for row in rows]
        full = np.flatnonzero([len(words) > 0 for words in held])
        found = np.zeros((vectors.shape[0], len(rows)))
        if not len(full) or not vectors.shape[0]:
            return found
        flat = np.concatenate([held[place] for place in full])
        distinct, column = np.unique(flat, return_inverse=True)
        cosine = np.asarray((vectors @ self._vectors[distinct].T).todense())
        starts = np.cumsum([0, *(len(held[place]) for place in full[:-1])])
        found[:, full] = np.maximum.reduceat(cosine[:, column], starts, axis=1)
        return np.minimum(found, 1.0)


def split(text: str) -> list[str]:
    """The words of a text, split at white space, in lower case and one Unicode form."""
    return normal(text).lower().split()


class WordRecall:
    """`Recall` of some queries against a pool whose words are looked at when first needed."""

    def __init__(self, words: Callable[[], Words], queries: Sequence[str]) -> None:
        self._words, self._queries = words, queries

    def __call__(self, query: int, rows: IntArray) -> FloatArray:
        """See `Recall`."""
        words = self._words()
        return words.best(words.vectors(split(self._queries[query])), rows)

    def rarity(self, query: int) -> FloatArray:
        """See `Recall`."""
        return self._words().rarity(split(self._queries[query]))
