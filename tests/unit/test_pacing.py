"""Token buckets and pauses: how fast a host is asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.llms import pacing
from core.llms.pacing import Pace
from tests import llm_client
from tests.fake_llm import FakeLLM
from tests.llm_client import completed, endpoint

fake = llm_client.fake


def seconds(work: Callable[[], Awaitable[None]]) -> float:
    """How long a coroutine takes."""

    async def timed() -> float:
        began = time.monotonic()
        await work()
        return time.monotonic() - began

    with ThreadPoolExecutor(1) as apart:  # the browser tests leave a loop running in the main thread
        return apart.submit(asyncio.run, timed()).result()


@pytest.fixture(autouse=True)
def small_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "BURST", 0.1)


def test_requests_per_minute() -> None:
    """20 a second, of which the first two may go at once."""

    async def six() -> None:
        pace = Pace(1_200, 0)
        await asyncio.gather(*(pace.wait(10**9) for _ in range(6)))

    assert 0.15 <= seconds(six) < 1.5


def test_tokens_per_minute_also_of_a_call_larger_than_the_bucket() -> None:
    """1,000 a second, 100 at once: 350 take a quarter of a second."""

    async def one() -> None:
        await Pace(0, 60_000).wait(350)

    assert 0.2 <= seconds(one) < 1.5


def test_very_slow_hosts_get_one_at_once() -> None:
    async def two() -> None:
        pace = Pace(240, 0)
        await pace.wait(1)
        await pace.wait(1)

    assert 0.2 <= seconds(two) < 1.5


def test_no_limit() -> None:
    async def many() -> None:
        pace = Pace(0, 0)
        for _ in range(1_000):
            await pace.wait(10**6)

    assert seconds(many) < 0.5


def test_a_pause_is_for_all_and_the_longest_counts() -> None:
    async def held() -> None:
        pace = Pace(0, 0)
        pace.hold(0.3)
        pace.hold(0.1)
        await asyncio.gather(*(pace.wait(1) for _ in range(5)))

    assert 0.3 <= seconds(held) < 1.5


def test_an_endpoint_keeps_its_pace(fake: FakeLLM) -> None:
    completed(endpoint(fake))
    began = time.monotonic()
    completed(endpoint(fake, requests_per_minute=1_200), 8)
    assert time.monotonic() - began >= 0.25
