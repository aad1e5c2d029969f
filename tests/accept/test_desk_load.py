"""Acceptance: twenty people at a desk of sixty thousand sentences, through the real server and websocket."""

from __future__ import annotations

import asyncio
import os
import random
import time
from pathlib import Path

import numpy as np
import pytest

from core.store import Store, views
from tests.bench.generate import generate
from tests.desk_client import Window
from tests.e2e.conftest import Dashboard

pytestmark = pytest.mark.slow
SENTENCES = int(os.environ.get("SSP_DESK_SENTENCES", "60000"))
PEOPLE, SAVES = 20, int(os.environ.get("SSP_DESK_SAVES", "2000"))
FEEDS = ("unsure", "file", "disagreement", "value")
PROMISED = 0.2


async def annotate(window: Window, saves: int, dice: random.Random) -> None:
    """Save every two to three seconds, now and then something wrong, as a person would."""
    await asyncio.sleep(2.5 * dice.random())
    for _ in range(saves):
        began = time.perf_counter()
        item = window.data["queue"][0]
        labels = [token["l"] or "X" for token in item["tokens"]]
        labels[dice.randrange(len(labels))] = "NOUN"
        answer = await window.save(item, labels)
        assert answer["status"] == "saved", answer
        await asyncio.sleep(max(0.0, dice.uniform(2.0, 3.0) - (time.perf_counter() - began)))


async def all_of_them(url: str, dataset: str, run: str) -> list[Window]:
    windows = [
        Window(url, f"Person {n}", f"dataset={dataset}&run={run}&feed={FEEDS[n % len(FEEDS)]}")
        for n in range(PEOPLE)
    ]
    for window in windows:
        await window.open()
    await asyncio.gather(*(annotate(one, SAVES // PEOPLE, random.Random(n)) for n, one in enumerate(windows)))
    for window in windows:
        await window.close()
    return windows


def test_twenty_people_save_two_thousand_times(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        dataset, run = generate(store, SENTENCES)
    dashboard = Dashboard(tmp_path)
    try:
        windows = asyncio.run(all_of_them(dashboard.url, dataset, run))
    finally:
        dashboard.stop()
    waited = np.array([seconds for window in windows for seconds in window.waited])
    p50, p95, worst = np.percentile(waited, [50, 95, 100]) * 1000
    kept = "kept" if p95 < 1000 * PROMISED else "NOT KEPT"
    print(
        f"\n{len(waited)} saves of {PEOPLE} people on {SENTENCES:,} sentences, load {os.getloadavg()[0]:.1f}"
    )
    print(f"acknowledged p50 {p50:.0f} ms, p95 {p95:.0f} ms ({kept}: 200 ms), longest {worst:.0f} ms")
    served = [position for window in windows for position in window.served]
    with Store.open(tmp_path) as store:
        log = views.annotation_log(store, dataset)
    assert len(served) == len(set(served)) == len(log) == SAVES
    assert {row["position"] for row in log} == set(served)
    assert {row["version"] for row in log} == {1}
    told = {(row["position"], row["author"]) for row in log}
    assert told == {(at, window.who) for window in windows for at in window.served}
