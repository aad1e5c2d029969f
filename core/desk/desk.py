"""The desk of one workspace: its feeds, who holds what, and what is kept in memory for them.

There is one per process. It holds nothing that is not in the store or could not be asked of it again: after a
restart windows go on where they were, because what they say is saved once, whoever hears it.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.annotators import assigning
from core.desk import material as materials
from core.desk.feed import Board, Feed
from core.desk.heard import Heard
from core.desk.material import Material
from core.desk.messages import Key
from core.desk.orders import QUEUE, Asked, Order, Ordered, order_of
from core.store import Store, views
from core.store.facts_annotations import BLIND, LAYER, by
from core.store.views_desk import n_rows
from core.store.views_people import assignments
from core.types import Dataset

HELD = 4
"""Runs whose words and labels stay in memory."""
FEEDS = 200
LIVELY = 3.0
"""Seconds after which an order that changes with what people do is worked out again, if they did anything."""
Told = Callable[[Mapping[str, Any]], str]


def _plain(run: Mapping[str, Any]) -> str:
    return str(run["name"] or run["id"])


@dataclass
class _Kept:
    """A feed, when it was worked out last, and from which data."""

    feed: Feed
    at: float
    version: int


@dataclass
class _Board:
    """A board, and how much of the log it knows."""

    board: Board
    heard: int


@dataclass
class Desk:
    """What windows are handed, and what they said.

    Attributes:
        titled: what a run is called.
        alive: whether a window is still open.
        own: (window, layer, position) -> the version that this window saved last.
        windows: those heard of since this process began.
    """

    store: Store
    titled: Told = _plain
    alive: Callable[[str], bool] = lambda _window: True
    own: OrderedDict[tuple[str, str, int], int] = field(default_factory=OrderedDict)
    windows: set[str] = field(default_factory=set)
    datasets: dict[str, Dataset] = field(default_factory=dict)
    _boards: dict[tuple[str, str], _Board] = field(default_factory=dict)
    _feeds: OrderedDict[tuple[str, ...], _Kept] = field(default_factory=OrderedDict)
    _materials: OrderedDict[tuple[str, ...], Material] = field(default_factory=OrderedDict)
    _heard: dict[str, Heard] = field(default_factory=dict)
    _assigned: dict[str, tuple[float, dict[int, dict[str, str]]]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _reading: dict[tuple[str, ...], threading.Lock] = field(default_factory=dict)

    def material(self, dataset: str, run: str, stage: str) -> Material:
        """Words and labels of a data set and a run, read once. Raises UnknownName."""
        key = dataset, run, stage
        with self._once(("material", *key)):
            known = self._materials.get(key)
            if known is None:
                known = materials.read(self.store, dataset, run, stage, self.titled)
        with self._lock:
            self._materials[key] = known
            self._materials.move_to_end(key)
            while len(self._materials) > HELD:
                self._materials.popitem(last=False)
        return known

    def heard(self, dataset: str) -> Heard:
        """What humans said and did, up to now."""
        with self._lock:
            found = self._heard.setdefault(dataset, Heard(dataset))
        found.refresh(self.store)
        return found

    def sit(self, dataset: Dataset) -> None:
        """Somebody opens the desk: what is known of a data set that was replaced meanwhile is forgotten."""
        known = self.datasets.get(dataset.id)
        self.datasets[dataset.id] = dataset
        heard = self._heard.get(dataset.id)
        changed = known is not None and known.fingerprint != dataset.fingerprint
        if changed or (heard and n_rows(self.store, dataset.id) < heard.n):
            self.forget(dataset.id)

    def forget(self, dataset: str) -> None:
        """Read everything of a data set anew."""
        with self._lock:
            self._heard.pop(dataset, None)
            for name in [name for name in self._boards if name[0] == dataset]:
                del self._boards[name]
            for kept in (self._feeds, self._materials):
                for key in [key for key in kept if key[0] == dataset]:
                    kept.pop(key, None)

    def dataset(self, dataset: str) -> Dataset:
        """The data set as it was when somebody last sat down to it. Raises UnknownName."""
        found = self.datasets.get(dataset)
        if found is None:
            found = self.datasets[dataset] = views.dataset(self.store, dataset)
        return found

    def board(self, dataset: str, layer: str) -> Board:
        """Who holds and did what in one layer of a data set."""
        key = dataset, layer
        heard = self.heard(dataset)
        with self._once(("board", *key)):
            found = self._boards.get(key)
            if found is None:
                found = self._boards[key] = _Board(Board(alive=self.alive), -1)
            assigned = self.assigned(dataset)
            found.board.reserved = assigned
            if found.heard != heard.n:
                found.heard = heard.n
                found.board.refresh(
                    heard.done(self.store, layer) | self._done_for_all(heard, layer, assigned)
                )
                for who, positions in heard.skipped.items() if layer != BLIND else ():
                    found.board.skipped[who] |= positions  # an audit's are missing, and may come again
        return found.board

    def _done_for_all(self, heard: Heard, layer: str, assigned: Mapping[int, Mapping[str, str]]) -> set[int]:
        """Of somebody's own items those that they alone are to label, and did: for everybody."""
        if not layer.startswith(by("")):
            return set()
        who, common = layer.removeprefix(by("")), heard.done(self.store, LAYER)
        return {at for at in common if assigned.get(at, {}).get(who) == assigning.OWN}

    def feed(self, key: Key) -> Feed:
        """The feed of a key, worked out now if it was not; what people's work changes is kept up to date.

        Raises:
            UnknownName: no such data set, run, order or queue.
            StudioError: the order needs what is not there.
        """
        order = order_of(_name(key))
        place = _place(key, order)
        with self._once(("feed", *place)):
            board = self.board(key.dataset, layer_of(key))
            kept, version, now = self._feeds.get(place), self.store.version(), time.monotonic()
            if kept is None:
                ordered = self._ordered(key, order)
                feed = Feed(ordered.positions, board, ordered.reason, again=order.again)
                kept = _Kept(feed, now, version)
            elif order.lively and kept.version != version and now - kept.at > LIVELY:
                ordered = self._ordered(key, order)
                kept.feed.reorder(ordered.positions, ordered.reason)
                kept.at, kept.version = now, version
        with self._lock:
            self._feeds[place] = kept
            self._feeds.move_to_end(place)
            while len(self._feeds) > FEEDS:
                self._feeds.popitem(last=False)
        return kept.feed

    def ready(self, key: Key) -> bool:
        """Whether a feed is there, so that asking for it takes no time."""
        return _place(key, order_of(_name(key))) in self._feeds

    def holds(self, key: Key) -> bool:
        """Whether the words and labels of a key are in memory, so that simple feeds take no time."""
        return (key.dataset, key.run, key.stage) in self._materials

    def again(self, key: Key) -> None:
        """Work a feed out anew next time: the labels it is about have changed."""
        with self._lock:
            self._feeds.pop(_place(key, order_of(_name(key))), None)

    def feeds_of(self, dataset: str) -> list[Feed]:
        """Every feed of a data set that somebody opened."""
        with self._lock:
            return [kept.feed for place, kept in self._feeds.items() if place[0] == dataset]

    def assigned(self, dataset: str) -> Mapping[int, Mapping[str, str]]:
        """Position -> who is to label it -> how (see `core.annotators.assigning`), a few seconds old."""
        at, known = self._assigned.get(dataset, (-LIVELY, {}))
        now = time.monotonic()
        if now - at > LIVELY:
            known = {}
            for position, who, state in assignments(self.store, dataset):
                if state != assigning.GONE:
                    known.setdefault(position, {})[who] = state
            self._assigned[dataset] = now, known
        return known

    def _ordered(self, key: Key, order: Order) -> Ordered:
        known = self.material(key.dataset, key.run, key.stage)
        return order.work(self.store, Asked(known, self.heard(key.dataset), key.who, queue_of(key)))

    def _once(self, key: tuple[str, ...]) -> threading.Lock:
        with self._lock:
            return self._reading.setdefault(key, threading.Lock())

    def note(self, window: str, layer: str, position: int, version: int) -> None:
        """A window saved this version itself."""
        with self._lock:
            self.own[window, layer, position] = version
            while len(self.own) > 100_000:
                self.own.popitem(last=False)


def layer_of(key: Key) -> str:
    """Where what is said in a feed goes, but for items that several people label each for themselves."""
    return BLIND if order_of(_name(key)).blind else by(key.who) if order_of(_name(key)).own else LAYER


def queue_of(key: Key) -> int:
    """The number of the stored queue that a key names, 0 where it names none."""
    return int(key.feed) if key.feed.isdecimal() and len(key.feed) < 12 else 0


def _name(key: Key) -> str:
    return QUEUE if queue_of(key) else key.feed


def _place(key: Key, order: Order) -> tuple[str, ...]:
    mine = (key.who,) if order.own else ()
    return key.dataset, key.run, key.stage, key.feed or order.name, *mine


_DESKS: dict[Path, Desk] = {}
_OPENING = threading.Lock()


def desk_of(store: Store, titled: Told = _plain, alive: Callable[[str], bool] = lambda _window: True) -> Desk:
    """The one desk of a workspace in this process."""
    with _OPENING:
        found = _DESKS.get(store.path)
        if found is None or found.store is not store:
            found = _DESKS[store.path] = Desk(store, titled, alive)
        return found
