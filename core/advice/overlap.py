"""How much two texts have in common: pieces of words, and whole words by how often they occur.

Both measures are the intersection of two relative-frequency distributions (Swain and Ballard, 1991):
1 for equal texts, 0 for texts that share nothing. Frequent words weigh most, and they are what
taggers of related languages agree on.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.labelers.crf_features import norm

PIECE = 4
"""Characters of a piece; a word is read with a mark at either end."""


@dataclass(frozen=True, slots=True)
class Profile:
    """How often the folded words and word pieces of a text occur; words without letters do not count."""

    words: Counter[str]
    pieces: Counter[str]

    @classmethod
    def of(cls, sentences: Iterable[Sequence[str]]) -> Profile:
        """The profile of tokenised sentences."""
        words = Counter(norm(token) for tokens in sentences for token in tokens if _has_letters(token))
        pieces: Counter[str] = Counter()
        for word, times in words.items():
            marked = f"<{word}>"
            for at in range(max(len(marked) - PIECE + 1, 1)):
                pieces[marked[at : at + PIECE]] += times
        return cls(words, pieces)


def shared(mine: Counter[str], theirs: Counter[str]) -> float:
    """Intersection of the two distributions, in [0, 1]."""
    if not mine or not theirs:
        return 0.0
    a, b = mine.total(), theirs.total()
    return sum(min(count / a, theirs[name] / b) for name, count in mine.items() if name in theirs)


def closeness(mine: Profile, theirs: Profile) -> float:
    """Geometric mean of what words and pieces share, in [0, 1]."""
    return math.sqrt(shared(mine.words, theirs.words) * shared(mine.pieces, theirs.pieces))


def _has_letters(token: str) -> bool:
    return any(char.isalpha() for char in token)
