"""The server: one event loop, in a thread or a process of its own."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from tests.fake_llm.calls import Call, handle
from tests.fake_llm.counting import Counts
from tests.fake_llm.faults import FAULTS

MODEL = "fake-model"
KEPT = 4_000
"""Requests that are kept for a test to look at."""


@dataclass(frozen=True)
class Settings:
    """How the server behaves.

    Attributes:
        dialect: openai, vllm, llamacpp or transformers-serve.
        models: those it has.
        key: what the Authorization header must hold; "" = any.
        latency: seconds before an answer.
        faults: fault -> rate (see `tests.fake_llm.faults`), decided by `seed`, content and attempt.
        retry_after: seconds that a busy server asks for, as it writes them.
        silence: seconds that a server says nothing before it hangs up (fault `timeout`).
        drip: seconds that a slow stream takes.
        huge: bytes of a huge answer.
        held: answers wait until this is false again.
        keep: whether requests are kept.
    """

    dialect: str = "openai"
    models: tuple[str, ...] = (MODEL,)
    key: str = ""
    latency: float = 0.0
    faults: dict[str, float] = field(default_factory=dict)
    seed: int = 0
    retry_after: str = "0.05"
    silence: float = 30.0
    drip: float = 0.5
    huge: int = 64 << 20
    held: bool = False
    keep: bool = True

    def __post_init__(self) -> None:
        unknown = set(self.faults) - set(FAULTS)
        if unknown:
            raise ValueError(f"no such fault: {sorted(unknown)}; there are {FAULTS}")


class FakeLLM:
    """A running server. `script` holds faults that strike the next calls, one each ("" = none); `prompts`
    the first turn of each content.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.model = settings.models[0]
        self.tally = Counts()
        self.script: deque[str] = deque()
        self.requests: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.prompts: dict[str, str] = {}
        self.headers: deque[dict[str, str]] = deque(maxlen=KEPT)
        self.paths: deque[str] = deque(maxlen=KEPT)
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def counts(self) -> dict[str, Any]:
        """`Counts.summary` of all calls so far."""
        return self.tally.summary()

    def set(self, **changes: Any) -> None:
        """Behave otherwise from now on."""
        self.settings = replace(self.settings, **changes)

    async def serve(self, port: int = 0) -> asyncio.Server:
        """Listen on this machine alone; 0 = any free port."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", port, limit=1 << 24, backlog=512)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while (call := await _read(reader, writer)) is not None:
                if not await handle(self, call):
                    break
        writer.close()
        with suppress(ConnectionError, asyncio.CancelledError):
            await writer.wait_closed()


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Call | None:
    """The next request of a connection; None = it is over."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1")
    first, *lines = head.rstrip().split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Call(method, path, headers, body, reader, writer)


@contextmanager
def serving(**settings: Any) -> Iterator[FakeLLM]:
    """A server in a thread of this process; `settings` are those of `Settings`."""
    fake, loop = FakeLLM(Settings(**settings)), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="fake-llm", daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(fake.serve(), loop).result(10)
    try:
        yield fake
    finally:
        asyncio.run_coroutine_threadsafe(_stop(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _stop(server: asyncio.Server) -> None:
    server.close()
    mine = asyncio.current_task()
    open_ones = [task for task in asyncio.all_tasks() if task is not mine]
    for task in open_ones:
        task.cancel()
    await asyncio.gather(*open_ones, return_exceptions=True)
