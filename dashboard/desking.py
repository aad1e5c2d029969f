"""The desk as the page sees it: where one sits, what is handed out, and what was said since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core import languages, tagsets
from core.desk import desk as desks
from core.desk import items, messages, orders, saving
from core.desk.desk import Desk
from core.desk.examples import examples
from core.desk.feed import Feed, Holder
from core.desk.material import Material
from core.desk.messages import Key
from core.desk.orders import Order
from core.desk.showing import showing
from core.types import Dataset
from dashboard import naming, queries, resources, state, windows
from dashboard.charts.palette import chip_color
from dashboard.widgets.labeller import read

LABELLER = "labeller"
AHEAD = 6
"""Items that a window holds."""
SOON = 120
"""Items that are read at once."""
ACKNOWLEDGED, ANSWERED, REPLIED, SEAT = "desk-acks", "desk-answers", "desk-reply", "desk-seat"
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seat:
    """Where somebody sits: a data set, whose labels they correct, and what they are handed.

    `run` is None where there is none, or it labelled nothing.
    """

    dataset: Dataset
    run: queries.RunRow | None
    key: Key
    order: Order

    @property
    def holder(self) -> Holder:
        return Holder(self.key.who, windows.window())

    @property
    def title(self) -> str:
        """What the queue is called."""
        number = desks.queue_of(self.key)
        if not number:
            return self.order.title
        found = [row for row in queries.queues(self.dataset.id) if row["id"] == number]
        return str(found[0]["name"]) if found else self.order.title


def desk() -> Desk:
    """The one desk of this process's workspace."""
    return desks.desk_of(resources.store(), naming.run_title, windows.is_open)


def seat(dataset: Dataset, who: str) -> Seat:
    """Where the address puts somebody.

    Raises:
        UnknownName: the address names a run that is not of this data set.
    """
    desk().sit(dataset)
    run = _run(dataset)
    feed = feed_of(run)
    key = Key(dataset.id, run["id"] if run else "", _last(run), feed, who)
    return Seat(dataset, run, key, orders.order_of(orders.QUEUE if feed.isdecimal() else feed))


def feed_of(run: queries.RunRow | None) -> str:
    """What the address hands out: a queue's number, a feed, or the usual one; without a run file order."""
    view = state.view()
    if view.queue:
        return str(view.queue)
    wanted = view.feed or orders.DEFAULT
    return wanted if run or not orders.ORDERS[wanted].needs_run else "file"


def _run(dataset: Dataset) -> queries.RunRow | None:
    chosen = state.view().run
    found = next((row for row in queries.runs(dataset.id) if row["id"] == chosen), None)
    return found if found and _last(found) else None


def _last(run: queries.RunRow | None) -> str:
    """The stage whose labels are corrected."""
    told = [name for name in ("stage1", "consensus", "stage2") if run and name in run["stages"]]
    wanted = state.view().stage
    return wanted if wanted in told else (told[-1] if told else "")


def offered(run: queries.RunRow | None, who: str, dataset: str) -> list[Order]:
    """The orders that make sense here; what is assigned only to whoever has something."""
    mine = any(who in people for people in desk().assigned(dataset).values())
    return [
        order
        for order in orders.ORDERS.values()
        if (run or not order.needs_run) and (mine or order.name != "mine")
    ]


def count(seat: Seat, feed: str) -> int | None:
    """How many items a feed has left; None where that is not known without work."""
    key = Key(seat.key.dataset, seat.key.run, seat.key.stage, feed, seat.key.who)
    order = orders.order_of(orders.QUEUE if feed.isdecimal() else feed)
    simple = order.lively or order.name in {"file", "unsure"}
    if not desk().ready(key) and not (simple and desk().holds(key)):
        return None
    return desk().feed(key).left(seat.key.who)


def take_seat(seat: Seat) -> None:
    """Somebody sits down: what they held elsewhere in this window is free for others."""
    before = state.kept(SEAT)
    if before and before != seat.key and desk().ready(before):
        desk().feed(before).release(Holder(before.who, windows.window()))
    state.keep(SEAT, seat.key)


def turn(seat: Seat) -> dict[str, Any]:
    """Carry out what the window said since, and work out what it is shown next.

    Raises:
        StudioError: the feed needs what is not there, or the store cannot be written.
    """
    _hear(seat)
    here = desk()
    feed, known = here.feed(seat.key), here.material(*_read_of(seat.key))
    places = feed.take(seat.holder, AHEAD)
    known.expect(here.store, places, lambda: feed.ahead(SOON))
    queue = items.items(here.store, known, here.heard(seat.key.dataset), places, showing(here, seat.key))
    told = {"queue": queue, "left": feed.left(seat.key.who), "done": not queue}
    return {**idle(seat), "labels": labels(seat, known), **told}


def idle(seat: Seat) -> dict[str, Any]:
    """What a window is shown while its feed is worked out: it stays, and so does what it has not sent yet."""
    return {
        "key": str(seat.key),
        "dataset": seat.dataset.id,
        "task": seat.dataset.task,
        "dir": languages.of(seat.dataset).direction,
        "who": seat.key.who,
        "blind": seat.order.blind,
        "adjudicate": seat.order.name == "adjudicate",
        "readonly": state.view().present,
        "labels": [],
        "queue": [],
        "left": 0,
        "done": False,
        "of": seat.title,
        **_told(),
    }


def _read_of(key: Key) -> tuple[str, str, str]:
    return key.dataset, key.run, key.stage


def _told() -> dict[str, Any]:
    """What this window is told of what it said."""
    acks: dict[str, int] = state.kept(ACKNOWLEDGED, {})
    last = next(reversed(acks), None)
    return {
        "acks": acks,
        "ack": {"client": last, "seq": acks[last]} if last else None,
        "answers": state.kept(ANSWERED, []),
        "reply": state.kept(REPLIED),
    }


def _hear(seat: Seat) -> None:
    """Everything that the window said and was not answered; nothing while presenting."""
    if state.view().present:
        return
    outbox, ask = read(LABELLER)
    acks: dict[str, int] = dict(state.kept(ACKNOWLEDGED, {}))
    fresh = [one for one in messages.in_order(outbox) if one.seq > acks.get(one.client, 0)]
    if fresh:
        answers = saving.handle(desk(), fresh)
        for message in fresh:
            acks[message.client] = max(message.seq, acks.pop(message.client, 0))
        state.keep(ACKNOWLEDGED, acks)
        state.keep(ANSWERED, answers)
    if ask and (state.kept(REPLIED) or {}).get("n") != ask.get("n"):
        state.keep(REPLIED, saving.preview(desk(), seat.key, ask))


def labels(seat: Seat, known: Material) -> list[dict[str, Any]]:
    """The labels (types, for entities) with key, colour, guideline and examples."""
    dataset = seat.dataset
    shown = {} if seat.order.blind else examples(known)
    colors = naming.label_colors(dataset)
    return [
        {
            "n": info.label,
            "k": info.key,
            "c": chip_color(info.label, dataset.labels, colors),
            "d": info.description,
            "x": shown.get(info.label, []),
        }
        for info in tagsets.of(dataset)
    ]


def opened(seat: Seat) -> Feed | None:
    """The feed of a seat, where it is worked out already."""
    return desk().feed(seat.key) if desk().ready(seat.key) else None
