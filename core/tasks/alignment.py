"""Generated words with their tags, aligned to the words of a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.tasks.reading import Reading, Span, some
from core.types import Labels

SPARE_ROWS = 1000
"""Rows of an answer that are looked at beyond ten for each word: some answers never end."""
BARE_ROW = re.compile(r"^\s*(?:[-*|]\s*)?(\S.*?)\s*(?:\\t|\||\s)\s*([^\s|]+)\s*\|?\s*$")


@dataclass(frozen=True, slots=True)
class Tagged:
    """A word of an answer, its tag, and where in the answer the tag stands."""

    word: str
    tag: str
    span: Span | None = None


def tab_rows(completion: str, most: int = 10 * SPARE_ROWS) -> list[Tagged]:
    """The first `most` lines that hold a tab; so fences and prose around them fall away."""
    found: list[Tagged] = []
    start = 0
    for line in completion.split("\n"):
        if len(found) == most:
            break
        if "\t" in line:
            word, tag = line.strip("\r").split("\t")[:2]
            at = start + line.index("\t", len(line) - len(line.lstrip("\r"))) + 1
            at += len(tag) - len(tag.lstrip())
            found.append(Tagged(word, tag.strip(), (at, at + len(tag.strip()))))
        start += len(line) + 1
    return found


def bare_rows(completion: str, label_set: Labels) -> list[Tagged]:
    """Lines that end in a known tag after a space, a bar or a written-out tab, where no line holds a tab."""
    known, found, start = frozenset(label_set), [], 0
    for line in completion.split("\n"):
        row = BARE_ROW.match(line) if len(line) < SPARE_ROWS else None
        if row and row[2] in known:
            found.append(Tagged(row[1], row[2], (start + row.start(2), start + row.end(2))))
        start += len(line) + 1
    return found


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


def read_rows(completion: str, words: Sequence[str], label_set: Labels, fallback: str) -> Reading:
    """Labels per word; a word without a row, or with an unknown tag, gets `fallback`.

    Source: the authors' parsing, which reproduces every stored label of the SSP release.
    """
    rows = tab_rows(completion, 10 * len(words) + SPARE_ROWS) or bare_rows(completion, label_set)
    return read_tagged(rows, words, label_set, fallback, "row of word and tag")


def read_tagged(
    rows: Sequence[Tagged], words: Sequence[str], label_set: Labels, fallback: str, kind: str
) -> Reading:
    """The labels of words that were generated with their tags; `kind` names what is missing if none is."""
    rows = rows[: 10 * len(words) + SPARE_ROWS]
    matched = align(words, [row.word for row in rows])
    known = frozenset(label_set)
    goods, missing, invalid = [], [], []
    for word, index in zip(words, matched, strict=True):
        row = None if index is None else rows[index]
        if row is None:
            missing.append(word)
        elif row.tag not in known:
            invalid.append(row.tag)
        goods.append(row if row is not None and row.tag in known else None)
    fault = _fault(rows, words, missing, invalid, kind)
    return Reading(
        tuple(good.tag if good else fallback for good in goods),
        fault,
        _problem(rows, fault, fallback),
        tuple(good is not None for good in goods),
        tuple(good.span if good else None for good in goods),
    )


def parse_rows(
    completion: str, words: Sequence[str], label_set: Labels, fallback: str
) -> tuple[Labels, str | None]:
    """The labels of `read_rows`, and what was wrong."""
    found = read_rows(completion, words, label_set, fallback)
    return found.labels, found.problem


def _fault(
    rows: Sequence[object], words: Sequence[str], missing: list[str], invalid: list[str], kind: str
) -> str | None:
    if words and not rows:
        return f"no {kind} in the answer"
    parts = []
    if missing:
        parts.append(f"{len(missing)} of {len(words)} words not in the answer ({some(missing)})")
    if invalid:
        parts.append(f"{len(invalid)} of {len(words)} tags unknown ({some(invalid)})")
    return "; ".join(parts) or None


def _problem(rows: Sequence[object], fault: str | None, fallback: str) -> str | None:
    if fault is None:
        return None
    return f"{fault}: {'these' if rows else 'every word'} became {fallback}"
