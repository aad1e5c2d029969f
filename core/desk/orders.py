"""Orders in which a desk hands out items, each with the reason why an item is where it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from core.annotators import adjudication, assigning
from core.desk.heard import Heard
from core.desk.material import Labelling, Material
from core.errors import StudioError, UnknownName
from core.loop import value
from core.store import Store, facts, views
from core.store.views_columns import Column

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ordered:
    """Positions, first = next, and why each is there.

    Attributes:
        why: position -> one line; `said` is what stands where it has none.
    """

    positions: Sequence[int]
    why: Mapping[int, str] | Callable[[int], str] = field(default_factory=dict)
    said: str = ""

    def reason(self, position: int) -> str:
        if callable(self.why):
            return self.why(position)
        return self.why.get(position, self.said)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an order is asked for: whose labels, and by whom. `queue` is that of a stored one."""

    material: Material
    heard: Heard
    who: str = ""
    queue: int = 0


Work = Callable[[Store, Asked], Ordered]


@dataclass(frozen=True, slots=True)
class Order:
    """One way of handing out items.

    Attributes:
        title, about: what it is called, and what it is for.
        work: the positions.
        needs_run: it is about what a run is unsure of.
        blind: nothing is suggested and nothing enters the pool.
        lively: it changes with what people do, so it is worked out again every few seconds.
        own: every person has one of their own.
        again: it hands out what humans labelled already.
    """

    name: str
    title: str
    about: str
    work: Work
    needs_run: bool = False
    blind: bool = False
    lively: bool = False
    own: bool = False
    again: bool = False


QUEUE = "queue"
REASONED = 40
"""Characters of a word that a reason shows."""


def order_of(name: str) -> Order:
    """The order of that name; "" is the default. Raises UnknownName."""
    if name == QUEUE:
        return STORED
    found = ORDERS.get(name or DEFAULT)
    if found is None:
        raise UnknownName("order", name, ORDERS)
    return found


def by_value(store: Store, asked: Asked) -> Ordered:
    """What a correction is worth: how unsure, how often it teaches others, how scarce its labels are."""
    material = asked.material
    found = value.values(store, material.run_id, material.stage)
    return Ordered([item.position for item in found], {item.position: item.reason for item in found})


def unsure(_store: Store, asked: Asked) -> Ordered:
    """Lowest mean confidence first, then file order; what has no confidence comes last."""
    shown = _shown(asked.material)
    column = shown.column
    if column.confidences is None:
        return Ordered(column.positions.tolist(), said="in file order: this run has no confidences")
    means = _means(column)
    order = np.lexsort((column.positions, np.nan_to_num(means, nan=2.0)))
    return Ordered(column.positions[order].tolist(), lambda at: _why_unsure(asked.material, shown, at))


def _means(column: Column) -> npt.NDArray[np.float64]:
    sizes = np.diff(column.offsets)
    sure = np.asarray(column.confidences, dtype=np.float64)
    sums = np.add.reduceat(np.append(sure, 0.0), column.offsets[:-1]) * (sizes > 0)
    means: npt.NDArray[np.float64] = np.full(len(sizes), np.nan)
    np.divide(sums, sizes, out=means, where=sizes > 0)
    return means


def _why_unsure(material: Material, shown: Labelling, position: int) -> str:
    given = shown.of(position)
    known = [(sure, at) for at, sure in enumerate(given[1]) if sure is not None] if given else []
    if not known:
        return ""
    least, at = min(known)
    row = shown.row(position)
    mean = sum(sure for sure, _ in known) / len(known)
    if not material.tokens:
        return f"{least:.0%} sure"
    words = material.words
    mine = int(words.offsets[np.searchsorted(words.positions, position)])
    fits = row >= 0 and mine + at < len(words.codes)
    word = words.names[words.codes[mine + at]][:REASONED] if fits else ""
    return f"{mean:.0%} sure on average; least of “{word}”, {least:.0%}"


def disagreement(store: Store, asked: Asked) -> Ordered:
    """Where Stage I, Stage II, other runs or people say different things: most words first."""
    material = asked.material
    shown = _shown(material)
    others = [(one.name, one.column) for one in material.beside]
    others += [("people", views.human_column(store, material.dataset.id))]
    found: dict[int, tuple[int, str]] = {}
    for name, column in others:
        for position, n in _differing(shown.column, column):
            before = found.get(position, (0, ""))
            said = f"{shown.name} and {name} differ on {n} {'words' if n != 1 else 'word'}"
            said = said if material.tokens else f"{shown.name} and {name} differ"
            found[position] = max(before, (n, said), key=lambda pair: pair[0])
    ranked = sorted(found, key=lambda position: (-found[position][0], position))
    return Ordered(ranked, {position: found[position][1] for position in ranked})


def _differing(one: Column, other: Column) -> list[tuple[int, int]]:
    """(position, how many labels differ) where both have as many labels and some differ."""
    both, mine, theirs = np.intersect1d(one.positions, other.positions, return_indices=True)
    names = {name: code for code, name in enumerate(one.names)}
    recoded = np.array([names.get(name, -1) for name in other.names] or [-1])
    same = np.diff(one.offsets)[mine] == np.diff(other.offsets)[theirs]
    found = []
    for position, left, right in zip(both[same], mine[same], theirs[same], strict=True):
        a = one.codes[one.offsets[left] : one.offsets[left + 1]]
        b = recoded[other.codes[other.offsets[right] : other.offsets[right + 1]]]
        n = int((a != b).sum())
        if n:
            found.append((int(position), n))
    return found


def audit(store: Store, asked: Asked) -> Ordered:
    """The newest random sample: of it alone noise and accuracy are estimated."""
    found = [row for row in views.queues(store, asked.material.dataset.id) if row["kind"] == facts.AUDIT]
    if not found:
        return Ordered(())
    meta = found[0]["meta"]
    drawn = f"drawn at random (seed {meta.get('seed', '?')} of {meta.get('of', '?')})"
    return Ordered(found[0]["positions"], said=drawn)


def adjudicate(store: Store, asked: Asked) -> Ordered:
    """What several people labelled differently, and nobody decided."""
    found = adjudication.open_positions(store, asked.material.dataset.id)
    return Ordered(found, said="people disagree about this one")


def flags(_store: Store, asked: Asked) -> Ordered:
    """What somebody flagged, oldest first; it stays until the flag is taken off."""
    found = asked.heard.flagged()
    return Ordered(list(found), {position: f"flagged by {who}" for position, who in found.items()})


def in_file_order(_store: Store, asked: Asked) -> Ordered:
    return Ordered(asked.material.positions().tolist())


def assigned(store: Store, asked: Asked) -> Ordered:
    """What was given to one person."""
    found = assigning.mine(store, asked.material.dataset.id, asked.who)
    return Ordered(found, said=f"assigned to {asked.who}")


def stored(store: Store, asked: Asked) -> Ordered:
    """A queue that somebody kept, in its own order. Raises UnknownName."""
    found = views.queues(store, asked.material.dataset.id)
    row = next((row for row in found if row["id"] == asked.queue), None)
    if row is None:
        raise UnknownName("queue", str(asked.queue), [str(row["id"]) for row in found])
    return Ordered(row["positions"], said=str(row["reason"] or row["name"]))


def _shown(material: Material) -> Labelling:
    if material.shown is None:
        raise StudioError("nobody has labelled this data set yet.", "Choose file order, or start a run.")
    return material.shown


_ALL = (
    Order(
        "value",
        "Worth most",
        "What teaches the most: unsure, often an exemplar for others, with scarce labels.",
        by_value,
        needs_run=True,
    ),
    Order("unsure", "Unsure first", "Lowest confidence first.", unsure, needs_run=True),
    Order(
        "disagreement",
        "Disagreement",
        "Where the stages, other runs or people say different things.",
        disagreement,
        needs_run=True,
    ),
    Order(
        "audit",
        "Blind audit",
        "A random sample without suggestions: the honest measure of accuracy and noise.",
        audit,
        blind=True,
        lively=True,
    ),
    Order(
        "adjudicate",
        "Adjudicate",
        "What several people labelled differently: decide.",
        adjudicate,
        lively=True,
        again=True,
    ),
    Order("flagged", "Flagged", "What somebody put a flag on.", flags, lively=True, again=True),
    Order("mine", "Assigned to me", "Your part of what was shared out.", assigned, lively=True, own=True),
    Order("file", "In file order", "Everything, as it comes.", in_file_order),
)
ORDERS: dict[str, Order] = {order.name: order for order in _ALL}
DEFAULT = "value"
STORED = Order(QUEUE, "Queue", "What somebody put aside.", stored, lively=True)
