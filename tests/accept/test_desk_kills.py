"""Acceptance: the server is killed thirty times while somebody types; all is saved, and once."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page

from core.store import Store, views
from tests.bench.generate import generate
from tests.e2e.conftest import browser_type_launch_args, tab
from tests.typing_at_desk import Served, all_saved, correct_one, cut_off, head, sit_down

__all__ = ["browser_type_launch_args", "tab"]
pytestmark = [pytest.mark.e2e, pytest.mark.slow]
KILLS = int(os.environ.get("SSP_DESK_KILLS", "30"))


def killed_while_typing(workspace: Path, page: Page, kills: int, port: int) -> tuple[list[str], float]:
    """Type without a pause to speak of; the server dies at random moments. The items typed, and seconds."""
    with Store.open(workspace) as store:
        dataset, run = generate(store, 2_000)
    served, dice, typed = Served(workspace, port), random.Random(kills), []
    began = time.monotonic()
    try:
        sit_down(page, served.url, "Anna", dataset=dataset, run=run, feed="file")
        for _ in range(kills):
            for _ in range(dice.randint(1, 5)):
                typed.append(correct_one(page))
                time.sleep(dice.uniform(0.0, 0.15))
            served.kill()
            for _ in range(dice.randint(0, 2)):
                if head(page) and not cut_off(page):  # what was handed out is typed without a server, too
                    typed.append(correct_one(page))
            served.start()
        typed.append(correct_one(page))
        all_saved(page)
    finally:
        served.kill()
    return typed, time.monotonic() - began


def test_nothing_is_lost_and_nothing_saved_twice(tmp_path: Path, tab: Page) -> None:
    typed, seconds = killed_while_typing(tmp_path, tab, KILLS, 18_431)
    with Store.open(tmp_path) as store:
        log = views.annotation_log(store, "generated")
        heads = {f"#{row['position']}" for row in log}
    print(f"\n{KILLS} kills, {len(typed)} items typed in {seconds:.0f} s, {len(log)} rows in the log")
    assert len(typed) == len(set(typed)), "an item was handed out again"
    assert heads == set(typed)
    assert len(log) == len(typed)
    assert {row["version"] for row in log} == {1}
