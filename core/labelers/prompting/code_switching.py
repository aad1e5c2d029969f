"""Texts with words put in another language, by a dictionary that is learned from sentence pairs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from core.types import Instance
from core.word_alignment import learn, links

Pair = tuple[str, str]
MOST = 4000
"""Sentence pairs the dictionary is learned from, at most."""


def dictionary(pairs: Sequence[Pair]) -> dict[str, str]:
    """Word -> the word it is linked to most often, by word alignment in both directions (intersection)."""
    words = [(one.split(), other.split()) for one, other in pairs[:MOST]]
    model = learn(words)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one, other in words:
        for left, right in links(model, one, other, "intersection").found:
            counts[one[left]][other[right]] += 1
    return {word: min(found, key=lambda key: (-found[key], key)) for word, found in counts.items()}


def switched(item: Instance, known: Mapping[str, str], share: float, dice: np.random.Generator) -> Instance:
    """The item with about so many of its words in the other language, where the dictionary has them."""
    return replace(
        item,
        text=_switched(item.text, known, share, dice),
        text_b=None if item.text_b is None else _switched(item.text_b, known, share, dice),
    )


def _switched(text: str, known: Mapping[str, str], share: float, dice: np.random.Generator) -> str:
    words = text.split()
    drawn = dice.random(len(words)) < share
    return " ".join(
        known.get(word, word) if taken else word for word, taken in zip(words, drawn, strict=True)
    )
