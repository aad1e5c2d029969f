"""Answers written down as they come, those that come together at once, before anybody uses them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from core.types import Completion

Keep = Callable[[Sequence[Completion]], None]
"""Puts completions where they outlive this process; takes as long as a disk takes."""


class Keeper:
    """Calls `keep` in a thread, for all that came while it was busy; to be used on one event loop."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._waiting: list[tuple[Completion, asyncio.Future[None]]] = []
        self._busy: asyncio.Task[None] | None = None

    async def kept(self, completion: Completion) -> None:
        """Return when a completion is kept. Raises what `keep` raises."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((completion, done))
        if self._busy is None:
            self._busy = asyncio.create_task(self._work())
        await done

    async def close(self) -> None:
        """Keep what has come so far."""
        if self._busy:
            await self._busy

    async def _work(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            problem: Exception | None = None
            try:
                await asyncio.to_thread(self._keep, [completion for completion, _ in group])
            except Exception as error:  # noqa: BLE001 - raised again where each of them is awaited
                problem = error
            for _, done in group:
                if done.done():
                    continue
                done.set_exception(problem) if problem else done.set_result(None)
        self._busy = None
