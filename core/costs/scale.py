"""What more items would take: 100 as measured, 1,000 and more projected from it, and marked so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.calls.pricing import Price
from core.costs import Basis, PerItem, Range
from core.costs.pace import Pace

AT = (100, 1_000, 10_000, 100_000)


@dataclass(frozen=True, slots=True)
class Row:
    """So many items: what they take. `seconds` and `price` are None where nothing is known."""

    items: int
    basis: Basis
    calls: float
    prompt_tokens: float
    completion_tokens: float
    seconds: float | None
    price: float | None
    currency: str


def table(one: PerItem, pace: Pace, price: Price | None, at: Sequence[int] = AT) -> list[Row]:
    """A row for each number of items. The first is `one.basis`, larger ones than that are projected.

    Every call is taken to be new and K to stay as it is, so that prompts get no longer.
    """
    return [_row(items, at[0], one, pace, price) for items in at]


def _row(items: int, first: int, one: PerItem, pace: Pace, price: Price | None) -> Row:
    calls, prompt, completion = (
        items * part for part in (one.calls, one.prompt_tokens, one.completion_tokens)
    )
    seconds = pace.of(_sure(calls), _sure(prompt + completion))
    return Row(
        items,
        one.basis if items == first else "projected",
        calls,
        prompt,
        completion,
        seconds.likely if seconds else None,
        price.of(prompt, completion) if price else None,
        price.currency if price else "",
    )


def _sure(value: float) -> Range:
    return Range(value, value, value)
