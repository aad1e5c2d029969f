"""How fast a host is asked: token buckets for requests and tokens, and the pauses it asks for itself."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiolimiter import AsyncLimiter

BURST = 10.0
"""Seconds whose share may be used at once."""
MINUTE = 60.0


class Pace:
    """Lets calls through; 0 per minute = as many as there are. To be made and used on one event loop."""

    def __init__(self, requests_per_minute: int, tokens_per_minute: int) -> None:
        self._requests = _bucket(requests_per_minute)
        self._tokens = _bucket(tokens_per_minute)
        self._until = 0.0

    def hold(self, seconds: float) -> None:
        """Let nothing through for so long: what a host asks of one call it means for all."""
        self._until = max(self._until, asyncio.get_running_loop().time() + seconds)

    async def wait(self, tokens: int) -> None:
        """Until a call of so many tokens, those of its answer included, may be sent."""
        if self._tokens:
            left = float(tokens)
            while left > 0:
                share = min(left, self._tokens.max_rate)
                await self._tokens.acquire(share)
                left -= share
        if self._requests:
            await self._requests.acquire()
        loop = asyncio.get_running_loop()
        while (left := self._until - loop.time()) > 0:
            await asyncio.sleep(left)


def _bucket(per_minute: int) -> AsyncLimiter | None:
    """Fills evenly, and holds what comes in BURST seconds, but one call at least."""
    from aiolimiter import AsyncLimiter

    if not per_minute:
        return None
    share = max(1.0, per_minute * BURST / MINUTE)
    return AsyncLimiter(share, share * MINUTE / per_minute)
