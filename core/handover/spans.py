"""Labels of words as marks on a text, and back: how annotation programs hold them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.types import Instance, Labels, TaskName

Place = tuple[int, int]


class Unfit(ValueError):
    """Marks that do not fit the words; says why."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Characters `start` to `end` (without it) of a text, and what they are said to be.

    `text` is what the other program says stands there, "" where it does not say. `score` may be None.
    """

    start: int
    end: int
    label: str
    text: str = ""
    score: float | None = None


def text_of(instance: Instance) -> tuple[str, list[Place]]:
    """The text to show and where each word stands in it.

    The text as imported where the words follow each other in it with nothing but white space between, else
    (a word was re-spelled, a contraction written out) the words joined by spaces.
    """
    places = _found(instance.text, instance.tokens)
    if places is not None:
        return instance.text, places
    joined, at = " ".join(instance.tokens), 0
    places = []
    for token in instance.tokens:
        places.append((at, at + len(token)))
        at += len(token) + 1
    return joined, places


def _found(text: str, tokens: Sequence[str]) -> list[Place] | None:
    places: list[Place] = []
    at = 0
    for token in tokens:
        start = text.find(token, at)
        if start < 0 or text[at:start].strip():
            return None
        at = start + len(token)
        places.append((start, at))
    return None if text[at:].strip() else places


def marks(
    task: TaskName, labels: Labels, text: str, places: Sequence[Place], scores: Sequence[float] | None = None
) -> list[Mark]:
    """One mark per word (pos) or per entity (ner; an `I-` that nothing precedes begins one).

    The score of an entity is the least of its words'. A word nobody labelled has no mark.
    """
    spans = _entities(labels) if task == "ner" else [(n, n, label) for n, label in enumerate(labels) if label]
    found = []
    for first, last, label in spans:
        start, end = places[first][0], places[last][1]
        sure = min(scores[first : last + 1]) if scores else None
        found.append(Mark(start, end, label, text[start:end], sure))
    return found


def _entities(labels: Labels) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    for n, label in enumerate(labels):
        edge, _, kind = label.partition("-")
        if not kind:
            continue
        follows = bool(found) and found[-1][1] == n - 1 and found[-1][2] == kind
        if edge == "I" and follows:
            found[-1] = (found[-1][0], n, kind)
        else:
            found.append((n, n, kind))
    return found


def same_labels(task: TaskName, first: Labels, second: Labels) -> bool:
    """Whether labels mean the same, however an entity is begun (`I-` or `B-` after O)."""
    if task == "ner":
        return len(first) == len(second) and _entities(first) == _entities(second)
    return first == second


def labels_of(task: TaskName, found: Iterable[Mark], text: str, places: Sequence[Place]) -> Labels:
    """The labels of the words that marks stand for. Raises Unfit.

    Marks count characters; those of a program that counts UTF-16 units (as browsers do) are understood where
    their own text, or the edges of the words, tell. White space at the edges of a mark is left out.
    """
    listed = list(found)
    labels: list[str] = [""] * len(places)
    wide = _is_wide(listed, text, places)
    for mark in listed:
        first, last = _words(mark, text, places, wide=wide)
        for n in range(first, last + 1):
            if labels[n]:
                raise Unfit(f"two marks on the word {text[slice(*places[n])]!r}")
            labels[n] = mark.label if task == "pos" else f"{'B' if n == first else 'I'}-{mark.label}"
        if task == "pos" and first != last:
            raise Unfit(f"one mark on several words ({text[places[first][0] : places[last][1]]!r})")
    if task == "pos" and "" in labels:
        n = labels.index("")
        raise Unfit(f"{labels.count('')} words have no label, the first is {text[slice(*places[n])]!r}")
    return tuple(label or "O" for label in labels)


def _is_wide(found: Sequence[Mark], text: str, places: Sequence[Place]) -> bool:
    """Whether marks count UTF-16 units: only that makes them fit."""
    if all(ord(character) < 0x10000 for character in text):
        return False
    return not all(_fits(mark, text, places) for mark in found) and all(
        _fits(_narrow(mark, text), text, places) for mark in found
    )


def _fits(mark: Mark, text: str, places: Sequence[Place]) -> bool:
    if mark.text:
        return text[mark.start : mark.end] == mark.text
    start, end = _trimmed(mark, text)
    return start in {place[0] for place in places} and end in {place[1] for place in places}


def _narrow(mark: Mark, text: str) -> Mark:
    """A mark in UTF-16 units as one in characters."""
    units = text.encode("utf-16-le", "surrogatepass")
    start, end = (
        len(units[: 2 * at].decode("utf-16-le", "replace")) for at in (max(mark.start, 0), max(mark.end, 0))
    )
    return Mark(start, end, mark.label, mark.text, mark.score)


def _trimmed(mark: Mark, text: str) -> Place:
    inside = text[mark.start : mark.end]
    start = mark.start + len(inside) - len(inside.lstrip())
    return start, start + len(inside.strip())


def _words(mark: Mark, text: str, places: Sequence[Place], *, wide: bool) -> tuple[int, int]:
    mark = _narrow(mark, text) if wide else mark
    if not 0 <= mark.start < mark.end <= len(text):
        raise Unfit(f"a mark from {mark.start} to {mark.end} in a text of {len(text)} characters")
    if mark.text and text[mark.start : mark.end] != mark.text:
        raise Unfit(
            f"a mark on {mark.text[:40]!r} stands where the text has {text[mark.start : mark.end][:40]!r}"
        )
    start, end = _trimmed(mark, text)
    firsts = {place[0]: n for n, place in enumerate(places)}
    lasts = {place[1]: n for n, place in enumerate(places)}
    if start not in firsts or end not in lasts:
        raise Unfit(f"a mark on {text[start:end][:40]!r} ends inside a word")
    return firsts[start], lasts[end]
