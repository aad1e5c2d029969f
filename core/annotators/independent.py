"""Labels that people gave independently of each other, side by side.

Independent is what somebody said in a layer of their own, what they said blind, and what they said in the
common layer of an item of which nobody had said anything. All but the blind ones may have seen the labels of
a model, which draws people together: agreement on them is at most what it would be without.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.store import Store, views
from core.store.facts_annotations import BLIND
from core.store.views_history import CARRIED, REPEAT, STATEMENT, Entry, histories, live
from core.store.views_people import own_layers
from core.types import Labels

MISSING = -1
"""The number of a label that somebody did not give."""
Said = dict[str, dict[int, Labels]]
"""Name -> position -> labels ("" = not given)."""


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """R people, S items with U words in all (one per item where an item has one label).

    Attributes:
        positions: (S,) of the items that two or more people labelled.
        owners: (U,) the row of `positions` of each word.
        given: (R, U) numbers of `labels`, MISSING where somebody said nothing.
    """

    people: tuple[str, ...]
    labels: Labels
    positions: tuple[int, ...]
    owners: npt.NDArray[np.int64]
    given: npt.NDArray[np.int32]


def said(store: Store, dataset: str, *, blind: bool | None = None) -> Said:
    """What everybody said independently, of items that somebody labelled apart from the common layer.

    Args:
        blind: True = only what was said without seeing any label, False = only the rest, None = all.
    """
    found: Said = {}
    unseen = histories(store, dataset, layer=BLIND) if blind is not False else {}
    if blind is not True:
        own = own_layers(store, dataset)
        _add_own(own, found)
        _add_first(histories(store, dataset, sorted({*own, *unseen})), own, found)
    for position, rows in unseen.items():
        for who, labels in _each(rows).items():
            found.setdefault(who, {}).setdefault(position, labels)
    return found


def _add_own(own: Mapping[int, Sequence[Entry]], found: Said) -> None:
    """What people said in layers of their own."""
    for position, rows in own.items():
        for row in rows:
            found.setdefault(row.author, {})[position] = row.after or ()


def _add_first(
    common: Mapping[int, Sequence[Entry]], own: Mapping[int, Sequence[Entry]], found: Said
) -> None:
    """What somebody said in the common layer as the first of all."""
    for position, rows in common.items():
        first = _first(rows)
        if first and not any(one.id < first.id for one in own.get(position, ())):
            found.setdefault(first.author, {}).setdefault(position, first.after or ())


def _first(rows: Sequence[Entry]) -> Entry | None:
    """What the first person said of an item, as they left it, before anybody else changed it."""
    alive = live(rows)
    mine: Entry | None = None
    for row in rows:
        if row.reverts is not None or STATEMENT not in alive[row.id]:
            continue
        if row.action in {REPEAT, CARRIED} or (mine and row.author != mine.author):
            break
        mine = row
    return mine


def _each(rows: Sequence[Entry]) -> dict[str, Labels]:
    """What each person said last, of one item and layer, with as many labels as it needs now."""
    alive = live(rows)
    size = len(rows[-1].after or ())
    standing = [
        row
        for row in rows
        if row.reverts is None and row.action not in {REPEAT, CARRIED} and STATEMENT in alive[row.id]
    ]
    return {row.author: row.after for row in standing if row.after and len(row.after) == size}


def ratings(store: Store, dataset: str, *, blind: bool | None = None) -> Ratings:
    """What people said of the items that two or more of them labelled."""
    return aligned(said(store, dataset, blind=blind), views.dataset(store, dataset).labels)


def aligned(said: Mapping[str, Mapping[int, Labels]], labels: Sequence[str]) -> Ratings:
    """Everybody's labels as numbers, word by word; without items that people have different words of."""
    sizes: dict[int, set[int]] = {}
    times: Counter[int] = Counter()
    for mine in said.values():
        for position, labels_given in mine.items():
            sizes.setdefault(position, set()).add(len(labels_given))
            times[position] += 1
    positions = sorted(place for place, n in times.items() if n > 1 and len(sizes[place]) == 1)
    people = sorted(who for who, mine in said.items() if any(place in mine for place in positions))
    used = {label for who in people for place in positions for label in said[who].get(place, ())}
    names = (*labels, *sorted(used - {"", *labels}))
    numbers = {"": MISSING, **{name: number for number, name in enumerate(names)}}
    widths = [min(sizes[place]) for place in positions]
    given = np.full((len(people), sum(widths)), MISSING, dtype=np.int32)
    starts = np.cumsum([0, *widths])
    for row, who in enumerate(people):
        for place, start in zip(positions, starts.tolist(), strict=False):
            spoken = said[who].get(place)
            if spoken is not None:
                given[row, start : start + len(spoken)] = [numbers[label] for label in spoken]
    owners = np.repeat(np.arange(len(positions)), widths)
    return Ratings(tuple(people), names, tuple(positions), owners, given)
