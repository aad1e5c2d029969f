"""What asking a language model will cost, and what it did cost: calls, tokens, time, money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Basis = Literal["measured", "estimated", "projected"]


@dataclass(frozen=True, slots=True)
class Range:
    """A figure that is not known yet: the likely value and bounds (95 % unless a note says otherwise)."""

    low: float
    likely: float
    high: float

    def times(self, factor: float) -> Range:
        """All three, multiplied."""
        return Range(self.low * factor, self.likely * factor, self.high * factor)

    def plus(self, other: Range) -> Range:
        """Sums of the three."""
        return Range(self.low + other.low, self.likely + other.likely, self.high + other.high)


NOTHING = Range(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class PerItem:
    """What one item takes where nothing of it is in the log of calls.

    `basis` says whether it was measured on a run of `n` items, or estimated from the prompts of `n`.
    """

    calls: float
    prompt_tokens: float
    completion_tokens: float
    basis: Basis
    n: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run will ask for, as far as it is known before.

    Attributes:
        items: to be labelled.
        calls: all there are to be, those in the log of calls included.
        cached: how many of them are in the log and cost nothing; None = cannot be known before.
        prompt_tokens, completion_tokens: of the calls that are not in the log.
        price: of these, in `currency`; None = no price is known, which is not a price of nothing.
        priced: where the price comes from, or why there is none.
        seconds: from the first call to the last; None = nothing was measured with this model yet.
        host: where text is sent, "" = nowhere. model: its name there.
        statement: what leaves this machine, in a sentence.
        agree: hosts that somebody has yet to agree to.
        measured_on: items whose prompts were rendered and counted.
        per_item: the same for one item, had nothing been asked before; None where no model is asked.
        notes: what was assumed.
    """

    items: int
    calls: Range
    cached: int | None
    prompt_tokens: Range
    completion_tokens: Range
    price: Range | None
    currency: str
    priced: str
    seconds: Range | None
    host: str
    model: str
    statement: str
    agree: tuple[str, ...] = ()
    measured_on: int = 0
    per_item: PerItem | None = None
    notes: tuple[str, ...] = ()

    @property
    def leaves(self) -> bool:
        """Whether text leaves this machine."""
        return not self.statement.startswith(STAYS)

    @property
    def costs(self) -> bool:
        """Whether money is spent, or may be: an unknown price counts."""
        return self.calls.high > (self.cached or 0) and (self.price is None or self.price.high > 0)


STAYS = "Nothing leaves this machine"
