"""One request of the fake server: what becomes of it, and what is written back."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from tests.fake_llm import dialects
from tests.fake_llm.answering import answer
from tests.fake_llm.counting import content_of
from tests.fake_llm.faults import TRANSPORT_FAULTS, fate, spoiled

if TYPE_CHECKING:
    from tests.fake_llm.server import FakeLLM

REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 422: "Unprocessable Entity"}
PIECES = 10
"""Parts in which a slow stream comes."""


@dataclass(frozen=True)
class Call:
    """A request with the connection it came on."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def gone(self) -> bool:
        """Whether whoever asked is not there any more."""
        return self.reader.at_eof() or self.reader.exception() is not None or self.writer.is_closing()

    async def send(self, status: int, document: Any, **headers: str) -> None:
        """A whole answer."""
        body = document if isinstance(document, bytes) else as_bytes(document)
        await self.send_bytes(head(status, len(body), **headers) + body)

    async def send_bytes(self, content: bytes) -> None:
        """Part of an answer."""
        self.writer.write(content)
        await self.writer.drain()


def as_bytes(document: Any) -> bytes:
    """A JSON document as it is sent."""
    return json.dumps(document, ensure_ascii=False).encode()


def head(status: int, size: int, **headers: str) -> bytes:
    """Status line and headers."""
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Error')}", "Content-Type: application/json"]
    lines += [
        f"Content-Length: {size}",
        *(f"{name.replace('_', '-')}: {said}" for name, said in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin1")


async def handle(fake: FakeLLM, call: Call) -> bool:
    """Answer one request; whether the connection goes on."""
    path = call.path.split("?")[0].rstrip("/")
    if path == "/counts":
        await call.send(
            200,
            fake.counts()
            | {"asked_by_content": fake.tally.asked, "finished_by_content": fake.tally.finished},
        )
    elif path == "/settings":
        if call.body:
            fake.set(**json.loads(call.body))
        await call.send(200, asdict(fake.settings))
    elif fake.settings.key and call.headers.get("authorization") != f"Bearer {fake.settings.key}":
        said = f"Incorrect API key provided: {call.headers.get('authorization')}."
        await call.send(401, {"error": {"message": said, "code": "invalid_api_key"}})
    elif path == "/v1/models":
        fake.paths.append(call.path)
        await call.send(
            200,
            {"object": "list", "data": [{"id": name, "object": "model"} for name in fake.settings.models]},
        )
    elif path == "/v1/chat/completions":
        return await _chat(fake, call)
    else:
        await call.send(404, {"detail": "Not Found"})
    return True


async def _chat(fake: FakeLLM, call: Call) -> bool:
    body = json.loads(call.body)
    content, tally = content_of(body), fake.tally
    fault = (
        fake.script.popleft()
        if fake.script
        else fate(fake.settings.faults, fake.settings.seed, content, tally.asked[content])
    )
    tally.asked[content] += 1
    tally.fates[fault or "none"] += 1
    if fake.settings.keep:
        fake.requests.append(body)
        fake.prompts[content] = str((body.get("messages") or [{}])[0].get("content"))
        fake.headers.append(dict(call.headers))
        fake.paths.append(call.path)
    tally.at_once += 1
    tally.most_at_once = max(tally.most_at_once, tally.at_once)
    try:
        return await _decided(fake, call, body, fault, content)
    finally:
        tally.at_once -= 1


async def _decided(fake: FakeLLM, call: Call, body: dict[str, Any], fault: str, content: str) -> bool:
    if not await _patience(fake, call):
        return False
    if fault in TRANSPORT_FAULTS:
        return await _fail(fake, call, fault)
    dialect = fake.settings.dialect
    try:
        dialects.check(dialect, body)
        if body.get("model") not in fake.settings.models and dialect != "llamacpp":
            raise dialects.no_model(dialect, str(body.get("model")))
    except dialects.Refused as refused:
        await call.send(refused.status, refused.document)
        return True
    document = _document(dialect, body, fault)
    if body.get("stream"):
        await _stream(fake, call, document, fault)
    elif fault == "slow-stream":
        await _drip(fake, call, document)
    fake.tally.finished[content] += 1  # before the last byte: whoever has it may look at once
    if body.get("stream"):
        await _end_stream(call)
    elif fault == "slow-stream":
        await call.send_bytes(as_bytes(document)[-1:])
    else:
        await call.send(200, document)
    return True


async def _patience(fake: FakeLLM, call: Call) -> bool:
    """Wait as long as an answer takes; False = whoever asked has gone."""
    if fake.settings.latency:
        await asyncio.sleep(fake.settings.latency)
    while fake.settings.held:
        await asyncio.sleep(0.02)
    return not call.gone


async def _fail(fake: FakeLLM, call: Call, fault: str) -> bool:
    settings = fake.settings
    echo = {"error": {"message": f"no: {call.headers.get('authorization')} {call.body[:200]!r}"}}
    if fault == "429-retry-after":
        await call.send(429, echo, Retry_After=settings.retry_after)
    elif fault == "429-date":
        await call.send(429, echo, Retry_After=formatdate(time.time() + 1, usegmt=True))
    elif fault in {"429", "500", "503"}:
        await call.send(int(fault), echo)
    elif fault == "invalid-json":
        await call.send(200, b'{"choices": [{"message": {"content": "half')
    elif fault == "reset":
        call.writer.transport.abort()
        return False
    elif fault == "timeout":
        await _silence(settings.silence, call)
        return False
    elif fault == "huge":
        await _flood(settings.huge, call)
        return False
    return True


async def _silence(seconds: float, call: Call) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not call.gone:
        await asyncio.sleep(0.02)


async def _flood(size: int, call: Call) -> None:
    call.writer.write(head(200, size))
    for _ in range(0, size, 1 << 16):
        call.writer.write(b" " * (1 << 16))
        await call.writer.drain()


def _document(dialect: str, body: Mapping[str, Any], fault: str) -> dict[str, Any]:
    ignored = "transformers-serve" if fault == "ignored-fields" else dialect
    text = spoiled(fault, answer(body, dialects.constraint(ignored, body)))
    tokens = dialects.tokens_of(text)
    most = body.get("max_completion_tokens") or body.get("max_tokens") or 10**6
    reason = "length" if fault == "truncated" or len(tokens) > most else "stop"
    tokens = tokens[:most]
    message: dict[str, Any] = {"role": "assistant", "content": "".join(tokens)}
    if fault == "refusal":
        message |= {"content": None, "refusal": "I cannot help with that."}
    if fault == "content-filter":
        reason = "content_filter"
    choice = {
        "message": message,
        "finish_reason": reason,
        "logprobs": dialects.logprobs(ignored, body, tokens),
    }
    several = 1 if ignored == "transformers-serve" else int(body.get("n") or 1)
    asked = sum(len(str(turn.get("content"))) // 4 + 4 for turn in body["messages"])
    usage = {"prompt_tokens": asked, "completion_tokens": several * len(tokens)}
    return {
        "id": "chatcmpl-fake",
        "object": "chat.completion",
        "created": 0,
        "model": body.get("model"),
        "choices": [choice | {"index": index} for index in range(several)],
        "usage": usage | {"total_tokens": sum(usage.values())},
    }


async def _drip(fake: FakeLLM, call: Call, document: Mapping[str, Any]) -> None:
    """All of an answer but its last byte, slowly."""
    body = as_bytes(document)
    await call.send_bytes(head(200, len(body)))
    step = max(1, len(body) // PIECES)
    for at in range(0, len(body) - 1, step):
        await asyncio.sleep(fake.settings.drip / PIECES)
        if call.gone:
            raise ConnectionResetError
        await call.send_bytes(body[at : min(at + step, len(body) - 1)])


async def _stream(fake: FakeLLM, call: Call, document: Mapping[str, Any], fault: str) -> None:
    """The answer as server-sent events, without the last one."""
    call.writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    choice = document["choices"][0]
    pieces = dialects.tokens_of(choice["message"]["content"] or "")
    pause = fake.settings.drip / max(1, len(pieces)) if fault == "slow-stream" else 0.0
    common = {
        "id": document["id"],
        "object": "chat.completion.chunk",
        "created": 0,
        "model": document["model"],
    }
    events = [{"delta": {"content": piece}, "finish_reason": None, "index": 0} for piece in pieces]
    for event in [*events, {"delta": {}, "finish_reason": choice["finish_reason"], "index": 0}]:
        await asyncio.sleep(pause)
        _chunk(call, json.dumps(common | {"choices": [event]}, ensure_ascii=False))
    _chunk(call, json.dumps(common | {"choices": [], "usage": document["usage"]}))
    await call.writer.drain()


async def _end_stream(call: Call) -> None:
    _chunk(call, "[DONE]")
    await call.send_bytes(b"0\r\n\r\n")


def _chunk(call: Call, event: str) -> None:
    line = f"data: {event}\n\n".encode()
    call.writer.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
