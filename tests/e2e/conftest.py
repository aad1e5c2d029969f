"""A dashboard of its own for the browser tests, on a prepared workspace."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

ROOT = Path(__file__).resolve().parents[2]
SSP = [sys.executable, "-m", "core.cli"]
FIRST = 30_000
"""Milliseconds a cold page may take on a busy machine."""
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]


def find_browser() -> str | None:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    return None


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    found = find_browser()
    if found is None:
        pytest.skip("NO BROWSER: install chromium to run the browser tests")
    return browser_type_launch_args | {"executable_path": found, "args": QUIET}


class Dashboard:
    """A running `ssp serve`."""

    def __init__(self, workspace: Path, **environment: str) -> None:
        self.workspace = workspace
        first = 18_700 + os.getpid() % 1_000  # workers that start at once must not race for one port
        command = [*SSP, "serve", "--port", str(first), "--workspace", str(workspace)]
        self._process = subprocess.Popen(
            command, cwd="/", stdout=subprocess.PIPE, text=True, env=os.environ | environment
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert "ready" in line, line
        self.url = line.split()[-1].rstrip("/")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


@pytest.fixture(scope="session")
def sample_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The embedded sample with both stages run, prepared once by the real command."""
    workspace = tmp_path_factory.mktemp("sample")
    subprocess.run([*SSP, "sample", "--workspace", str(workspace)], check=True, cwd="/", capture_output=True)
    return workspace


@pytest.fixture(scope="module")
def dashboard(sample_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A dashboard on a copy of the sample workspace."""
    copy = tmp_path_factory.mktemp("served") / "workspace"
    shutil.copytree(sample_workspace, copy)
    running = Dashboard(copy)
    yield running
    running.stop()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A page that fails the test when anything outside this machine is asked for."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    opened = context.new_page()
    outside: list[str] = []
    opened.on("request", lambda request: outside.append(request.url) if foreign(request.url) else None)
    yield opened
    context.close()
    assert outside == []


def foreign(url: str) -> bool:
    return not re.match(r"(http|ws)://127\.0\.0\.1|data:|blob:", url)


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, exact=True).first).to_be_visible(timeout=FIRST)


def start_from_card(page: Page, dataset: str) -> None:
    """From the overview to the Run page of a data set, and start its run with Icelandic as the source."""
    heading(page, "Overview")
    page.locator(f"[class*='st-key-card-{dataset}']").get_by_role("link", name="Run").click(timeout=FIRST)
    heading(page, "Run")
    page.get_by_role("combobox", name="Source languages").click(timeout=FIRST)
    page.get_by_role("option", name=re.compile("Icelandic")).click()
    page.keyboard.press("Escape")
    start = page.get_by_role("button", name="Start", exact=True)
    expect(start).to_be_enabled(timeout=FIRST)
    start.click()
