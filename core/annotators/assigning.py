"""Who labels what: a queue split among people, part of it given to several of them.

What one person alone is to label goes into the common layer, as everything does. Of items that several are to
label, each one's labels go into a layer of their own, so that nobody sees, or overwrites, what another said.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from core.errors import StudioError
from core.store import Store, views
from core.store.facts_annotations import LAYER, by
from core.store.facts_people import add_assignments
from core.store.views_people import assigned_as, assignments, own_layers, standing

OWN, OVERLAP, GONE = "own", "overlap", "gone"
"""States of an assignment: labelled by one person, by several for themselves, or taken away again."""


@dataclass(frozen=True, slots=True)
class Split:
    """Name -> the items that person is to label, in order; and which of all those several are to label."""

    shares: Mapping[str, tuple[int, ...]]
    overlap: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one person is.

    Attributes:
        assigned, done: items; overlap, overlap_done: of these, the ones that several people label.
        skipped: items put aside and not labelled since. last: when they last labelled something.
    """

    who: str
    assigned: int
    done: int
    overlap: int
    overlap_done: int
    skipped: int
    last: datetime | None


def split(
    positions: Sequence[int], people: Sequence[str], *, overlap: float = 0.2, times: int = 2, seed: int = 0
) -> Split:
    """Give items out: evenly, in order, a random part of them to several people each.

    Args:
        overlap: the share of items that `times` people label; every pair meets about as often.

    Raises:
        StudioError: no items, no people, one named twice, or more people per item than there are.
    """
    names = [name.strip() for name in people if name.strip()]
    items = list(dict.fromkeys(positions))
    _check(items, names, overlap, times)
    dice = random.Random(seed)  # noqa: S311 - a draw that can be made again, not a secret
    shared = set(dice.sample(items, round(overlap * len(items)))) if len(names) > 1 else set()
    groups = list(combinations(names, times)) if len(names) > 1 else []
    dice.shuffle(groups)
    met: Counter[tuple[str, ...]] = Counter()
    load: Counter[str] = Counter(dict.fromkeys(names, 0))
    shares: dict[str, list[int]] = {name: [] for name in names}
    for position in items:
        if position in shared:
            chosen = min(groups, key=lambda group: (met[group], sum(load[name] for name in group)))
            met[chosen] += 1
        else:
            chosen = (min(names, key=lambda name: load[name]),)
        for name in chosen:
            load[name] += 1
            shares[name].append(position)
    given = {name: tuple(mine) for name, mine in shares.items()}
    return Split(given, tuple(position for position in items if position in shared))


def _check(items: Sequence[int], names: Sequence[str], overlap: float, times: int) -> None:
    if not items:
        raise StudioError("there is nothing to give out.", "Choose a queue with items.")
    if not names:
        raise StudioError("there is nobody to give items to.", "Name at least one person.")
    if len(set(names)) < len(names):
        raise StudioError("somebody is named twice.", "Name everybody once.")
    if not 0 <= overlap <= 1:
        raise StudioError("the overlap is a share between 0 and 1.", "For example 0.2")
    if len(names) > 1 and not 2 <= times <= len(names):
        raise StudioError(
            f"an item cannot be given to {times} of {len(names)} people.", f"Choose 2 to {len(names)}."
        )


def assign(store: Store, dataset: str, wanted: Split) -> int:
    """Write down who is to label what; items that somebody has already are left out. Returns how many items.

    Raises:
        UnknownName: no such data set. StudioError: it does not have one of the items.
    """
    with store.write():
        taken = {position for position, _, state in assignments(store, dataset) if state != GONE}
        items = {position for mine in wanted.shares.values() for position in mine}
        missing = items - set(views.instances(store, dataset, sorted(items)))
        if missing:
            raise StudioError(f"{dataset} has no item {min(missing)}.")
        shared = set(wanted.overlap)
        rows = {
            who: [
                (position, OVERLAP if position in shared else OWN)
                for position in mine
                if position not in taken
            ]
            for who, mine in wanted.shares.items()
        }
        add_assignments(store, dataset, rows)
    return len(items - taken)


def withdraw(store: Store, dataset: str, who: str) -> int:
    """Take away what a person has not labelled yet, so that it can be given to others. Returns how many."""
    with store.write():
        given = assignments(store, dataset, who)
        done = _Done(store, dataset, [position for position, _, _ in given])
        open_ones = [
            position
            for position, name, state in given
            if state != GONE and not done.by(name, position, state)
        ]
        add_assignments(store, dataset, {who: [(position, GONE) for position in open_ones]})
    return len(open_ones)


def mine(store: Store, dataset: str, who: str) -> list[int]:
    """What a person is to label, in order, whether or not they did."""
    return [position for position, _, state in assignments(store, dataset, who) if state != GONE]


def layer(store: Store, dataset: str, position: int, who: str) -> str:
    """The layer that a person's labels of an item go to."""
    return by(who) if assigned_as(store, dataset, position, who) == OVERLAP else LAYER


def pending(store: Store, dataset: str) -> set[int]:
    """Items that several people are to label, and not all of them did."""
    shared = [row for row in assignments(store, dataset) if row[2] == OVERLAP]
    own = own_layers(store, dataset, [position for position, _, _ in shared]) if shared else {}
    said = {(position, entry.author) for position, rows in own.items() for entry in rows}
    return {position for position, who, _ in shared if (position, who) not in said}


def progress(store: Store, dataset: str) -> list[Progress]:
    """How far everybody is who was given something, by name."""
    given: dict[str, list[tuple[int, str]]] = {}
    for position, who, state in assignments(store, dataset):
        if state != GONE:
            given.setdefault(who, []).append((position, state))
    if not given:
        return []
    positions = sorted({position for items in given.values() for position, _ in items})
    done, skips = _Done(store, dataset, positions), _skips(store, dataset)
    return [_progress(who, given[who], done, skips.get(who, set())) for who in sorted(given)]


def _progress(who: str, given: Sequence[tuple[int, str]], done: _Done, skips: set[int]) -> Progress:
    when = {place: done.by(who, place, state) for place, state in given}
    did = {place for place, at in when.items() if at is not None}
    shared = {place for place, state in given if state == OVERLAP}
    return Progress(
        who=who,
        assigned=len(given),
        done=len(did),
        overlap=len(shared),
        overlap_done=len(shared & did),
        skipped=len((when.keys() & skips) - did),
        last=max((at for at in when.values() if at is not None), default=None),
    )


class _Done:
    """What has been labelled as a whole, and when."""

    def __init__(self, store: Store, dataset: str, positions: Sequence[int]) -> None:
        own = own_layers(store, dataset, positions)
        self._own = {(place, entry.author): entry.at for place, rows in own.items() for entry in rows}
        self._common = {place: entry.at for place, entry in standing(store, dataset, positions).items()}

    def by(self, who: str, position: int, state: str) -> datetime | None:
        """When it was labelled: by this person, or, where it is one person's alone, by anybody."""
        return self._own.get((position, who)) if state == OVERLAP else self._common.get(position)


def _skips(store: Store, dataset: str) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for remark in views.remarks(store, dataset):
        if remark["kind"] == "skip":
            found.setdefault(remark["author"], set()).add(remark["position"])
    return found
