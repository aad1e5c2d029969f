"""Acceptance: two browsers at one desk never meet, but when they do both are kept; threads lose nothing."""

from __future__ import annotations

import os
import random
import threading
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from core.annotators import adjudication
from core.desk.desk import Desk
from core.desk.feed import Holder
from core.desk.messages import Key, read
from core.desk.saving import handle
from core.store import Store, facts, views
from tests.bench.generate import generate
from tests.e2e.conftest import browser_type_launch_args
from tests.typing_at_desk import Served, all_saved, correct_one, sit_down

__all__ = ["browser_type_launch_args"]
pytestmark = [pytest.mark.e2e, pytest.mark.slow]
SECONDS = float(os.environ.get("SSP_DESK_SECONDS", "60"))
THREADS = 20


def test_two_browsers_are_never_served_the_same(tmp_path: Path, browser: Browser) -> None:
    with Store.open(tmp_path) as store:
        dataset, run = generate(store, 1_000)
    served = Served(tmp_path, 18_531)
    typed: dict[str, list[str]] = {"Anna": [], "Ben": []}
    try:
        pages = {}
        for who, feed in (("Anna", "file"), ("Ben", "unsure")):
            pages[who] = browser.new_context().new_page()
            sit_down(pages[who], served.url, who, dataset=dataset, run=run, feed=feed)
        for _ in range(25):
            for who, page in pages.items():
                typed[who].append(correct_one(page))
        for page in pages.values():
            all_saved(page)
            page.context.close()
    finally:
        served.kill()
    assert not set(typed["Anna"]) & set(typed["Ben"])
    with Store.open(tmp_path) as store:
        log = views.annotation_log(store, dataset)
    assert {(f"#{row['position']}", row["author"]) for row in log} == {
        (at, who) for who, items in typed.items() for at in items
    }
    assert len(log) == 50


def test_twenty_threads_lose_nothing(tmp_path: Path) -> None:
    """Corrections of twenty people who do not keep out of each other's way: count in = count out."""
    with Store.open(tmp_path) as store:
        dataset, run = generate(store, 300)
        desk = Desk(store)
        sizes = {at: len(item.tokens) for at, item in views.instances(store, dataset, range(300)).items()}
        ends = time.monotonic() + SECONDS
        sent: list[dict[str, int]] = []

        def correct(number: int) -> None:
            dice, counts, seq = random.Random(number), {"saved": 0, "conflict": 0}, 0
            key = Key(dataset, run, "stage2", "file", f"P{number}")
            while time.monotonic() < ends:
                at, seq = dice.randrange(300), seq + 1
                raw = {"client": f"w{number}", "seq": seq, "kind": "labels", "id": at, "key": str(key)}
                raw |= {"labels": [dice.choice(["NOUN", "VERB"])] * sizes[at], "version": 0}
                message = read(raw)
                assert message is not None
                (answer,) = handle(desk, [message])
                if answer["status"] == "saved" and answer["message"]:
                    continue  # somebody said the same: nothing to add
                counts[answer["status"]] += 1
            sent.append(counts)

        threads = [threading.Thread(target=correct, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        total = sum(sum(counts.values()) for counts in sent)
        layers = [facts.LAYER, *(facts.by(f"P{number}") for number in range(THREADS))]
        rows = sum(len(views.annotation_log(store, dataset, layer=layer)) for layer in layers)
        met = sum(counts["conflict"] for counts in sent)
        print(f"\n{THREADS} threads, {SECONDS:.0f} s: {total} in, {rows} out, {met} met somebody")
        assert rows == total
        assert adjudication.open_positions(store, dataset)
        assert Desk(store).feed(Key(dataset, "", "", "adjudicate", "Z")).take(Holder("Z", "z"), 3)
