"""A dashboard of its own for the browser tests, on a prepared workspace."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SSP = [sys.executable, "-m", "core.cli"]
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
        command = [*SSP, "serve", "--port", "18700", "--workspace", str(workspace)]
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
