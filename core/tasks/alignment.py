"""Generated rows of word and tag, aligned to the words of a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from core.types import Labels

SHOWN = 3
"""How many words a problem names."""


def tab_rows(completion: str) -> list[tuple[str, str]]:
    """The lines that hold a tab, as (word, tag); so fences and prose around them fall away."""
    rows = []
    for line in completion.split("\n"):
        if "\t" in line:
            word, tag = line.strip("\r").split("\t")[:2]
            rows.append((word, tag.strip()))
    return rows


def align(words: Sequence[str], generated: Sequence[str]) -> list[int | None]:
    """For each word the index of its generated word on a longest common subsequence, or None.

    A run of equal words at either end is matched first, which keeps the table small: an answer is
    nearly always the sentence itself.
    """
    matched: list[int | None] = [None] * len(words)
    first, last = _common_ends(words, generated)
    shift = len(generated) - len(words)
    for index in range(first):
        matched[index] = index
    for index in range(last, len(words)):
        matched[index] = index + shift
    for mine, theirs in _subsequence(words[first:last], generated[first : last + shift]):
        matched[first + mine] = first + theirs
    return matched


def _common_ends(words: Sequence[str], generated: Sequence[str]) -> tuple[int, int]:
    shorter = min(len(words), len(generated))
    first = 0
    while first < shorter and words[first] == generated[first]:
        first += 1
    after = 0
    while after < shorter - first and words[-1 - after] == generated[-1 - after]:
        after += 1
    return first, len(words) - after


def _subsequence(words: Sequence[str], generated: Sequence[str]) -> list[tuple[int, int]]:
    """Index pairs of a longest common subsequence; among equals the earliest words win."""
    best = [[0] * (len(generated) + 1) for _ in range(len(words) + 1)]
    for i in range(len(words) - 1, -1, -1):
        for j in range(len(generated) - 1, -1, -1):
            equal = words[i] == generated[j]
            best[i][j] = best[i + 1][j + 1] + 1 if equal else max(best[i + 1][j], best[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(words) and j < len(generated):
        if words[i] == generated[j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j + 1] >= best[i + 1][j]:
            j += 1
        else:
            i += 1
    return pairs


def parse_rows(
    completion: str, words: Sequence[str], label_set: Labels, fallback: str
) -> tuple[Labels, str | None]:
    """Labels per word; a word without a row, or with an unknown tag, gets `fallback`.

    Source: the authors' parsing, which reproduces every stored label of the SSP release.
    """
    rows = tab_rows(completion)
    matched = align(words, [word for word, _ in rows])
    known = frozenset(label_set)
    labels, missing, invalid = [], [], []
    for word, index in zip(words, matched, strict=True):
        tag = None if index is None else rows[index][1]
        if tag is None:
            missing.append(word)
        elif tag not in known:
            invalid.append(tag)
        labels.append(tag if tag in known else fallback)
    return tuple(labels), _problem(rows, words, missing, invalid, fallback)


def _problem(
    rows: Sequence[object], words: Sequence[str], missing: list[str], invalid: list[str], fallback: str
) -> str | None:
    if words and not rows:
        return f"no row of word and tag in the answer: every word became {fallback}"
    parts = []
    if missing:
        parts.append(f"{len(missing)} of {len(words)} words not in the answer ({_some(missing)})")
    if invalid:
        parts.append(f"{len(invalid)} of {len(words)} tags unknown ({_some(invalid)})")
    return "; ".join(parts) + f": these became {fallback}" if parts else None


def _some(items: Sequence[str]) -> str:
    shown = ", ".join(repr(item) for item in items[:SHOWN])
    return f"{shown}, ..." if len(items) > SHOWN else shown
