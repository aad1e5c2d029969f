"""How asking for one item ended: the one place that decides it.

| outcome | when |
|---|---|
| failed | there is no answer (no connection, time-out, an error of the server), after all retries |
| refused | the host filtered it or the model declined, and no label can be read |
| ok | every label was read from the first answer |
| repaired | every label was read after mistakes were pointed out; or some were read and others are missing |
| truncated | the answer ended at its length limit before every label was there |
| unparseable | there is an answer, and no label can be read from it |
"""

from __future__ import annotations

import re

from core.tasks.reading import Reading
from core.types import Completion, CompletionStatus, Outcome

REFUSALS = re.compile(
    r"^\W*(?:i(?:'| a)m sorry|sorry\b|i (?:can(?:no|')t|am (?:not able|unable)|won't|will not)\b"
    r"|as an ai\b|unfortunately,? i\b|es tut mir leid|ich kann (?:das|diese|dabei|ihnen|dir)\b"
    r"|je (?:suis désolé|ne peux pas)|désolé|lo siento|no puedo\b|samahani|siwezi\b)",
    re.IGNORECASE,
)
USABLE: frozenset[Outcome | None] = frozenset({None, "ok", "repaired"})
"""Outcomes (None: no language model was asked) of labels that may serve as exemplars."""


def outcome_of(completion: Completion, reading: Reading, turn: int) -> Outcome:
    """How the answer of a turn (0 = the first) leaves the item."""
    if completion.status == "failed":
        return "failed"
    if reading.complete:
        return "repaired" if turn else "ok"
    if _refused(completion) and not reading.usable:
        return "refused"
    if completion.status == "truncated" or completion.finish_reason == "length":
        return "truncated"
    return "repaired" if reading.usable else "unparseable"


def status_of(completion: Completion, outcome: Outcome) -> CompletionStatus:
    """What a call is stored as: its own status, or what reading it showed."""
    if completion.status != "ok" or outcome == "ok" or outcome == "repaired":
        return completion.status
    return outcome


def worth_repair(completion: Completion, reading: Reading) -> bool:
    """Whether telling the model what was wrong may help: it answered, and did not decline."""
    if completion.status == "failed" or reading.complete:
        return False
    return not (_refused(completion) and not reading.usable)


def error_of(completion: Completion, reading: Reading, outcome: Outcome) -> str | None:
    """What is stored of what went wrong; None = nothing did."""
    if outcome == "failed":
        return completion.error or "there was no answer"
    if outcome == "refused":
        return f"refused: {completion.error or completion.text.strip()[:200] or completion.finish_reason}"
    if outcome == "truncated":
        return f"the answer was cut off after {completion.completion_tokens or '?'} tokens; {reading.problem}"
    return reading.problem


def _refused(completion: Completion) -> bool:
    if completion.status == "refused" or completion.finish_reason == "content_filter":
        return True
    return bool(REFUSALS.match(completion.text))
