"""Recorded calls from a run log of the release.

A log holds, per call, a record with the prompt and one with the response as the client library
printed it: a JSON document (openai 0.x) or the `repr` of an object (openai 1.x). Records of other
loggers (HTTP, back-off, rate limits) stand between them; a call without a response is no call.
A third record says what the run worked with: the answer, without the white space around it.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.formats.text_input import numbered_lines, without_ending
from core.llms import content_key
from core.prompts import prompt_sha256
from core.types import Completion, CompletionStatus

RECORD = re.compile(r"\[[\d:.,\- T]+\]\([^()\s]*:[A-Z]+\) ?")
PROMPT = "Giving the following prompt:"
RESPONSE = "Received the following response:"
OBTAINED = "Obtained completion: "
OBJECT = re.compile(r"\w*Completion\(")


def read_calls(path: Path) -> list[Completion]:
    """The finished calls of a log, in order; where a prompt was asked again, the last answer counts.

    Raises:
        FormatError: the file is not UTF-8 text.
    """
    calls: dict[str, Completion] = {}
    for call in _calls(_messages(without_ending(line) for _, line in numbered_lines(path, path.name))):
        calls.pop(call.key, None)
        calls[call.key] = call
    return list(calls.values())


def _calls(messages: Iterable[str]) -> Iterator[Completion]:
    prompt: str | None = None
    call: Completion | None = None
    for message in messages:
        if message.startswith((PROMPT, OBTAINED)) and call is not None:
            yield _as_obtained(call, message)
            call = None
        if message.startswith(PROMPT):
            prompt = message.removeprefix(PROMPT)
        elif prompt is not None and (response := _response(message.removeprefix(RESPONSE).strip())):
            call, prompt = _completion(prompt, response), None
    if call is not None:
        yield call


def _as_obtained(call: Completion, message: str) -> Completion:
    text = message.removeprefix(OBTAINED)
    same = message.startswith(OBTAINED) and text.strip() == call.text.strip()
    return replace(call, text=text) if same else call


def _messages(lines: Iterable[str]) -> Iterator[str]:
    """The text of each record, which may run over many lines."""
    current: list[str] | None = None
    for line in lines:
        head = RECORD.match(line)
        if head is None:
            if current is not None:
                current.append(line)
            continue
        if current is not None:
            yield "\n".join(current)
        current = [line[head.end() :]]
    if current is not None:
        yield "\n".join(current)


def _response(text: str) -> dict[str, Any] | None:
    """The response as nested dicts, or None for any other message (cut-off ones too)."""
    try:
        value = json.loads(text) if text.startswith("{") else read_repr(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return value if isinstance(value, dict) and _first_choice(value) is not None else None


def read_repr(text: str) -> Any:
    """The value of a printed object: calls become dicts of their named arguments.

    Nothing is evaluated: only names, literals, lists, tuples, dicts and calls with keywords are read.

    Raises:
        SyntaxError, ValueError: anything else.
    """
    if not OBJECT.match(text):
        raise ValueError("not a printed completion")
    return _value(ast.parse(text, mode="eval").body)


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.Call) and not node.args and isinstance(node.func, ast.Name):
        return {str(item.arg): _value(item.value) for item in node.keywords}
    if isinstance(node, ast.List | ast.Tuple):
        return [_value(item) for item in node.elts]
    if isinstance(node, ast.Dict):
        keys = [_value(key) if key else None for key in node.keys]
        return dict(zip(keys, map(_value, node.values), strict=True))
    return ast.literal_eval(node)


def _first_choice(response: Mapping[str, Any]) -> dict[str, Any] | None:
    choices = response.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) and isinstance(first.get("message"), dict) else None


def _completion(prompt: str, response: Mapping[str, Any]) -> Completion:
    choice = _first_choice(response) or {}
    sha256, model = prompt_sha256(prompt), str(response.get("model", ""))
    text = choice["message"].get("content")
    finish = str(choice.get("finish_reason") or "")
    usage = response.get("usage") or {}
    return Completion(
        key=content_key(model, sha256),
        model=model,
        prompt_sha256=sha256,
        prompt=prompt,
        text=text if isinstance(text, str) else "",
        finish_reason=finish,
        prompt_tokens=usage.get("prompt_tokens"),
        completion_tokens=usage.get("completion_tokens"),
        status=_status(text, finish),
    )


def _status(text: object, finish: str) -> CompletionStatus:
    if finish == "content_filter":
        return "refused"
    return "ok" if isinstance(text, str) and text else "unparseable"
