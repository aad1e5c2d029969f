"""Which item of a data set each record of a file of labels belongs to."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

from core.errors import FormatError
from core.normal import normal
from core.sources import line_of
from core.types import Instance, Record

Way = Literal["order", "id", "text"]
SAME_DATA = "Give labels of this very data set, split into the same words."


@dataclass(frozen=True, slots=True)
class Labelled:
    """A record of a file of labels; `file` is what errors call that file."""

    file: str
    record: Record

    def wrong(self, message: str, place: int = 0, hint: str = SAME_DATA) -> FormatError:
        """A FormatError at this record, or at its token `place`."""
        return FormatError(self.file, line_of(self.record, place), message, hint)


def matched(rows: Sequence[Labelled], items: Sequence[Instance]) -> tuple[Way, list[int]]:
    """Where each record belongs: how that was told, and a position of the data set per record.

    In the data set's own order where both hold the same number of items and the same words; else by
    the ids (`sent_id`, `id`) both have; else by the text, repeated ones in their order. Fewer records
    than items are fine.

    Raises:
        FormatError: a record that the data set does not hold, or with other words than its item there;
            names the line and both words.
    """
    if len(rows) == len(items) and all(map(_same, rows, items)):
        return "order", [item.position for item in items]
    ids = _unique_ids(items)
    named = [_id_of(row.record.instance) for row in rows]
    if None not in named and len(set(named)) == len(named) and set(named) & set(ids):
        return "id", [_by_id(row, name, ids) for row, name in zip(rows, named, strict=True)]
    return "text", _by_text(rows, items)


def _words(item: Instance) -> tuple[str, ...]:
    """What tells an item from another: its tokens, or its texts where it has none."""
    return tuple(map(normal, item.tokens or (item.text, item.text_b or "")))


def _same(row: Labelled, item: Instance) -> bool:
    return _words(row.record.instance) == _words(item)


def _id_of(item: Instance) -> str | None:
    found = item.meta.get("sent_id", item.meta.get("id"))
    return None if found is None else str(found)


def _unique_ids(items: Sequence[Instance]) -> dict[str, Instance]:
    """Items by their id; none where one lacks it or two share it."""
    found = {name: item for item in items if (name := _id_of(item)) is not None}
    return found if len(found) == len(items) else {}


def _by_id(row: Labelled, name: str | None, ids: dict[str, Instance]) -> int:
    item = ids.get(name or "")
    if item is None:
        raise row.wrong(f"the id {name!r} is not in the data set.")
    if not _same(row, item):
        raise _other_words(row, item)
    return item.position


def _by_text(rows: Sequence[Labelled], items: Sequence[Instance]) -> list[int]:
    places: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    for item in items:
        places[_words(item)].append(item.position)
    wanted = Counter(_words(row.record.instance) for row in rows)
    found = []
    for place, row in enumerate(rows):
        words = _words(row.record.instance)
        if not places[words]:
            raise _not_there(row, place, rows, items, n=wanted[words])
        found.append(places[words].popleft())
    return found


def _not_there(
    row: Labelled, place: int, rows: Sequence[Labelled], items: Sequence[Instance], *, n: int
) -> FormatError:
    """Why a record has no item: other words than the item in its place, one too often, or unknown."""
    if len(rows) == len(items) and not any(_same(row, item) for item in items):
        return _other_words(row, items[place])
    begins = " ".join(row.record.instance.tokens or (row.record.instance.text,))[:60]
    there = sum(_same(row, item) for item in items)
    if there:
        return row.wrong(f"{begins!r} stands {n} times in the file and {there} times in the data set.")
    return row.wrong(f"{begins!r} is not in the data set.")


def _other_words(row: Labelled, item: Instance) -> FormatError:
    mine, theirs = _words(row.record.instance), _words(item)
    pairs = enumerate(zip(mine, theirs, strict=False))
    place = next((at for at, (own, other) in pairs if own != other), min(len(mine), len(theirs)))
    own, other = (words[place] if place < len(words) else None for words in (mine, theirs))
    unit = "word" if item.tokens else "text"
    said = f"{unit} {place + 1} is {_shown(own)}; item {item.position} of the data set has {_shown(other)}."
    return row.wrong(said, place)


def _shown(word: str | None) -> str:
    return "missing" if word is None else repr(word[:60])
