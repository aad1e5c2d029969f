"""Feeds: items in an order, handed out so that two people never hold the same one."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

SECONDS = 600.0
"""How long an item is held by somebody who does nothing."""
GRACE = 60.0
"""How long it is held by somebody whose window has gone."""
LATE = 20.0
TOO_MANY_DONE = 1_000


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody at a window. The same person in two windows holds different items."""

    who: str
    window: str


@dataclass(slots=True)
class Lease:
    holder: Holder
    renewed: float


@dataclass
class Board:
    """Who holds which items of one layer of a data set, and which are done: shared by all its feeds.

    Attributes:
        fresh: what was done a moment ago, and when.
        reserved: position -> the people who are to label it; nobody else gets it.
        alive: whether a window is still open.
    """

    done: set[int] = field(default_factory=set)
    fresh: dict[int, float] = field(default_factory=dict)
    skipped: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    reserved: Mapping[int, Collection[str]] = field(default_factory=dict)
    alive: Callable[[str], bool] = lambda _window: True
    clock: Callable[[], float] = time.monotonic
    lock: threading.RLock = field(default_factory=threading.RLock)
    leases: dict[int, Lease] = field(default_factory=dict)

    def holder(self, position: int) -> Holder | None:
        """Who holds an item now."""
        lease = self.leases.get(position)
        if lease is None:
            return None
        idle = self.clock() - lease.renewed
        if idle > SECONDS or (idle > GRACE and not self.alive(lease.holder.window)):
            del self.leases[position]
            return None
        return lease.holder

    def free(self, position: int, asks: Holder) -> bool:
        """Whether somebody may have an item: they did not skip it, and nobody else holds it."""
        if position in self.skipped.get(asks.who, ()) or asks.who not in self.reserved.get(
            position, (asks.who,)
        ):
            return False
        holder = self.holder(position)
        if holder is None or holder == asks:
            return True
        return holder.who == asks.who and not self.alive(holder.window)

    def lease(self, position: int, holder: Holder) -> None:
        self.leases[position] = Lease(holder, self.clock())

    def finish(self, position: int) -> None:
        """Somebody saved it: it leaves every feed."""
        with self.lock:
            self.done.add(position)
            self.fresh[position] = self.clock()
            self.leases.pop(position, None)

    def skip(self, position: int, who: str) -> None:
        """It leaves the feeds of one person; others may get it."""
        with self.lock:
            self.skipped[who].add(position)
            self.leases.pop(position, None)

    def reopen(self, position: int) -> None:
        """What was said was taken back."""
        with self.lock:
            self.done.discard(position)
            self.fresh.pop(position, None)

    def refresh(self, done: Iterable[int]) -> None:
        """What is done by now, whoever did it; what was done while that was asked is, too."""
        with self.lock:
            late = self.clock() - LATE
            self.fresh = {position: when for position, when in self.fresh.items() if when > late}
            self.done = {*done, *self.fresh}


class Feed:
    """Items in an order, over a board that other feeds share.

    Attributes:
        why: says why an item is where it is.
        again: what is done is handed out all the same, once.
    """

    def __init__(
        self,
        order: Sequence[int],
        board: Board,
        why: Callable[[int], str] = lambda _position: "",
        *,
        again: bool = False,
    ) -> None:
        self.board = board
        self.again = again
        self._given: dict[Holder, list[int]] = defaultdict(list)
        self._through: set[int] = set()
        self.reorder(order, why)

    def reorder(self, order: Sequence[int], why: Callable[[int], str]) -> None:
        """Another order from now on; who holds what stays."""
        with self.board.lock:
            self.why = why
            self._order = list(order)
            self._members = set(self._order)
            self._through &= self._members

    def __contains__(self, position: int) -> bool:
        return position in self._members

    def __len__(self) -> int:
        return len(self._members)

    def through(self, position: int) -> None:
        """Somebody dealt with an item of this feed."""
        self._through.add(position)

    def _gone(self) -> set[int]:
        return self._through if self.again else self.board.done

    def left(self, who: str = "") -> int:
        """How many somebody could still do, whoever holds them."""
        with self.board.lock:
            others = {at for at, people in self.board.reserved.items() if who and who not in people}
            gone = self._gone() | self.board.skipped.get(who, set()) | others
            return len(self._members) - len(self._members & gone)

    def take(self, holder: Holder, n: int) -> list[int]:
        """The next items of somebody, first = next: those they hold already, and more up to `n`.

        Their leases are renewed. Nobody else gets them until they are saved, skipped, or left alone.
        """
        board = self.board
        with board.lock:
            gone = self._gone()
            mine = [at for at in self._given[holder] if at not in gone and self._still(at, holder)]
            self._compact(gone)
            mine += self._more(holder, n - len(mine), {*mine}, gone)
            for position in mine:
                board.lease(position, holder)
            self._given[holder] = mine
            return mine[:n]

    def _still(self, position: int, holder: Holder) -> bool:
        mine = position in self._members and self.board.holder(position) == holder
        return mine and self.board.free(position, holder)

    def _more(self, holder: Holder, wanted: int, have: set[int], gone: set[int]) -> list[int]:
        free = (
            position
            for position in self._order
            if position not in gone and position not in have and self.board.free(position, holder)
        )
        return list(islice(free, max(0, wanted)))

    def _compact(self, gone: set[int]) -> None:
        """Forget the done ones at the front once they are many; they stay members."""
        many = sum(1 for position in self._order[: 2 * TOO_MANY_DONE] if position in gone)
        if many > TOO_MANY_DONE:
            self._order = [position for position in self._order if position not in gone]

    def ahead(self, n: int) -> list[int]:
        """What anybody will get soon: the first that nobody did or holds."""
        with self.board.lock:
            gone = self._gone()
            free = (at for at in self._order if at not in gone and at not in self.board.leases)
            return list(islice(free, n))

    def release(self, holder: Holder) -> None:
        """Somebody turned to another feed: what they hold is free."""
        with self.board.lock:
            for position in self._given.pop(holder, ()):
                if self.board.holder(position) == holder:
                    self.board.leases.pop(position, None)
