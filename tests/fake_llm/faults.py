"""What becomes of a call: the same for the same seed, content and attempt, in whatever order calls come."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

TRANSPORT_FAULTS = (
    "429",
    "429-retry-after",
    "429-date",
    "500",
    "503",
    "reset",
    "timeout",
    "invalid-json",
    "huge",
)
"""After these there is no answer: asking again may help."""
ANSWER_FAULTS = (
    "slow-stream",
    "truncated",
    "wrong-rows",
    "code-fences",
    "refusal",
    "content-filter",
    "empty",
    "garbage",
    "ignored-fields",
)
"""After these there is one, of a kind: the call is finished."""
FAULTS = (*TRANSPORT_FAULTS, *ANSWER_FAULTS)


def fate(faults: Mapping[str, float], seed: int, content: str, attempt: int) -> str:
    """The fault that strikes this attempt, "" = none. `faults` maps a fault to its rate.

    An answer's fault is a property of the question: it does not depend on the attempt.
    """
    transport = {name: rate for name, rate in faults.items() if name in TRANSPORT_FAULTS}
    answers = {name: rate for name, rate in faults.items() if name in ANSWER_FAULTS}
    struck = _pick(transport, f"{seed} {content} {attempt}")
    return struck or _pick(answers, f"{seed} {content}")


def _pick(rates: Mapping[str, float], dice: str) -> str:
    thrown = int.from_bytes(hashlib.sha256(dice.encode()).digest()[:7], "big") / 2**56
    for name, rate in rates.items():
        thrown -= rate
        if thrown < 0:
            return name
    return ""


def spoiled(fault: str, text: str) -> str:
    """An answer as this fault leaves it."""
    if fault == "truncated":
        return text[: max(1, len(text) // 2)]
    if fault == "wrong-rows":
        rows = text.split("\n")
        return "\n".join([*rows[: len(rows) // 2], "extra\tX", *rows[len(rows) // 2 + 1 :]])
    if fault == "code-fences":
        return f"Sure! Here is the answer:\n```text\n{text}\n```\nLet me know if you need more."
    if fault == "garbage":
        return "I think that this is a very interesting sentence."
    return "" if fault in {"empty", "refusal", "content-filter"} else text
