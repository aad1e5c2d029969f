"""What calls cost, and where they stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from core.calls.log import Totals
from core.calls.pricing import Price
from core.errors import StudioError
from core.types import Completion

Bounds = tuple[int, int]
"""No call takes more tokens: of its prompt, of its answer."""


class BudgetReached(StudioError):
    """One more call could have passed a limit that the user set."""

    code = "budget"


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of one run, the calls of all its workers together; 0 = none.

    `price` is in the currency of the model's price.
    """

    calls: int = 0
    price: float = 0.0
    tokens: int = 0

    def __bool__(self) -> bool:
        return bool(self.calls or self.price or self.tokens)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a run's calls came to so far.

    `calls` were answered by the model, `cached` by the log, `failed` by nobody; `lost` attempts got no answer
    but may have been carried out. Tokens are as far as the host told them, `seconds` those that answers took,
    added up; `price` is None where none is known.
    """

    calls: int = 0
    cached: int = 0
    failed: int = 0
    lost: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    price: float | None = None
    currency: str = ""


class Account:
    """Counts the calls of a run, and lets none be made that could pass its budget.

    A call is reserved at the most it can take before it is sent, and booked at what it took when it is
    answered. An attempt that got lost, and one whose host tells no tokens, are booked at the most.

    Args:
        price: None = not known; then nothing is known of money, and a budget of it must not be given.
        before: the finished calls of earlier workers of this run.
        changed: called after every call; may be set later.
    """

    def __init__(
        self,
        budget: Budget | None = None,
        price: Price | None = None,
        before: Totals | None = None,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.budget, self.changed, self._price = budget or Budget(), changed, price
        self._lock = threading.Lock()
        self._reserved: dict[str, Bounds] = {}
        start = before or Totals(0, 0, 0, 0.0)
        self._spent = Spent(
            calls=start.calls,
            prompt_tokens=start.prompt_tokens,
            completion_tokens=start.completion_tokens,
            seconds=start.seconds,
            currency=price.currency if price else "",
        )
        self._unseen: Bounds = (0, 0)
        self._expected = 0

    @property
    def on_their_way(self) -> int:
        """Calls that are reserved and not booked."""
        return len(self._reserved)

    def spent(self) -> Spent:
        """What was spent so far; what may have been lost is not in it."""
        found = self._spent
        if self._price is None:
            return found
        return replace(found, price=self._price.of(found.prompt_tokens, found.completion_tokens))

    def expect(self, requests: int) -> None:
        """So many more requests will be made, of which the log may answer some."""
        self._expected = self._spent.calls + self._spent.cached + requests

    def projected(self) -> float | None:
        """What the run will cost in all if it goes on as so far; None while nothing can be said."""
        spent = self.spent()
        done = spent.calls + spent.cached
        if spent.price is None or not self._expected or not done:
            return None
        return spent.price + spent.price / done * max(0, self._expected - done)

    def reserve(self, key: str, bounds: Bounds) -> bool:
        """Whether a call may be made; if so it is reserved."""
        with self._lock:
            if not self._fits(bounds):
                return False
            self._reserved[key] = bounds
            return True

    def repeat(self, key: str) -> bool:
        """Whether a call whose last attempt got lost may be tried once more."""
        with self._lock:
            bounds = self._reserved.get(key)
            if bounds is None:
                return True
            self._spent = replace(self._spent, lost=self._spent.lost + 1)
            self._see(bounds)
            del self._reserved[key]
            fits = self._fits(bounds)
            self._reserved[key] = bounds if fits else (0, 0)
            return fits

    def book(self, key: str, completion: Completion) -> None:
        """A call came to its end."""
        with self._lock:
            bounds = self._reserved.pop(key, (0, 0))
            self._spent = _with(self._spent, completion)
            if completion.status != "failed" and _untold(completion):
                self._see(bounds)
        self.changed()

    def release(self, keys: Iterable[str]) -> None:
        """These calls were given up."""
        with self._lock:
            for key in keys:
                self._reserved.pop(key, None)

    def hit(self) -> None:
        """The log had the answer."""
        with self._lock:
            self._spent = replace(self._spent, cached=self._spent.cached + 1)
        self.changed()

    def reached(self) -> BudgetReached:
        """The error that says so."""
        spent, said = self.spent(), []
        if self.budget.calls:
            said.append(f"{spent.calls + spent.lost:,} of {self.budget.calls:,} calls")
        if self.budget.tokens:
            said.append(f"{sum(self._tokens()):,} of {self.budget.tokens:,} tokens")
        if self.budget.price and self._price:
            said.append(f"{self._price.of(*self._tokens()):.4f} of {self.budget.price:g} {spent.currency}")
        return BudgetReached(
            f"the next call could pass the budget of this run; spent: {', '.join(said)}.",
            "What was answered is kept. Raise llm.max_calls, llm.max_total_tokens or llm.max_price and start "
            "again: it goes on from there.",
        )

    def _fits(self, bounds: Bounds) -> bool:
        budget, held = self.budget, [*self._reserved.values(), bounds]
        if not budget:
            return True
        calls = self._spent.calls + self._spent.lost + len(held)
        prompt = self._tokens()[0] + sum(most for most, _ in held)
        completion = self._tokens()[1] + sum(most for _, most in held)
        if budget.calls and calls > budget.calls:
            return False
        if budget.tokens and prompt + completion > budget.tokens:
            return False
        return not (budget.price and self._price and self._price.of(prompt, completion) > budget.price)

    def _tokens(self) -> Bounds:
        """Tokens that count against the budget."""
        return self._spent.prompt_tokens + self._unseen[0], self._spent.completion_tokens + self._unseen[1]

    def _see(self, bounds: Bounds) -> None:
        self._unseen = (self._unseen[0] + bounds[0], self._unseen[1] + bounds[1])


def _untold(completion: Completion) -> bool:
    return completion.prompt_tokens is None or completion.completion_tokens is None


def _with(spent: Spent, completion: Completion) -> Spent:
    if completion.status == "failed":
        return replace(spent, failed=spent.failed + 1)
    return replace(
        spent,
        calls=spent.calls + 1,
        prompt_tokens=spent.prompt_tokens + (completion.prompt_tokens or 0),
        completion_tokens=spent.completion_tokens + (completion.completion_tokens or 0),
        seconds=spent.seconds + (completion.seconds or 0.0),
    )
