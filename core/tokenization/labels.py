"""What was said of words, when the words change: kept, unknown, or handed on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from core.tokenization.words import Tokens, pieces
from core.types import Labels

Value = TypeVar("Value")
UNKNOWN = ""
"""The label of a word that somebody labelled before it was what it is now."""


def moved(values: Sequence[Value], old: Tokens, new: Tokens, unknown: Value) -> tuple[Value, ...]:
    """What was said of each word of `old`, of the words of `new`: `unknown` where it is another word.

    Where there are not as many values as words, nothing is known.
    """
    if len(values) != len(old.tokens):
        return (unknown,) * len(new.tokens)
    found = [unknown] * len(new.tokens)
    for piece in pieces(old, new):
        if piece.known:
            found[piece.new.start] = values[piece.old.start]
    return tuple(found)


def changed(old: Tokens, new: Tokens) -> tuple[int, ...]:
    """The words of `new` that `old` does not have."""
    return tuple(place for piece in pieces(old, new) if not piece.known for place in piece.new)


def handed_on(labels: Sequence[str], old: Tokens, new: Tokens) -> Labels:
    """The labels to go on with: parts have that of the word that was split, a merged word that of its first.

    Punctuation is first only where there is nothing else. Of a name (BIO) the parts are one name, and a
    merged word is of a name where any of its parts was.
    """
    if len(labels) != len(old.tokens):
        return (UNKNOWN,) * len(new.tokens)
    found: list[str] = []
    seam = False
    for piece in pieces(old, new):
        theirs = [labels[place] for place in piece.old]
        if piece.known:
            found.append(_continued(found, theirs[0]) if seam else theirs[0])
        else:
            found += _parts(found, theirs, len(piece.new))
        seam = not piece.known
    return tuple(found)


def _parts(before: Sequence[str], labels: Sequence[str], n: int) -> list[str]:
    if n == 1:
        names = (label for label in labels if label[:2] in {"B-", "I-"})
        outside = labels[0] != "O" and "O" not in labels
        first = next((label for label in labels if label != "PUNCT"), labels[0])
        return [_continued(before, first if outside else next(names, first))]
    given = [labels[place * len(labels) // n] for place in range(n)]
    found: list[str] = []
    for place, label in enumerate(given):
        again = place > 0 and len(labels) < n and _source(place, labels, n) == _source(place - 1, labels, n)
        inner = f"I-{label[2:]}" if again and label.startswith("B-") else label
        found.append(_continued([*before, *found], inner))
    return found


def _source(place: int, labels: Sequence[str], n: int) -> int:
    return place * len(labels) // n


def _continued(before: Sequence[str], label: str) -> str:
    """`label`, where it goes on with a name that is not there, as the start of one."""
    if not label.startswith("I-"):
        return label
    last = before[-1] if before else ""
    return label if last[:2] in {"B-", "I-"} and last[2:] == label[2:] else f"B-{label[2:]}"


Pair = tuple[Labels, Labels]


def known(gold: Sequence[str], given: Sequence[str]) -> list[Pair]:
    """Two labelings of one sentence, cut into stretches of words of which both know the label.

    A name (BIO) that touches a word of unknown label is not known either: nobody knows where it ends.
    """
    blank = [UNKNOWN in pair for pair in zip(gold, given, strict=True)]
    names = [name for labels in (gold, given) for name in _names(labels, blank)]
    out, before = list(blank), -1
    while sum(out) != before:
        before = sum(out)
        for start, end, open_end in names:
            if open_end or any(out[start:end]):
                out[start:end] = [True] * (end - start)
    found: list[list[tuple[str, str]]] = [[]]
    for pair, left_out in zip(zip(gold, given, strict=True), out, strict=True):
        if left_out:
            found.append([])
        else:
            found[-1].append(pair)
    return [(tuple(a for a, _ in part), tuple(b for _, b in part)) for part in found if part]


def _names(labels: Sequence[str], blank: Sequence[bool]) -> list[tuple[int, int, bool]]:
    """Names: the first word, the one after the last, and whether it may go on in a word of unknown label."""
    found: list[tuple[int, int]] = []
    for place, label in enumerate(labels):
        if label.startswith("I-") and found and found[-1][1] == place:
            found[-1] = (found[-1][0], place + 1)
        elif label[:2] in {"B-", "I-"}:
            found.append((place, place + 1))
    edge = [*blank, False]
    return [(start, end, edge[end] or (labels[start][0] == "I" and edge[start - 1])) for start, end in found]
