"""From the prompts of some items to the tokens of all: counted, scaled up, with how far that may be off."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from core.asking import Question, calls_per_item, opening
from core.asking.token_counts import TokenCount, count_tokens
from core.calls.log import CallLog
from core.costs import Range
from core.costs.repairs import Repairs
from core.costs.sampling import Asked
from core.costs.shares import Z
from core.llms import Frame, Request, Style, request_key
from core.llms.frames import answer, max_tokens, units

TURN = 60
"""Tokens of a further turn, which says what to mend."""
PER_CALL = 8
"""Tokens that a chat template adds to a prompt, about."""
EXEMPLARS = 0.25
"""How far prompts may be off, as a share, where others stand in for their exemplars (decision 20)."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What one stage takes for all its items; `found`: the share of its calls in the log, None = unknown."""

    items: int
    calls: Range
    prompt: Range
    completion: Range
    found: float | None
    measured: int
    how: str


def counted(
    asked: Asked, model: Any, repairs: Repairs, log: Path | None, others: Sequence[Style] = ()
) -> Counted:
    """The calls and tokens of one stage.

    Args:
        model: the language model as `core.llms.build` makes it.
        log: the file of the log of calls; None = they cannot be looked up yet.
        others: styles that answers may have instead, as long as nobody knows what the model obeys: the
            estimate is then that of the longest.
    """
    manners = [asked.manner, *(replace(asked.manner, style=style) for style in others)]
    found = [_counted(replace(asked, manner=manner), model, repairs, log) for manner in manners]
    return reduce(_longer, found)


def _longer(one: Counted, two: Counted) -> Counted:
    """Either of two: tokens of the one with more, and the lower bound of the one with less."""
    return replace(
        one,
        prompt=_either(one.prompt, two.prompt),
        completion=_either(one.completion, two.completion),
    )


def _either(one: Range, two: Range) -> Range:
    return Range(min(one.low, two.low), max(one.likely, two.likely), max(one.high, two.high))


def _counted(asked: Asked, model: Any, repairs: Repairs, log: Path | None) -> Counted:
    requests = [opening(asked.manner, number, question) for number, question in enumerate(asked.questions)]
    prompts = [count_tokens(request.prompt.text, tokenizer(model)) for request in requests]
    least, _ = calls_per_item(asked.manner.asking)
    calls = asked.items * least
    prompt = _scaled(prompts, calls, 0.0 if asked.certain else EXEMPLARS)
    prompt = prompt.plus(_same(PER_CALL * calls))
    completion = _completions(asked, requests, model, calls)
    more = repairs.calls.times(asked.items)
    return Counted(
        asked.items,
        _same(calls).plus(more),
        prompt.plus(_turns(prompt, completion, more, calls)),
        completion.plus(_each(completion, more, calls)),
        _in_log(requests, model, log) if asked.certain and log else None,
        len(requests),
        prompts[0].how if prompts else "",
    )


def tokenizer(model: Any) -> str:
    """What to count a model's tokens by: its folder, where that is what it was named by."""
    return str(getattr(model, "model", "") or model.name)


def _same(value: float) -> Range:
    return Range(value, value, value)


def _scaled(parts: Sequence[TokenCount], n: int, off: float) -> Range:
    """Tokens of n texts like these: the mean, and the errors of counting, of sampling and of stand-ins."""
    if not parts:
        return _same(0.0)
    mean = fmean(part.tokens for part in parts)
    spread = stdev(part.tokens for part in parts) if len(parts) > 1 else 0.0
    left_out = 1.0 - min(1.0, len(parts) / n) if n else 0.0
    sampling = Z * spread * math.sqrt(left_out / len(parts))
    down = mean - fmean(part.low for part in parts)
    up = fmean(part.high for part in parts) - mean
    low, high = (math.hypot(side, sampling, off * mean) for side in (down, up))
    return Range(max(0.0, mean - low) * n, mean * n, (mean + high) * n)


def _completions(asked: Asked, requests: Sequence[Request], model: Any, n: int) -> Range:
    """Answers as long as they should be; the upper bound is where the model is stopped."""
    dice = random.Random(0)  # noqa: S311  stands in for labels
    pairs = zip(asked.questions, requests, strict=True)
    likely = [
        count_tokens(_answer(question, request.frame, dice), tokenizer(model)) for question, request in pairs
    ]
    found = _scaled(likely, n, 0.0)
    most = fmean([_end(model, request) for request in requests] or [0]) * n
    return Range(min(found.low, most), min(found.likely, most), most)


def _end(model: Any, request: Request) -> int:
    """Where an answer is stopped, as the model's own budget reckons it."""
    if hasattr(model, "bounds"):
        return int(model.bounds(request)[1])
    return int(getattr(model, "max_tokens", 0)) or max_tokens(request.frame)


def _answer(question: Question, frame: Frame, dice: random.Random) -> str:
    """An answer that is right in form: labels as the exemplars have them, gold is not looked at."""
    known = set(frame.labels)
    seen = [label for item in question.exemplars for label in item.labels if label in known]
    among = seen or [label for label in frame.labels if label == "O"] or list(frame.labels)
    return answer(frame, [dice.choice(among) for _ in units(frame)])


def _turns(prompt: Range, completion: Range, more: Range, calls: int) -> Range:
    """Prompts of repairs: the whole conversation again, and what to mend."""
    each = prompt.plus(completion).plus(_same(TURN * calls))
    return _each(each, more, calls)


def _each(total: Range, more: Range, calls: int) -> Range:
    """What `more` calls take that are each as long as the mean of `calls`."""
    if not calls:
        return _same(0.0)
    return Range(
        total.low / calls * more.low, total.likely / calls * more.likely, total.high / calls * more.high
    )


def _in_log(requests: Sequence[Request], model: Any, log: Path) -> float:
    """The share of these calls that is in the log."""
    if not requests or not log.exists():
        return 0.0
    identity = model.identity()
    with closing(CallLog(log)) as kept:
        found = sum(kept.find(request_key(identity, request)) is not None for request in requests)
    return found / len(requests)
