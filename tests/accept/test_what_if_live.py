"""A slider step on the what-if tabs: server time for a 100-sentence set, and for one query of a 10k pool.

Timed where the script runs, while a real browser draws what comes. Prints the figures; only a page
that does not answer fails.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from core.store import Store
from tests.bench.generate import generate
from tests.e2e.conftest import FIRST, browser_type_launch_args

__all__ = ["browser_type_launch_args"]

STEPS = 20


@contextmanager
def served(workspace: Path, log: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.accept.timed_server", str(port)]
    with log.open("w") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=subprocess.DEVNULL, env=os.environ | {"SSP_WORKSPACE": str(workspace)}
        )
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()


def scripts(log: Path) -> list[tuple[float, float]]:
    """(wall, CPU) milliseconds of every script run so far."""
    lines = [line.split() for line in log.read_text().splitlines() if line.startswith("SCRIPT")]
    return [(float(wall), float(cpu)) for _, wall, cpu in lines]


@pytest.mark.parametrize(
    ("sentences", "tab", "aim"), [(100, "set", 150.0), (100, "try", 150.0), (10_000, "try", 50.0)]
)
def test_a_slider_step(tmp_path: Path, browser: Browser, sentences: int, tab: str, aim: float) -> None:
    with Store.open(tmp_path / "workspace") as store:
        dataset, _ = generate(store, sentences)
    log = tmp_path / "log"
    with served(tmp_path / "workspace", log) as url:
        page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
        _open(page, f"{url}/exemplars?dataset={dataset}&sentence=1&tab={tab}")
        slider = page.get_by_role("slider", name="Weight of confidence")
        expect(slider).to_be_visible(timeout=FIRST)
        page.wait_for_timeout(2000)
        slider.focus()
        times = [_step(page, log, "ArrowRight" if number % 8 < 4 else "ArrowLeft") for number in range(STEPS)]
        expect(page.get_by_text("did not work")).to_have_count(0)
    wall, cpu = median(w for w, _ in times), median(c for _, c in times)
    print(
        f"\n{sentences:,} sentences, tab {tab}: a step takes {wall:.0f} ms of the server's time "
        f"({cpu:.0f} ms of CPU; longest {max(w for w, _ in times):.0f}; aim {aim:.0f}), {len(times)} steps"
    )


def _open(page: Page, address: str) -> None:
    for _ in range(60):
        try:
            page.goto(address)
        except Error:  # the server is not there yet
            time.sleep(0.5)
        else:
            return
    raise AssertionError("the server did not come up")


def _step(page: Page, log: Path, key: str) -> tuple[float, float]:
    before = len(scripts(log))
    page.keyboard.press(key)
    for _ in range(100):
        page.wait_for_timeout(50)
        if len(scripts(log)) > before:
            break
    answered = scripts(log)[before]
    page.wait_for_timeout(700)
    return answered
