"""The labeller alone in a browser: its server, and what a test sees and presses there."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
FIRST = 30_000
CHIP = ".toks .chip"
HUMAN = {"human": "h", "low": "l", "mid": "m", "high": "", "none": ""}


class Served:
    """A server with the labeller on made-up scenes and those of `scenes`; it can be killed and started."""

    def __init__(self, folder: Path, scenes: dict[str, Any] | None = None) -> None:
        self.log = folder / "heard.jsonl"
        self.log.touch()
        self._environment = os.environ | {"LABELLER_LOG": str(self.log), "SSP_WORKSPACE": str(folder / "ws")}
        if scenes is not None:
            (folder / "scenes.json").write_text(json.dumps(scenes, allow_nan=False), encoding="utf8")
            self._environment["LABELLER_SCENES"] = str(folder / "scenes.json")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "tests.e2e.labeller_server:app", "--port", str(self.port)]
        quiet = ["--log-level", "error", "--no-access-log"]
        null = subprocess.DEVNULL
        self._process = subprocess.Popen(
            [*command, *quiet], cwd=ROOT, env=self._environment, stdout=null, stderr=null
        )
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=2):
                    return
            except OSError:
                assert self._process.poll() is None, "the server did not come up"
                time.sleep(0.2)
        raise AssertionError("the server did not come up in time")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def heard(self, scene: str, kind: str = "") -> list[dict[str, Any]]:
        """The messages the server heard of a scene, each once, in order."""
        rows = [json.loads(line) for line in self.log.read_text("utf8").splitlines()]
        return [row for row in rows if row["scene"] == scene and kind in ("", row["kind"])]

    def wait_for(self, scene: str, n: int, kind: str = "", seconds: float = 30) -> list[dict[str, Any]]:
        """The messages of a scene once there are `n`; what there is after the time."""
        ends = time.monotonic() + seconds
        while len(self.heard(scene, kind)) < n and time.monotonic() < ends:
            time.sleep(0.1)
        return self.heard(scene, kind)


def opened(tab: Page, served: Served, scene: str) -> None:
    """Go to a scene and wait until its first item is there and has the focus."""
    tab.goto(f"{served.url}/?scene={scene}")
    expect(tab.locator(CHIP).first).to_be_visible(timeout=FIRST)
    expect(tab.locator(".toks")).to_be_focused(timeout=FIRST)


def press(tab: Page, *keys: str) -> None:
    for key in keys:
        tab.keyboard.press(key)


def shown(tab: Page) -> list[str]:
    """`form/label` of every word, an h behind what a human said, ? where a tag continues nothing."""
    rows = tab.locator(CHIP).evaluate_all(
        "all => all.map(c => [...['.form', '.lbl'].map(s => c.querySelector(s).textContent), c.dataset.conf])"
    )
    return [f"{form}/{label}{'+' if conf == 'human' else ''}" for form, label, conf in rows]


def cursor(tab: Page) -> int:
    places: Sequence[int] = tab.locator(CHIP).evaluate_all(
        "all => all.flatMap((c, n) => c.classList.contains('cur') ? [n] : [])"
    )
    assert len(places) == 1
    return places[0]


def head(tab: Page) -> str:
    return tab.locator(".top .id").inner_text()
