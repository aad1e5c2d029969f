"""Who gave each label of an item, read from the log of what humans said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from core.formats.provenance import HUMAN, Origins
from core.store import Store, views
from core.store.facts_archive import HANDED_OVER
from core.types import Labels

REPEAT = "repeat"
"""The action of a bulk change: of an item nobody read it is said only what it changed."""
CARRIED = "tokens"
"""The action of labels carried over to words that were split, merged or re-spelled: nobody says them anew."""
Authors = tuple[str | None, ...]
"""One per label; None where no human gave it (it stands as a run left it)."""


@dataclass(frozen=True, slots=True)
class Said:
    """What humans say of an item now, who spoke last, and the run whose labels stand where nobody did."""

    labels: Labels
    authors: Authors
    last: str
    run: str | None
    handed_over: bool = False


def said(store: Store, dataset_id: str, imported: Mapping[int, Origins]) -> dict[int, Said]:
    """What humans say now, and who said each label of it. Raises nothing.

    Args:
        imported: what the file of the data set said of the origins of its labels.
    """
    rows = sorted(views.annotation_log(store, dataset_id), key=lambda row: (row["position"], row["version"]))
    found = {
        position: _now(list(log), imported.get(position, ()))
        for position, log in groupby(rows, key=lambda row: int(row["position"]))
    }
    return {position: item for position, item in found.items() if item is not None}


def _now(log: Sequence[Mapping[str, Any]], imported: Origins) -> Said | None:
    """The end of an item's log. Who changes one word of what others said takes over that word alone."""
    steps: list[tuple[Labels, Authors]] = []
    run: str | None = None
    for row in log:
        labels, run = tuple(row["labels_after"] or ()), row["run_id"] or run
        steps.append((labels, _authors(row, labels, steps, imported)))
    labels, authors = steps[-1]
    spoke = [row for row in log if row["action"] != CARRIED] or log
    came_along = spoke[-1]["action"] == HANDED_OVER
    return Said(labels, authors, spoke[-1]["author"], run, came_along) if labels else None


def _authors(
    row: Mapping[str, Any], labels: Labels, steps: Sequence[tuple[Labels, Authors]], imported: Origins
) -> Authors:
    if row["action"] == HANDED_OVER and len(imported) == len(labels):
        return tuple(one.annotator if one and one.source == HUMAN else None for one in imported)
    if row["reverts"] is not None:
        again = [authors for before, authors in reversed(steps[:-1]) if before == labels]
        if again:
            return again[0]
    before, authors = steps[-1] if steps else ((), ())
    if not before:
        before, authors = tuple(row["labels_before"] or ()), (None,) * len(row["labels_before"] or ())
    if row["action"] == CARRIED:
        return _carried(before, authors, labels)
    return _changed(before, authors, labels, row["author"], whole=row["action"] != REPEAT)


def _carried(before: Labels, authors: Authors, labels: Labels) -> Authors:
    """Authors of other words: both ends keep theirs, those between have that of the first replaced."""
    start, end = _kept(before, labels)
    between = authors[min(start, len(authors) - 1)] if authors else None
    tail = authors[len(before) - end :] if end else ()
    return (*authors[:start], *(between,) * (len(labels) - start - end), *tail)


def _changed(before: Labels, authors: Authors, labels: Labels, author: str, *, whole: bool) -> Authors:
    """Authors after a change; where the words changed too, what is the same at both ends keeps its own."""
    start, end = _kept(before, labels)
    now: list[str | None] = [author] * len(labels)
    now[:start] = authors[:start]
    now[len(labels) - end :] = authors[len(before) - end :] if end else []
    if len(before) == len(labels):
        pairs = zip(before, labels, authors, strict=True)
        now = [old if was == label else author for was, label, old in pairs]
    return tuple(author if one is None and whole else one for one in now)


def _kept(before: Labels, labels: Labels) -> tuple[int, int]:
    """How many labels are the same at the beginning, and at the end."""
    most = min(len(before), len(labels))
    start = next((n for n in range(most) if before[n] != labels[n]), most)
    rest = most - start
    return start, next((n for n in range(rest) if before[-1 - n] != labels[-1 - n]), rest)
