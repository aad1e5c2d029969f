"""The spans of very many tags at once, as arrays: what `core.spans` finds, for a million tags in a second.

Tags are numbers into a list of names. Spans are told by where they end: no two end at one place.
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
    types = (*types, "")
    now, type_now = prefix[tags], kind[tags]
    before = np.concatenate([["O"], now[:-1]])
    type_before = np.concatenate([[len(types) - 1], type_now[:-1]])
    other = type_before != type_now
    closes = np.isin(before, ["E", "S"]) | (np.isin(before, ["B", "I"]) & np.isin(now, ["B", "S", "O"]))
    closes |= ~np.isin(before, ["O", "."]) & other
    opens = np.isin(now, ["B", "S"]) | (np.isin(now, ["E", "I"]) & np.isin(before, ["E", "S", "O"]))
    opens |= ~np.isin(now, ["O", "."]) & other
    first = _last_true(opens)
    # a span that is closed at a place ended on the place before it
    return Spans(np.append(closes[1:], False), np.maximum(first, 0), type_now, types)


def strict(tags: Ints, names: Sequence[str], starts: Ints) -> Spans:
    """Spans in IOB2, as `core.spans.strict_spans` reads them.

    Args:
        tags: (P,) all sequences one behind the other.
        starts: (N,) where each sequence begins.
    """
    prefix, kind, types = _parts(names, lambda tag: tag[1:].strip("-") or "_")
    now, type_now = prefix[tags], kind[tags]
    goes_on = now == "I"
    goes_on[1:] &= np.isin(now[:-1], ["B", "I"]) & (type_now[1:] == type_now[:-1])
    goes_on[starts[starts < len(tags)]] = False
    first = _last_true(~goes_on)
    inside = (now == "B")[first] if len(tags) else goes_on
    last = np.append(~goes_on[1:], True)[: len(tags)]
    return Spans(np.asarray(inside & last), first, type_now, types)


def _parts(names: Sequence[str], type_of: Callable[[str], str]) -> tuple[Any, Ints, Labels]:
    """Per name its first letter (O for none) and the number of its type, and the types."""
    kinds = [type_of(name) for name in names]
    types = tuple(sorted(set(kinds)))
    prefix = np.array([name[:1] or "O" for name in names] or ["O"])
    return prefix, np.array([types.index(kind) for kind in kinds], dtype=np.int64), types


def _last_true(marks: Truths) -> Ints:
    """For each place the last marked one up to it, -1 for none."""
    places = np.where(marks, np.arange(len(marks)), -1)
    return np.asarray(np.maximum.accumulate(places)) if len(places) else places
