"""Answers of a server of OpenAI's chat API: what they say, or what went wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.llms.line import Line
from core.llms.troubles import SHOWN, Again, Trouble
from core.pauses import BUSY, asked_pause
from core.types import CompletionStatus

LogProbs = tuple[tuple[str, float], ...]
LONG = re.compile(
    r"context.{0,20}(length|window|size)|maximum.{0,40}token|too (long|large|many tokens)", re.I
)
"""What servers say when a prompt is too long for the model."""
FILTERS = ("content_filter", "content_policy_violation")
CREDIT = ("insufficient_quota", "billing_hard_limit_reached", "insufficient_balance")
NEW_NAME = "max_completion_tokens"
"""What hosted reasoning models call `max_tokens`."""
NO_ANSWER = "answered with something that is no chat completion"


@dataclass(frozen=True)
class Reply:
    """What an answer says. `status` is never failed: then there is none."""

    text: str
    finish_reason: str
    status: CompletionStatus
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    logprobs: LogProbs | None = None


def read(status: int, headers: Mapping[str, str], content: bytes, line: Line) -> Reply:
    """The reply in an answer.

    Raises:
        Trouble: there is none. Again: another attempt may get one.
    """
    document = document_of(content)
    if status == 200 and not document.get("error"):
        return _reply(document, line)
    complaint = _complaint(document, line)
    if complaint.code in FILTERS:
        return Reply("", "content_filter", "refused")
    raise _trouble(_true_status(status, complaint), headers, complaint, line)


@dataclass(frozen=True)
class _Complaint:
    """What a server says is wrong, without keys, and short."""

    prose: str
    code: str
    parameter: str


def document_of(content: bytes | str) -> dict[str, Any]:
    """The JSON object of a body; {} where there is none."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _complaint(document: Mapping[str, Any], line: Line) -> _Complaint:
    """Servers write {"error": {...}}, {"error": "..."}, {"detail": ...} or {"message": ...}."""
    error = document.get("error") or document
    if not isinstance(error, dict):
        error = {"message": error}
    prose = error.get("message") or error.get("detail") or ""
    text = prose if isinstance(prose, str) else json.dumps(prose, ensure_ascii=False)
    said = " ".join(line.hidden(clean(text)).split())
    shown = said if len(said) <= SHOWN else f"{said[: SHOWN - 3]}..."
    return _Complaint(shown, str(error.get("code") or ""), str(error.get("param") or ""))


def _true_status(status: int, complaint: _Complaint) -> int:
    """Some gateways answer 200 and tell the status in the document."""
    if status == 200 and complaint.code.isdecimal():
        return int(complaint.code[:3])
    return 502 if status == 200 else status


def _trouble(status: int, headers: Mapping[str, str], complaint: _Complaint, line: Line) -> Trouble:
    said = f": {complaint.prose}" if complaint.prose else ""
    if complaint.code in CREDIT:
        return Trouble(f"says that the account has no credit left ({status}){said}", "credit", "Top it up.")
    if status in BUSY or status >= 500:
        return Again(f"is busy or broken (it answered {status})", "busy", wait=asked_pause(headers))
    if status in (401, 403):
        problem, hint = line.key_refused()
        return Trouble(problem, "key", hint)
    if 300 <= status < 400:
        hint = "Give the address that text should go to as llm.base_url; text is not sent on."
        return Trouble(f"sends us on to another address ({status})", "redirect", hint)
    if status == 404:
        return Trouble(
            f"has no such model or address (404){said}", "model", "Check llm.base_url and llm.model."
        )
    kind = "long" if LONG.search(complaint.prose) else "refused"
    if complaint.parameter == "max_tokens" or NEW_NAME in complaint.prose:
        kind = NEW_NAME
    hint = "Check llm.model and llm.extra, or ask with llm.constrain=none and llm.logprobs=off."
    return Trouble(f"does not take this request ({status}){said}", kind, hint)


def _reply(document: Mapping[str, Any], line: Line) -> Reply:
    choice = _first(document.get("choices"))
    message = choice.get("message") if choice else None
    if not isinstance(message, dict):
        raise Again(NO_ANSWER, "odd", lost=True)
    refusal, reason = message.get("refusal"), str(choice.get("finish_reason") or "stop")
    text = _text(message.get("content")) or (refusal if isinstance(refusal, str) else "")
    usage = document.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    return Reply(
        text=line.unkeyed(clean(text)),
        finish_reason=reason,
        status=_status(reason, refused=bool(refusal)),
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
        logprobs=_logprobs(choice.get("logprobs")),
    )


def _first(choices: object) -> dict[str, Any]:
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        return choices[0]
    return {}


def _status(reason: str, *, refused: bool) -> CompletionStatus:
    if refused or reason == "content_filter":
        return "refused"
    return "truncated" if reason == "length" else "ok"


def _text(content: object) -> str:
    """Text as it is, or the pieces of it that some servers send."""
    if isinstance(content, str):
        return content
    pieces = content if isinstance(content, list) else []
    texts = (piece.get("text") for piece in pieces if isinstance(piece, dict))
    return "".join(text for text in texts if isinstance(text, str))


def clean(text: str) -> str:
    """Without halves of characters, which a JSON document can hold and no file can."""
    return text.encode("utf8", "surrogatepass").decode("utf8", "replace")


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _logprobs(found: object) -> LogProbs | None:
    """(token, log-probability) of the answer, from the chat API's list or the older parallel lists."""
    if not isinstance(found, dict):
        return None
    content = found.get("content")
    if isinstance(content, list):
        pairs = [(entry.get("token"), entry.get("logprob")) for entry in content if isinstance(entry, dict)]
        return _pairs(pairs, len(content))
    tokens, values = found.get("tokens"), found.get("token_logprobs")
    if isinstance(tokens, list) and isinstance(values, list) and len(tokens) == len(values):
        return _pairs(list(zip(tokens, values, strict=True)), len(tokens))
    return None


def _pairs(pairs: Sequence[tuple[object, object]], size: int) -> LogProbs | None:
    """All of them or none: a value that is missing would shift the others. The first may be unknown."""
    good = tuple(
        (clean(token), float(value if value is not None else 0.0))
        for at, (token, value) in enumerate(pairs)
        if isinstance(token, str) and (isinstance(value, int | float) or (value is None and at == 0))
    )
    usable = len(good) == size and size > 0 and all(value <= 1e-6 for _, value in good)
    return good if usable else None
