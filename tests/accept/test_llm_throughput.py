"""How fast the client is against a server that takes 200 ms for an answer, and what 20,000 calls leave in
memory. Prints its figures; a time fails nothing.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.language_model import Kept, connect_model
from core.llms import Request
from tests.fake_llm import MODEL
from tests.llm_client import dataset, request, silent

LATENCY, CONCURRENCY = 0.2, 32
MANY = 20_000
STEP = 2_000
GROWTH = 24.0
"""MiB by which the second half of many calls may grow: none of their prompts (8 kB each) stays."""
LONG = "væl " * 2_000


@contextmanager
def server(latency: float) -> Iterator[str]:
    """The fake server in a process of its own; its address."""
    command = [sys.executable, "-m", "tests.fake_llm", "--latency", str(latency), "--forget"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout
            yield running.stdout.readline().split()[1]
        finally:
            running.terminate()


def model(url: str, workspace: Path, **more: Any) -> Kept:
    settings = {"base_url": url, "model": MODEL, "concurrency": CONCURRENCY, "constrain": "none"}
    return connect_model("endpoint", settings | {"logprobs": "off"} | more, [dataset("local")], workspace)


def long_requests(count: int, start: int = 0) -> Iterator[Request]:
    for number in range(start, start + count):
        asked = request(number)
        text = f"{LONG}\n\n{asked.prompt.text}"
        prompt = type(asked.prompt)(text, f"{number:064x}")
        yield Request(prompt, asked.frame, number=number)


def resident() -> float:
    """MiB of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    """What earlier tests left in this process does not count, nor does it put off the collection of ours."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.parametrize("calls", [3_200])
def test_throughput(tmp_path: Path, calls: int) -> None:
    with server(LATENCY) as url:
        asked = model(url, tmp_path).llm
        assert sum(1 for _ in asked.answers(long_requests(CONCURRENCY), silent)) == CONCURRENCY
        began, worked = time.monotonic(), time.process_time()
        found = [
            completion.seconds or 0.0
            for _, completion in asked.answers(long_requests(calls, CONCURRENCY), silent)
        ]
        took, work = time.monotonic() - began, time.process_time() - worked
    assert len(found) == calls
    ideal = calls * LATENCY / CONCURRENCY
    served = sum(found) / CONCURRENCY
    print(
        f"\n{calls:,} calls, {CONCURRENCY} at once, {LATENCY * 1000:.0f} ms each: {took:.1f} s, "
        f"{100 * ideal / took:.1f} % of the ideal {ideal:.1f} s; "
        f"{100 * served / took:.1f} % of what the server, as slow as it was here "
        f"({1000 * sum(found) / calls:.0f} ms), allowed; {1000 * work / calls:.2f} ms of work per call"
    )


def test_memory_is_flat(tmp_path: Path) -> None:
    sizes = []
    with server(0.0) as url:
        began = time.monotonic()
        asked = model(url, tmp_path).llm
        for done, _ in enumerate(asked.answers(long_requests(MANY), silent), 1):
            if done % STEP == 0:
                gc.collect()
                sizes.append(resident())
        took = time.monotonic() - began
        counts = json.loads(urllib.request.urlopen(f"{url.removesuffix('/v1')}/counts").read())
    print(
        f"\n{MANY:,} calls of 8 kB in {took:.0f} s ({MANY / took:.0f} a second); MiB in memory after every "
        f"{STEP:,}: {', '.join(f'{size:.0f}' for size in sizes)}; "
        f"the log has {(tmp_path / 'cache' / 'calls.sqlite').stat().st_size / 2**20:.0f} MiB"
    )
    assert (counts["finished"], counts["repeated"]) == (MANY, 0)
    assert sizes[-1] - sizes[len(sizes) // 2 - 1] < GROWTH


def test_what_is_known_flows_through(tmp_path: Path) -> None:
    """The second run over the same calls asks nothing and holds nothing."""
    calls = 5_000
    with server(0.0) as url:
        asked = model(url, tmp_path).llm
        assert sum(1 for _ in asked.answers(long_requests(calls), silent)) == calls
        again = model(url, tmp_path)
        gc.collect()
        before, began = resident(), time.monotonic()
        most = 0.0
        for done, _ in enumerate(again.llm.answers(long_requests(calls), silent), 1):
            most = max(most, resident()) if done % 100 == 0 else most
        took = time.monotonic() - began
    assert again.spent().cached == calls
    assert again.spent().calls == 0
    print(f"\n{calls:,} known calls in {took:.1f} s, {most - before:.1f} MiB more at most")
    assert most - before < GROWTH
