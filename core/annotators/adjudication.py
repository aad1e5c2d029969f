"""Where people differ, what each of them said, and what is held to be right in the end.

Independent are the labels that each of several people gave in a layer of their own (`by:NAME`). The common
layer is a decision over what was said before it; what is said later opens the item again. So when two people
save the same item at once, the one whose labels went into a layer of their own is heard as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from core.annotators.assigning import pending
from core.errors import StudioError
from core.store import Store, facts, views
from core.store.facts_annotations import LAYER
from core.store.facts_people import Change, add_changes
from core.store.views_history import Entry
from core.store.views_people import own_layers, partly_said, standing, versions
from core.types import Labels, Record

ADJUDICATE = "adjudicate"
"""The action of a row in the common layer that decides what several people said."""


@dataclass(frozen=True, slots=True)
class Opinions:
    """What people said of one item, and whether that was decided.

    Attributes:
        said: name -> labels ("" where a word was split anew since). decided: the labels that count.
    """

    said: Mapping[str, Labels]
    decided: Labels | None

    @property
    def agreed(self) -> bool:
        """Whether two or more people said the same of every word."""
        return (
            len(self.said) > 1 and len(set(self.said.values())) == 1 and all(next(iter(self.said.values())))
        )


def opinions(store: Store, dataset: str, positions: Sequence[int] | None = None) -> dict[int, Opinions]:
    """Every item of which two or more people said something, by position."""
    own = own_layers(store, dataset, positions)
    common = standing(store, dataset, sorted(own))
    found = {}
    for position, mine in own.items():
        one = _opinions(mine, common.get(position))
        if len(one.said) > 1:
            found[position] = one
    return found


def _opinions(own: Iterable[Entry], common: Entry | None) -> Opinions:
    said = {entry.author: entry for entry in own}
    last = max(entry.id for entry in said.values())
    if common is None or common.after is None:
        return Opinions(_labels(said), None)
    if common.id > last:
        return Opinions(_labels(said), common.after)
    if common.author not in said or said[common.author].id < common.id:
        said[common.author] = common
    return Opinions(_labels(said), None)


def _labels(said: Mapping[str, Entry]) -> dict[str, Labels]:
    return {who: said[who].after or () for who in sorted(said)}


def open_positions(store: Store, dataset: str) -> list[int]:
    """Where people differ and nobody decided since, in file order."""
    found = opinions(store, dataset)
    return sorted(place for place, one in found.items() if one.decided is None and not one.agreed)


def labels_of(store: Store, dataset: str, position: int) -> dict[str, Labels]:
    """Name -> what that person said of the item for themselves."""
    own = own_layers(store, dataset, [position]).get(position)
    if not own:
        return {}
    common = standing(store, dataset, [position]).get(position)
    return dict(_opinions(own, common).said)


def agreed_positions(store: Store, dataset: str) -> list[int]:
    """Where everybody who was asked has answered, all said the same, and nobody decided."""
    found = opinions(store, dataset)
    waiting = pending(store, dataset)
    return sorted(
        place for place, one in found.items() if one.decided is None and one.agreed and place not in waiting
    )


@dataclass(frozen=True, slots=True)
class Accepted:
    """What accepting did: the name of the bulk action ("" = nothing to accept), and how many items."""

    batch: str
    n: int


def accept_agreed(store: Store, dataset: str, author: str) -> Accepted:
    """What everybody said the same of is held to be right: one action, undone by `history.undo_batch`."""
    with store.write():
        found = opinions(store, dataset)
        positions = agreed_positions(store, dataset)
        if not positions:
            return Accepted("", 0)
        newest = standing(store, dataset, positions)
        known = versions(store, dataset, positions)
        changes = [
            Change(
                place,
                known.get(place, 0),
                newest[place].after if place in newest else None,
                next(iter(found[place].said.values())),
            )
            for place in positions
        ]
        batch = uuid4().hex
        add_changes(
            store,
            dataset,
            changes,
            author=author,
            action=ADJUDICATE,
            layer=LAYER,
            batch=batch,
            comment="everybody said the same",
        )
    return Accepted(batch, len(changes))


def adjudicated(store: Store, dataset: str, name: str, *, doubly: bool = False) -> tuple[str, bool]:
    """The items that humans labelled as a data set of its own, whose gold is what humans say.

    Args:
        name: of the new data set; its id is made of it.
        doubly: only what several people said, and somebody decided.

    Returns:
        As `facts.add_dataset`: the id, and whether it is new.

    Raises:
        UnknownName: no such data set. StudioError: nothing was labelled, or no name.
    """
    source = views.dataset(store, dataset)
    human = whole(store, dataset)
    if doubly:
        decided = {place for place, one in opinions(store, dataset).items() if one.decided is not None}
        human = {place: labels for place, labels in human.items() if place in decided}
    if not human:
        what = "nothing was decided yet" if doubly else "nobody has labelled anything"
        raise StudioError(f"{what} in {source.name}.", "Label some items, or accept what people agree on.")
    said_by = sorted({entry.author for entry in standing(store, dataset, sorted(human)).values()})
    made = replace(
        source,
        id=_id(name),
        name=name.strip(),
        source=f"{source.source or source.name}; labels of {len(human)} items by {', '.join(said_by)}",
        meta={
            **source.meta,
            "adjudicated": {"dataset": dataset, "fingerprint": source.fingerprint, "items": sorted(human)},
        },
    )
    return facts.add_dataset(store, made, _records(store, dataset, human))


def whole(store: Store, dataset: str) -> dict[int, Labels]:
    """What humans say of items of which they said every word."""
    partly = partly_said(store, dataset)
    return {
        place: labels
        for place, labels in views.annotations(store, dataset).items()
        if place not in partly and all(labels)
    }


def _records(store: Store, dataset: str, human: Mapping[int, Labels]) -> Iterator[Record]:
    """The labelled items, numbered anew, with what humans say as their gold."""
    mine = (record for record in views.records(store, dataset, with_gold=False))
    chosen = (record.instance for record in mine if record.instance.position in human)
    for number, item in enumerate(chosen):
        meta = {key: value for key, value in item.meta.items() if key not in _OF_THE_FILE}
        raw = None if "tokenization" in item.meta else item.raw
        yield Record(replace(item, position=number, meta=meta, raw=raw), human[item.position])


_OF_THE_FILE = ("original_labels", "tokenization")
"""What an item's meta says of the file's own labels and words."""


def _id(name: str) -> str:
    found = re.sub(r"[^\w-]+", "-", name.strip()).strip("-")
    if not found:
        raise StudioError("the new data set needs a name.", "For example the old one's with -adjudicated.")
    return found
