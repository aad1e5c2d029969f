"""Requests as a server of OpenAI's chat API reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.llms import Request
from core.llms.frames import fields, max_tokens

if TYPE_CHECKING:
    from core.llms.endpoint import Endpoint

WARM = 0.7
"""Temperature of further samples where the recipe's is 0 (self-consistency, Wang et al. 2023, section 3)."""
PER_TURN = 64
"""Tokens that a server may add around a turn."""


def body_of(part: Endpoint, request: Request) -> dict[str, Any]:
    """The JSON document of a request; what `extra` names replaces ours, and null takes it out."""
    turns = (("user", request.prompt.text), *request.then)
    warm = WARM if request.sample and not part.temperature else part.temperature
    body: dict[str, Any] = {
        "model": part.model,
        "messages": [{"role": role, "content": text} for role, text in turns],
        "temperature": warm,
        "max_tokens": answer_bound(part, request),
    }
    if part.top_p < 1.0:
        body["top_p"] = part.top_p
    if part.seed:
        body["seed"] = part.seed + request.sample
    if part.logprobs == "on":
        body["logprobs"] = True
    body |= held(part, request)
    body |= json.loads(part.extra or "{}")
    return {key: value for key, value in body.items() if value is not None}


def held(part: Endpoint, request: Request) -> Mapping[str, Any]:
    """What holds the answer to its frame: the first of the constraints that can."""
    for constraint in part.constraints:
        found = fields(constraint, request.frame)
        if found is not None:
            return found
    return {}


def answer_bound(part: Endpoint, request: Request) -> int:
    """Tokens that the answer may have."""
    return part.max_tokens or max_tokens(request.frame)


def prompt_bound(request: Request) -> int:
    """No prompt has more tokens than bytes, whatever the tokenizer."""
    texts = [request.prompt.text, *(text for _, text in request.then)]
    return sum(len(text.encode()) + PER_TURN for text in texts)
