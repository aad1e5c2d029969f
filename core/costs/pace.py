"""How long calls take: what was measured with a model, concurrency, rate limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core import llms
from core.costs import Range
from core.egress import host_of
from core.llms import LIVE
from core.recipes import model_settings
from core.store import Store, views

PER_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds of one call, calls at a time, and limits per minute (0 = none)."""

    seconds: Range | None
    at_a_time: int = 1
    requests_per_minute: float = 0
    tokens_per_minute: float = 0

    def of(self, calls: Range, tokens: Range) -> Range | None:
        """Seconds that so many calls with so many tokens take in all; None = nothing is known.

        Limits alone give the time of a server that answers at once.
        """
        limited = self.requests_per_minute > 0 or self.tokens_per_minute > 0
        if self.seconds is None and not limited:
            return None
        one = self.seconds or Range(0.0, 0.0, 0.0)
        return Range(
            self._longest(one.low, calls.low, tokens.low),
            self._longest(one.likely, calls.likely, tokens.likely),
            self._longest(one.high, calls.high, tokens.high),
        )

    def _longest(self, seconds: float, calls: float, tokens: float) -> float:
        """Whichever binds: the calls themselves, so many at a time, or a limit."""
        together = max(1.0, min(self.at_a_time, calls))
        return max(
            calls * seconds / together,
            _wait(calls, self.requests_per_minute),
            _wait(tokens, self.tokens_per_minute),
        )


def _wait(amount: float, per_minute: float) -> float:
    return amount / per_minute * PER_MINUTE if per_minute > 0 else 0.0


def pace_of(model: Any, measured: tuple[tuple[float, float, float], int] | None) -> Pace:
    """The pace of a built language model.

    Args:
        measured: quartiles of the seconds of its stored calls, as `views.pace` gives them.
    """
    seconds = Range(*measured[0]) if measured else None
    return Pace(
        seconds,
        int(getattr(model, "concurrency", 1) or 1),
        float(getattr(model, "requests_per_minute", 0) or 0),
        float(getattr(model, "tokens_per_minute", 0) or 0),
    )


def recipe_pace(store: Store, recipe: Mapping[str, Any]) -> Pace:
    """The pace of the language model that a recipe names, as far as its calls are stored."""
    name = recipe.get("stage2", {}).get("llm")
    if name not in LIVE:
        return Pace(None)
    model = llms.build(name, model_settings(recipe))
    address = str(getattr(model, "base_url", ""))
    return pace_of(model, views.pace(store, model.name, host_of(address) if address else ""))
