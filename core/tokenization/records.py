"""Records and predictions of the imported words, or of those of some version, with the words of now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from core.tokenization.labels import UNKNOWN, handed_on, moved
from core.tokenization.words import Tokens, imported
from core.types import Instance, Prediction, Record

PER_WORD = ("glosses", "transliterations", "original_labels")
"""What meta has one string per word of."""
WORDS = "tokenization"
"""Where meta of an item whose words were changed says how: version, and tokens (as imported), first, last."""

EVERY = "*"
"""In a run's note of the words it labelled (stage -> position -> version): every stage."""


def source_key(dataset_id: str) -> str:
    """Under which name a run notes the words of a source's sentences."""
    return f"@{dataset_id}"


def of_now(record: Record, versions: Sequence[Tokens]) -> Record:
    """A record as imported with the words of now; the labels inside edits are `UNKNOWN`.

    Args:
        versions: all of its words' versions, the imported one first.
    """
    old, now = versions[0], versions[-1]
    meta = dict(record.instance.meta)
    for name in PER_WORD:
        values = meta.get(name)
        if isinstance(values, list | tuple):
            meta[name] = list(moved(values, old, now, ""))
    meta[WORDS] = {
        "version": now.version,
        "tokens": list(old.tokens),
        "first": list(now.first),
        "last": list(now.last),
    }
    labels, sure = record.labels, record.confidences
    return replace(
        record,
        instance=replace(record.instance, tokens=now.tokens, meta=meta),
        labels=None if labels is None else moved(labels, old, now, UNKNOWN),
        confidences=None if sure is None else moved(sure, old, now, 0.0),
    )


def relabelled(row: Prediction, old: Tokens, now: Tokens, *, hand_on: bool = False) -> Prediction:
    """Labels of the words `old` on those of now: inside edits `UNKNOWN`, or handed on, with confidence 0."""
    labels = handed_on(row.labels, old, now) if hand_on else moved(row.labels, old, now, UNKNOWN)
    sure = row.confidences
    return replace(
        row,
        labels=labels,
        confidences=None if sure is None else moved(sure, old, now, 0.0),
        posterior=None,
    )


class Words(NamedTuple):
    """Of an item whose words were changed: those that were imported, and those of now."""

    imported: Tokens
    now: Tokens


def words_of(item: Instance) -> Words | None:
    """What meta says of changed words; None where they never were, or where it is not ours."""
    said = item.meta.get(WORDS)
    if not isinstance(said, Mapping) or not isinstance(said.get("version"), int):
        return None
    forms, first, last = (said.get(name) for name in ("tokens", "first", "last"))
    if not isinstance(forms, list) or not isinstance(first, list) or not isinstance(last, list):
        return None
    now = Tokens(said["version"], item.tokens, tuple(first), tuple(last))
    return Words(imported(tuple(forms)), now) if _sound(now, len(forms)) else None


def as_imported(item: Instance) -> Instance:
    """An item with the words that were imported."""
    words = words_of(item)
    return item if words is None else replace(item, tokens=words.imported.tokens)


def _sound(now: Tokens, n: int) -> bool:
    """Whether these are words made of `n` imported ones."""
    if not len(now.tokens) == len(now.first) == len(now.last) > 0 or not n:
        return False
    if not all(isinstance(place, int) for place in (*now.first, *now.last)):
        return False
    ascending = all(list(places) == sorted(places) for places in (now.first, now.last))
    inside = all(0 <= first <= last < n for first, last in zip(now.first, now.last, strict=True))
    made = {
        place
        for first, last in zip(now.first, now.last, strict=True)
        for place in range(first, last + 1 if inside else 0)
    }
    return ascending and inside and len(made) == n
