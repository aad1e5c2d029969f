"""What servers answer, in the shapes they use, and what that means."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.llms.line import Line
from core.llms.replies import Reply, read
from core.llms.troubles import SHOWN, Again, Trouble
from core.sending import model_line
from tests.llm_client import SECRET, plain

LINE = Line("http://example.org/v1", "example.org")


def answer(choice: dict[str, Any] | None = None, **more: Any) -> bytes:
    said = {"message": {"role": "assistant", "content": "NOUN"}, "finish_reason": "stop"} | (choice or {})
    return json.dumps({"choices": [said]} | more).encode()


def trouble(status: int, document: Any, headers: dict[str, str] | None = None, line: Line = LINE) -> Trouble:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    with pytest.raises(Trouble) as caught:
        read(status, headers or {}, body, line)
    return caught.value


@pytest.mark.parametrize(
    ("content", "reply"),
    [
        (answer(), Reply("NOUN", "stop", "ok")),
        (answer({"finish_reason": None}), Reply("NOUN", "stop", "ok")),
        (answer({"finish_reason": "length"}), Reply("NOUN", "length", "truncated")),
        (answer({"finish_reason": "content_filter"}), Reply("NOUN", "content_filter", "refused")),
        (answer({"message": {"content": None, "refusal": "No."}}), Reply("No.", "stop", "refused")),
        (answer({"message": {"content": None}}), Reply("", "stop", "ok")),
        (answer({"message": {"content": [{"text": "NO"}, {"text": "UN"}, 3]}}), Reply("NOUN", "stop", "ok")),
        (answer(usage={"prompt_tokens": 7, "completion_tokens": 2}), Reply("NOUN", "stop", "ok", 7, 2)),
        (answer(usage={"prompt_tokens": -1, "completion_tokens": True}), Reply("NOUN", "stop", "ok")),
        (answer(usage=None, error=None), Reply("NOUN", "stop", "ok")),
        (answer({"message": {"content": "\ud800x"}}), Reply("\ufffd\ufffd\ufffdx", "stop", "ok")),
    ],
)  # fmt: skip
def test_answers(content: bytes, reply: Reply) -> None:
    assert read(200, {}, content, LINE) == reply


def chat(first: Any, second: Any) -> dict[str, Any]:
    """Log-probabilities of two tokens, as the chat API writes them."""
    return {"content": [{"token": "NO", "logprob": first}, {"token": "UN", "logprob": second}]}


@pytest.mark.parametrize(
    ("logprobs", "found"),
    [
        (None, None),
        ({}, None),
        (chat(-0.5, 0), (("NO", -0.5), ("UN", 0.0))),
        (chat(None, -1), (("NO", 0.0), ("UN", -1.0))),
        (chat(-1, None), None),
        ({"content": [{"token": "NO"}, "UN"]}, None),
        ({"content": []}, None),
        ({"content": [{"token": "NO", "logprob": 3.0}]}, None),
        ({"tokens": ["NO", "UN"], "token_logprobs": [None, -2.0]}, (("NO", 0.0), ("UN", -2.0))),
        ({"tokens": ["NO", "UN"], "token_logprobs": [-2.0]}, None),
        ([1], None),
    ],
)  # fmt: skip
def test_log_probabilities_in_both_shapes(logprobs: Any, found: Any) -> None:
    assert read(200, {}, answer({"logprobs": logprobs}), LINE).logprobs == found


@pytest.mark.parametrize(
    ("status", "document", "kind", "again"),
    [
        (429, {}, "busy", True),
        (408, {}, "busy", True),
        (529, {}, "busy", True),
        (200, {"error": {"code": 429, "message": "slow down"}}, "busy", True),
        (200, {"error": "upstream"}, "busy", True),
        (200, b"<html>", "odd", True),
        (200, b"[" * 100_000, "odd", True),
        (200, {"choices": []}, "odd", True),
        (200, {"choices": [{"message": "text"}]}, "odd", True),
        (429, {"error": {"code": "insufficient_quota"}}, "credit", False),
        (401, {}, "key", False),
        (403, {}, "key", False),
        (404, {"detail": "Not Found"}, "model", False),
        (307, {}, "redirect", False),
        (422, {"detail": [{"loc": ["body"], "msg": "extra fields"}]}, "refused", False),
        (400, {"error": {"message": "This model's maximum context length is 4096 tokens"}}, "long", False),
        (413, {"message": "the prompt is too long"}, "long", False),
        (400, {"error": {"param": "max_tokens", "message": "no"}}, "max_completion_tokens", False),
    ],
)
def test_troubles(status: int, document: Any, kind: str, again: bool) -> None:
    found = trouble(status, document)
    assert (found.kind, isinstance(found, Again)) == (kind, again)
    assert str(found)


def test_a_filter_of_the_host_is_a_refusal() -> None:
    document = json.dumps({"error": {"code": "content_filter", "message": "..."}}).encode()
    assert read(400, {}, document, LINE).status == "refused"


def test_what_a_server_says_is_short_and_holds_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    plain(monkeypatch)
    monkeypatch.setenv("SSP_LLM_KEY", SECRET)
    line = model_line("https://example.org/v1", "example.org", lambda _: True)
    found = trouble(400, {"error": {"message": f"{SECRET}\n{'very ' * 500}"}}, line=line)
    assert SECRET not in str(found)
    assert "[key] very" in str(found)
    assert len(str(found)) < SHOWN + 60
    echoed = answer({"message": {"content": f"your key is {SECRET}"}})
    assert read(200, {}, echoed, line).text == "your key is [key]"


def test_a_busy_host_says_how_long() -> None:
    found = trouble(429, {}, {"Retry-After": "3"})
    assert isinstance(found, Again)
    assert found.wait == 3.0
    assert "busy" in str(found)
