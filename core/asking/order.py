"""In which order exemplars stand in a prompt.

Source: SSP, arXiv 2406.18880: chosen by the integer program, most similar first; by similarity alone,
most similar last, beside the query.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Literal, get_args

from core.errors import UnknownName
from core.types import Exemplar

Order = Literal["similar_first", "similar_last", "random"]
ORDERS: tuple[Order, ...] = get_args(Order)


def order_of(asked: str, usual: Order) -> Order:
    """The order that is meant; `usual` is what `auto` stands for.

    Raises:
        UnknownName: there is no such order.
    """
    if asked == "auto":
        return usual
    for order in ORDERS:
        if order == asked:
            return order
    raise UnknownName("order of exemplars", asked, ("auto", *ORDERS))


def ordered(exemplars: Sequence[Exemplar], order: Order, seed: int, position: int) -> list[Exemplar]:
    """Exemplars, given most similar first, as they are shown; `random` is drawn for each item anew."""
    shown = list(exemplars)
    if order == "similar_last":
        shown.reverse()
    elif order == "random":
        random.Random(f"{seed}/{position}").shuffle(shown)  # noqa: S311 - no secret
    return shown
