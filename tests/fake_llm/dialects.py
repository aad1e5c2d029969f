"""What kinds of servers make of the same request: what they take, ignore and refuse."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from typing import Any

DIALECTS = ("openai", "vllm", "llamacpp", "transformers-serve")
_CHAT = (
    "model messages temperature top_p n stream stream_options stop max_tokens max_completion_tokens seed "
    "user logprobs top_logprobs logit_bias response_format presence_penalty frequency_penalty tools "
    "tool_choice parallel_tool_calls reasoning_effort service_tier store metadata modalities "
    "prediction verbosity"
)
KNOWN = frozenset(_CHAT.split())
"""What the chat API of OpenAI takes."""
TOKENS = re.compile(r"\s*[^\s\w]|\s*\w{1,6}|\s+")


class Refused(Exception):
    """The request is not taken: a status and a document."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        super().__init__(status)
        self.status, self.document = status, document


def check(dialect: str, body: Mapping[str, Any]) -> None:
    """Pass a request that the dialect takes. Raises Refused."""
    unknown = sorted(set(body) - KNOWN)
    if not body.get("messages"):
        raise Refused(422 if dialect == "transformers-serve" else 400, _error("'messages' is required."))
    if dialect == "openai":
        if unknown:
            raise Refused(400, _error(f"Unknown parameter: '{unknown[0]}'.", "unknown_parameter", unknown[0]))
        if str(body.get("model", "")).startswith("o") and "max_tokens" in body:
            said = (
                "Unsupported parameter: 'max_tokens' is not supported with this model. "
                "Use 'max_completion_tokens' instead."
            )
            raise Refused(400, _error(said, "unsupported_parameter", "max_tokens"))
    if dialect == "transformers-serve" and set(unknown) - {"generation_config"}:
        raise Refused(422, {"detail": f"Unexpected fields in the request: {set(unknown)}"})
    kind = (body.get("response_format") or {}).get("type", "text")
    if dialect == "llamacpp" and kind not in {"text", "json_object"}:
        raise Refused(
            422, {"detail": [{"loc": ["body", "response_format", "type"], "type": "literal_error"}]}
        )


def _error(message: str, code: str = "", parameter: str = "") -> dict[str, Any]:
    return {
        "error": {
            "message": message,
            "type": "invalid_request_error",
            "param": parameter or None,
            "code": code or None,
        }
    }


def no_model(dialect: str, name: str) -> Refused:
    """What is said of a model that is not there."""
    if dialect == "transformers-serve":
        return Refused(500, {"detail": "Internal Server Error"})
    return Refused(404, _error(f"The model `{name}` does not exist.", "model_not_found"))


def constraint(dialect: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What the answer is held to: schema, choice, grammar, json; {} = nothing, whatever was asked."""
    asked = body.get("response_format") or {}
    if dialect == "transformers-serve":
        return {}
    if dialect == "llamacpp":
        if "grammar" in body:
            return {"grammar": body["grammar"]}
        if asked.get("type") == "json_object":
            return {"schema": asked["schema"]} if asked.get("schema") else {"json": True}
        return {}
    if dialect == "vllm" and body.get("structured_outputs"):
        held = body["structured_outputs"]
        return {"schema" if key == "json" else key: value for key, value in held.items()}
    if asked.get("type") == "json_schema":
        return {"schema": asked["json_schema"]["schema"]}
    return {"json": True} if asked.get("type") == "json_object" else {}


def tokens_of(text: str) -> list[str]:
    """An answer as pieces that join to it."""
    return TOKENS.findall(text)


def logprobs(dialect: str, body: Mapping[str, Any], tokens: list[str]) -> Any:
    """As the dialect says them: a list of the chat API, or the older parallel lists; None = not at all."""
    if not body.get("logprobs") or dialect == "transformers-serve":
        return None
    most = int(body.get("top_logprobs") or 0)
    said = [_token(token, most) for token in tokens]
    if dialect != "llamacpp":
        return {"content": said, "refusal": None}
    return {
        "tokens": tokens,
        "token_logprobs": [None, *(entry["logprob"] for entry in said[1:])],
        "top_logprobs": [
            None,
            *({token: entry["logprob"]} for token, entry in zip(tokens[1:], said[1:], strict=True)),
        ],
        "text_offset": [sum(map(len, tokens[:at])) for at in range(len(tokens))],
    }


def _token(token: str, most: int) -> dict[str, Any]:
    sure = -0.01 - hashlib.sha256(token.encode()).digest()[0] / 256
    rest = math.log1p(-math.exp(sure))
    others = [
        {"token": f"{token}{n}", "logprob": rest - n * math.log(2), "bytes": None} for n in range(1, most)
    ]
    own = {"token": token, "logprob": sure, "bytes": list(token.encode())}
    return own | {"top_logprobs": [own, *others] if most else []}
