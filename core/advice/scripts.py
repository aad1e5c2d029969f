"""Which scripts words are written in, and whether target and sources share them."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from core.types import Instance

NEGLIGIBLE = 0.01
"""Scripts of a smaller share of the letters are foreign names and symbols."""


@lru_cache(maxsize=10_000)
def _script(char: str) -> str:
    """The first word of a letter's Unicode name: LATIN, CYRILLIC ...; "" for what is no letter."""
    return unicodedata.name(char, "").partition(" ")[0] if char.isalpha() else ""


def scripts(instances: Iterable[Instance]) -> dict[str, float]:
    """Script -> share of the letters of the texts, largest first, without negligible ones."""
    counts: Counter[str] = Counter()
    for item in instances:
        for char, n in Counter(item.text).items():
            counts[_script(char)] += n
    del counts[""]
    total = counts.total()
    return {name: n / total for name, n in counts.most_common() if n / total >= NEGLIGIBLE}


def overlap(target: dict[str, float], sources: dict[str, float]) -> float:
    """Share of the target's letters that are in a script of the sources."""
    total = sum(target.values())
    return sum(share for name, share in target.items() if name in sources) / total if total else 1.0
