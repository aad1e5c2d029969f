"""Work of an event loop for callers that have none: results come as they are there."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any, Protocol, TypeVar

from core.llms import Alive, Request
from core.types import Completion

PULSE = 0.25
"""Seconds between two calls of `alive`, at most."""
ENDING = 10.0
"""Seconds a loop may take to end."""
T = TypeVar("T")
Pair = tuple[Request, Completion]


class Completing(Protocol):
    """What answers requests on an event loop."""

    async def complete(self, request: Request) -> Completion: ...
    async def settle(self) -> None: ...


class Loop:
    """An event loop in a thread of its own, with one session on it."""

    def __init__(self, session: AbstractAsyncContextManager[Completing]) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="language model", daemon=True)
        self._thread.start()
        self._entering = session
        try:
            self.session = self.result(session.__aenter__())
        except BaseException:
            self._end()
            raise

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def result(self, work: Awaitable[T]) -> T:
        """What is awaited, once it is there."""
        return asyncio.run_coroutine_threadsafe(_as_coroutine(work), self._loop).result()

    def begin(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Start a coroutine."""
        asyncio.run_coroutine_threadsafe(work(), self._loop)

    def close(self) -> None:
        """Give up what is on its way, close the connections and end the thread."""
        with suppress(TimeoutError):
            leaving = asyncio.run_coroutine_threadsafe(self._leave(), self._loop)
            leaving.result(ENDING)
        self._end()

    async def _leave(self) -> None:
        await self.session.settle()
        mine = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not mine]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._entering.__aexit__(None, None, None)
        await self._loop.shutdown_asyncgens()
        await self._loop.shutdown_default_executor()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(ENDING)
        if not self._thread.is_alive():
            self._loop.close()


async def _as_coroutine(work: Awaitable[T]) -> T:
    return await work


class Answers(Iterator[Pair]):
    """Requests with their completions, in the order in which these come.

    Args:
        requests: taken in the caller's thread, `window` at a time at most.
        session: made and closed with the first and after the last request.
        alive: called at least every PULSE seconds while something is awaited; may raise.
    """

    def __init__(
        self,
        requests: Iterable[Request],
        session: Callable[[], AbstractAsyncContextManager[Completing]],
        window: int,
        alive: Alive,
    ) -> None:
        self._requests, self._session, self._window = iter(requests), session, window
        self._alive, self._told = alive, time.monotonic()
        self._done: queue.SimpleQueue[Pair | BaseException] = queue.SimpleQueue()
        self._loop: Loop | None = None
        self._on_their_way, self._more = 0, True

    def __next__(self) -> Pair:
        try:
            self._take()
            if not self._on_their_way:
                raise StopIteration
            return self._next()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give up what is on its way."""
        loop, self._loop = self._loop, None
        self._on_their_way, self._more = 0, False
        if loop:
            loop.close()

    def __del__(self) -> None:
        self.close()

    def _take(self) -> None:
        while self._more and self._on_their_way < self._window:
            self._pulse()
            request = next(self._requests, None)
            if request is None:
                self._more = False
                return
            self._begin(request)

    def _begin(self, request: Request) -> None:
        if self._loop is None:
            self._loop = Loop(self._session())
        session, done = self._loop.session, self._done

        async def work() -> None:
            try:
                done.put((request, await session.complete(request)))
            except Exception as error:  # noqa: BLE001 - raised again in the thread that asked
                done.put(error)

        self._loop.begin(work)
        self._on_their_way += 1

    def _next(self) -> Pair:
        while True:
            self._pulse()
            with suppress(queue.Empty):
                return self._given(self._done.get(timeout=PULSE))

    def _given(self, found: Pair | BaseException) -> Pair:
        self._on_their_way -= 1
        if isinstance(found, BaseException):
            raise found
        return found

    def _pulse(self) -> None:
        if time.monotonic() - self._told >= PULSE:
            self._alive()
            self._told = time.monotonic()
