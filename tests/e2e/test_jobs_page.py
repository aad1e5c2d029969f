"""A job in a browser: started, stopped, resumed, seen to its end; another one killed in between."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.jobs.board import worker
from tests.accept.job_kills import prepare
from tests.e2e.conftest import FIRST, Dashboard, heading, start_from_card

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A dashboard on data whose run takes long enough for a hand."""
    folder = tmp_path_factory.mktemp("busy") / "workspace"
    prepare(folder, 900)
    running = Dashboard(folder)
    yield running
    running.stop()


@pytest.mark.thorough
def test_a_job_is_started_stopped_resumed_killed_and_finished(busy: Dashboard, tab: Page) -> None:
    tab.goto(f"{busy.url}/?dataset=many")
    start_from_card(tab, "many")
    expect(tab.get_by_role("button", name="Stop").first).to_be_visible(timeout=FIRST)

    tab.get_by_role("link", name="Jobs", exact=True).click()
    heading(tab, "Jobs")
    expect(tab.get_by_text(re.compile(r"of 900 · .* per second · \d:\d\d left"))).to_be_visible(timeout=FIRST)
    tab.get_by_role("button", name="Stop").click()
    expect(tab.get_by_role("button", name="Resume")).to_be_visible(timeout=FIRST)

    tab.get_by_role("button", name="Resume").click()
    expect(tab.get_by_role("button", name="Stop", exact=True)).to_be_visible(timeout=FIRST)
    (folder,) = (busy.workspace / "jobs").iterdir()
    _kill(folder)
    expect(tab.get_by_role("link", name="Its results")).to_be_visible(timeout=90_000)
    tab.get_by_role("link", name="Its results").click()
    heading(tab, "Compare")
    assert not (folder / "kept").exists()


def _kill(folder: Path) -> None:
    end = time.monotonic() + 30
    while (holder := worker(folder)) is None:
        assert time.monotonic() < end
        time.sleep(0.05)
    os.kill(holder.pid, signal.SIGKILL)
