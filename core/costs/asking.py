"""What some requests will take that are no run: a probe, a trial of several forms of a prompt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.asking.token_counts import count_tokens
from core.calls.pricing import Price
from core.costs import NOTHING, Range
from core.llms import Request
from core.llms.frames import max_tokens


@dataclass(frozen=True, slots=True)
class Needs:
    """Calls and their tokens. Answers: from nothing to where the model is stopped."""

    calls: int
    prompt_tokens: Range
    completion_tokens: Range

    def price(self, price: Price | None) -> Range | None:
        """What that costs; None = no price is known."""
        if price is None:
            return None
        prompt, answer = self.prompt_tokens, self.completion_tokens
        return Range(
            price.of(prompt.low, answer.low),
            price.of(prompt.likely, answer.likely),
            price.of(prompt.high, answer.high),
        )


def needs(requests: Iterable[Request], model: str) -> Needs:
    """The sums over requests, none of them taken to be in the log of calls."""
    calls, prompt, answers = 0, NOTHING, 0.0
    for request in requests:
        counted = count_tokens(request.prompt.text, model)
        prompt = prompt.plus(Range(counted.low, counted.tokens, counted.high))
        answers += max_tokens(request.frame)
        calls += 1
    return Needs(calls, prompt, Range(0.0, answers / 2, answers))
