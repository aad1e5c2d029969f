"""Typing at the real desk in a real browser, while its server is killed or somebody else types, too."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[1]
FIRST = 60_000
"""Milliseconds a page may take on a busy machine."""


class Served:
    """`ssp serve` on a port of its own, which can be killed and comes up again at the same address."""

    def __init__(self, workspace: Path, port: int) -> None:
        self.workspace, self.port = workspace, port
        self.url = f"http://127.0.0.1:{port}"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "core.cli", "serve", "--port", str(self.port)]
        self._process = subprocess.Popen(
            [*command, "--workspace", str(self.workspace)],
            cwd="/",
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.split()[-1].rstrip("/") == self.url, line

    def kill(self) -> None:
        """As a power cut would: nothing is flushed, nobody is told."""
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


def sit_down(page: Page, url: str, who: str, **view: str) -> None:
    """Open the desk under a name, and wait for the first item."""
    page.add_init_script(f"localStorage.setItem('ssp-annotator', {who!r})")
    query = "&".join(f"{name}={value}" for name, value in view.items())
    page.goto(f"{url}/annotate?{query}")
    expect(page.locator(".top .id")).not_to_have_text("", timeout=FIRST)
    page.locator(".toks").focus()


def head(page: Page) -> str:
    """Which item is shown, "" while there is none."""
    found = page.locator(".top .id")
    return (found.text_content(timeout=FIRST) or "").strip() if found.count() else ""


def correct_one(page: Page, key: str = "n", patience: float = 90.0) -> str:
    """Label a word and accept the item; returns which one it was. Waits while none is there.

    Whoever types sees when keys do not arrive, and clicks the sentence (a server that comes back may draw
    the page anew).
    """
    ends = time.monotonic() + patience
    while time.monotonic() < ends:
        shown = head(page)
        if not shown:
            time.sleep(0.1)
            continue
        page.keyboard.press(key)
        page.keyboard.press("Enter")
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            if head(page) != shown:
                return shown
            time.sleep(0.02)
        page.locator(".toks").first.focus(timeout=FIRST)
    raise AssertionError("no item came, or it did not take a key")


def cut_off(page: Page) -> bool:
    """Whether the page says that the server does not answer: its dialog takes the keys until it does."""
    return page.get_by_role("dialog").count() > 0


def all_saved(page: Page) -> None:
    """Wait until the window has nothing left to send."""
    expect(page.locator(".saved")).to_have_text("✓ saved", timeout=2 * FIRST)
