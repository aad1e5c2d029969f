"""Token features that carry over between related languages and scripts of one family.

Words are compared in a folded spelling (`norm`), as a consonant skeleton, by their shape and by
how often and how they occur in unlabelled text of their own language; nothing is tied to a
language. Drops during training keep the tagger from leaning on words it will not meet again.
"""

from __future__ import annotations

import math
import random
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

FOLDED = str.maketrans(
    {"ð": "d", "þ": "t", "ø": "o", "æ": "e", "œ": "e", "ß": "s", "ł": "l", "đ": "d", "ı": "i"}
    | {"ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ɲ": "n", "ŋ": "n", "ɛ": "e", "ɔ": "o", "ɖ": "d", "ƒ": "f"}
)
CLASSES = {"P": "pbfvw", "T": "tdsz", "K": "kgqcxh", "M": "mn", "L": "lr", "J": "j"}
CLASS_OF = {letter: name for name, letters in CLASSES.items() for letter in letters}
VOWELS = frozenset("aeiouy")
LONGEST = 8
TRIGRAM_LIMIT = 14


@lru_cache(maxsize=200_000)
def norm(word: str) -> str:
    """The word in lower case with special letters and accents folded to their base."""
    folded = unicodedata.normalize("NFD", word.lower().translate(FOLDED))
    return "".join(char for char in folded if not unicodedata.combining(char)) or word


@lru_cache(maxsize=200_000)
def skeleton(word: str) -> str:
    """Consonant classes of the word; vowels count only at its start, repeats once."""
    kept: list[str] = []
    for place, char in enumerate(norm(word)):
        at_start = "A" if place == 0 else ""
        mark = at_start if char in VOWELS else CLASS_OF.get(char, char)
        if mark and (not kept or kept[-1] != mark):
            kept.append(mark)
    return "".join(kept)


@lru_cache(maxsize=200_000)
def shape(word: str) -> str:
    """Runs of upper case, lower case, digits and the rest as X, x, d, -; numbers and marks apart."""
    if not any(char.isalnum() for char in word):
        return f"punct:{word[:1]}"
    if not any(char.isalpha() for char in word):
        return "num"
    runs: list[str] = []
    for char in word:
        mark = "d" if char.isdigit() else "-"
        if char.isalpha():
            mark = "X" if char.isupper() else "x"
        if not runs or runs[-1] != mark:
            runs.append(mark)
    return "".join(runs)


@dataclass(frozen=True, slots=True)
class Word:
    """What is said about a word, apart from its place in a sentence."""

    norm: str
    skeleton: str
    shape: str
    usage: str
    own: tuple[str, ...]
    near: tuple[str, ...]


@dataclass
class Usage:
    """How often, and how, words occur in unlabelled text of one language."""

    counts: Counter[str] = field(default_factory=Counter)
    middle: Counter[str] = field(default_factory=Counter)
    capital: Counter[str] = field(default_factory=Counter)
    words: dict[str, Word] = field(default_factory=dict)

    @classmethod
    def of(cls, sentences: Iterable[Sequence[str]]) -> Usage:
        """Count the words of tokenised sentences."""
        usage = cls()
        for tokens in sentences:
            for place, token in enumerate(tokens):
                name = norm(token)
                usage.counts[name] += 1
                if place:
                    usage.middle[name] += 1
                    usage.capital[name] += token[:1].isupper()
        return usage

    def frequency(self, name: str) -> int:
        """log2 of the relative frequency in eight steps: 0 = below 2**-11, 7 = 2**-5 and above."""
        count = self.counts.get(name, 0)
        if not count:
            return 0
        return min(max(math.floor(math.log2(count / self.counts.total())) + 12, 0), 7)

    def capitals(self, name: str) -> str:
        """How often the word has a capital away from the start: 0 never, l seldom, h often, 1 always."""
        seen = self.middle.get(name, 0)
        if not seen:
            return "?"
        share = self.capital[name] / seen
        return "0" if share == 0 else "1" if share == 1 else "l" if share < 0.5 else "h"

    def word(self, token: str) -> Word:
        """The word's features, remembered."""
        if token not in self.words:
            self.words[token] = self._describe(token)
        return self.words[token]

    def _describe(self, token: str) -> Word:
        name, bones, form = norm(token), skeleton(token), shape(token)
        often, size = self.frequency(name), min(len(name), LONGEST)
        usage = f"{often}x{size}"
        own = [f"shape={form}", f"len={size}", f"f={often}", f"fl={usage}", f"cap={self.capitals(name)}"]
        own += [f"s{n}={name[-n:]}" for n in range(1, 6) if n <= len(name)]
        own += [f"p{n}={name[:n]}" for n in range(1, 5) if n <= len(name)]
        if len(name) < TRIGRAM_LIMIT:
            padded = f"<{name}>"
            own += [f"t={padded[at : at + 3]}" for at in range(len(padded) - 2)]
        return Word(name, bones, form, usage, tuple(own), (name[-2:], name[-3:]))


@dataclass(frozen=True, slots=True)
class Drops:
    """How often a feature is left out of a training example, so that others are learned."""

    word: float = 0.3
    skeleton: float = 0.15
    neighbour: float = 0.3


def features(
    tokens: Sequence[str], usage: Usage, drops: Drops | None = None, dice: random.Random | None = None
) -> list[list[str]]:
    """Feature names of each token; with `drops` and `dice`, some are left out at random."""
    words = [usage.word(token) for token in tokens]
    return [_token(words, place, drops, dice) for place in range(len(words))]


def _token(words: Sequence[Word], place: int, drops: Drops | None, dice: random.Random | None) -> list[str]:
    word = words[place]
    found = ["bias", *word.own]
    if not _dropped(drops.word if drops else 0.0, dice):
        found.append(f"w={word.norm}")
    if not _dropped(drops.skeleton if drops else 0.0, dice):
        found.append(f"k={word.skeleton}")
    if place <= 1:
        found.append("BOS" if place == 0 else "BOS+1")
    if place == len(words) - 1:
        found.append("EOS")
    for step in (-2, -1, 1, 2):
        if 0 <= place + step < len(words):
            found += _neighbour(words[place + step], step, drops.neighbour if drops else 0.0, dice)
    return found


def _neighbour(word: Word, step: int, drop: float, dice: random.Random | None) -> list[str]:
    found = [f"{step}shape={word.shape}", f"{step}fl={word.usage}"]
    if abs(step) == 1:
        found += [f"{step}s2={word.near[0]}", f"{step}s3={word.near[1]}"]
        if not _dropped(drop, dice):
            found.append(f"{step}w={word.norm}")
        if not _dropped(drop, dice):
            found.append(f"{step}k={word.skeleton}")
    return found


def _dropped(chance: float, dice: random.Random | None) -> bool:
    return dice is not None and dice.random() < chance
