"""The spans of very many tags at once, as arrays: what `core.spans` finds, for a million tags in a second.

Tags are numbers into a list of names. Spans are told by where they end: no two end at one place. What two
neighbours mean is looked up in a table of all pairs of names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.types import Labels

Ints = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Per place (P,): whether a span ends there, where it began, and which type of `types` it is of."""

    ends: Truths
    first: Ints
    kind: Ints
    types: Labels

    def both(self, other: Spans) -> Truths:
        """The places where the same span ends in both; `types` must be the same."""
        same = (self.first == other.first) & (self.kind == other.kind)
        return np.asarray(self.ends & other.ends & same)


def lenient(tags: Ints, names: Sequence[str]) -> Spans:
    """Spans under the lenient rules of `core.spans.lenient_spans`.

    Args:
        tags: (P,) all sequences as one, each followed by an O.
        names: of the tags.
    """
    prefix, kind, types = _parts(names, lambda tag: tag[1:].split("-", 1)[-1] or "_")
    before, now = prefix[:, None], prefix[:-1]
    other = kind[:, None] != kind[:-1]
    closes = np.isin(before, ["E", "S"]) | (np.isin(before, ["B", "I"]) & np.isin(now, ["B", "S", "O"]))
    closes = closes | (~np.isin(before, ["O", "."]) & other)
    opens = np.isin(now, ["B", "S"]) | (np.isin(now, ["E", "I"]) & np.isin(before, ["E", "S", "O"]))
    opens = opens | (~np.isin(now, ["O", "."]) & other)
    pairs = _pairs(tags, len(names), np.zeros(1, dtype=np.int64))
    first = _last_true(opens.ravel()[pairs])
    # a span that is closed at a place ended on the place before it
    ends = np.append(closes.ravel()[pairs][1:], False)[: len(tags)]
    return Spans(ends, np.maximum(first, 0), kind[tags], types)


def strict(tags: Ints, names: Sequence[str], starts: Ints) -> Spans:
    """Spans in IOB2, as `core.spans.strict_spans` reads them.

    Args:
        tags: (P,) all sequences one behind the other.
        starts: (N,) where each sequence begins.
    """
    prefix, kind, types = _parts(names, lambda tag: tag[1:].strip("-") or "_")
    follows = (prefix[:-1] == "I") & np.isin(prefix[:, None], ["B", "I"]) & (kind[:, None] == kind[:-1])
    goes_on = follows.ravel()[_pairs(tags, len(names), starts)]
    first = _last_true(~goes_on)
    inside = (prefix == "B")[tags][first] if len(tags) else goes_on
    last = np.append(~goes_on[1:], True)[: len(tags)]
    return Spans(np.asarray(inside & last), first, kind[tags], types)


def _parts(names: Sequence[str], type_of: Callable[[str], str]) -> tuple[Any, Ints, Labels]:
    """Per name its first letter (O for none) and the number of its type, and the types.

    Behind them all, once more: what stands before the first tag, of no type.
    """
    kinds = [type_of(name) for name in names]
    types = tuple(sorted(set(kinds)))
    prefix = np.array([*(name[:1] or "O" for name in names), "O"])
    return (
        prefix,
        np.array([*(types.index(kind) for kind in kinds), len(types)], dtype=np.int64),
        (*types, ""),
    )


def _pairs(tags: Ints, n: int, starts: Ints) -> Ints:
    """The place of each tag after the one before it in a table (n + 1, n); `starts` have none before."""
    before = np.empty_like(tags)
    before[1:] = tags[:-1]
    before[starts[starts < len(tags)]] = n
    return before * n + tags


def _last_true(marks: Truths) -> Ints:
    """For each place the last marked one up to it, -1 for none."""
    places = np.where(marks, np.arange(len(marks)), -1)
    return np.asarray(np.maximum.accumulate(places)) if len(places) else places
