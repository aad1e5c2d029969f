"""How the items of a feed are shown, and which labels of theirs are meant."""

from __future__ import annotations

from collections.abc import Callable

from core.annotators import assigning
from core.desk.desk import Desk
from core.desk.items import Showing
from core.desk.messages import Key
from core.desk.orders import order_of
from core.errors import StudioError
from core.store.facts_annotations import BLIND, LAYER, by


def showing(desk: Desk, key: Key) -> Callable[[int], Showing]:
    """Position -> how it is shown to whoever sits before this feed."""
    order = order_of("" if key.feed.isdecimal() else key.feed)
    why = _why(desk, key)
    if order.blind:
        return lambda position: Showing(BLIND, blind=True, why=why(position))
    if order.name == "adjudicate":
        return lambda position: Showing(LAYER, adjudicate=True, why=why(position))
    assigned = desk.assigned(key.dataset)

    def shown(position: int) -> Showing:
        alone = assigned.get(position, {}).get(key.who) == assigning.OVERLAP
        return Showing(by(key.who) if alone else LAYER, alone=alone, why=why(position))

    return shown


def _why(desk: Desk, key: Key) -> Callable[[int], str]:
    try:
        return desk.feed(key).why if desk.ready(key) else lambda _position: ""
    except StudioError:
        return lambda _position: ""
