"""How long pages take on a million tokens: script time warm and cold, and `ssp serve` to first page.

The script is timed where it runs, by Streamlit's own test runner: what the browser adds is Chromium's.
Cold start is timed from the command to the first heading in a real browser.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from core.settings import reset
from core.store import Store
from tests.bench.generate import generate

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("overview", "import_data", "stage1", "exemplars", "compare")
WARM_MS, COLD_START_S, ROUNDS = 150, 5.0, 7


def main(n_sentences: int = 60_000) -> bool:
    """Print milliseconds per page; True if all keep their limit."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SSP_WORKSPACE"] = folder
        reset()
        with Store.open(Path(folder)) as store:
            dataset, _ = generate(store, n_sentences)
        good = _pages(dataset)
        return _cold_start(folder) and good


def _pages(dataset: str) -> bool:
    from streamlit.testing.v1 import AppTest

    from dashboard import resources

    logging.disable(logging.WARNING)
    good = True
    for name in PAGES:
        test = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=120)

        def visit(test: AppTest = test, name: str = name) -> float:
            test.query_params["dataset"] = dataset
            if name == "exemplars":
                test.query_params["sentence"] = "10"
            started = time.perf_counter()
            test.run()
            assert not test.exception, test.exception
            return 1000 * (time.perf_counter() - started)

        visit()
        if name != "overview":
            test.switch_page(f"../pages/{name}.py")
        first = visit()
        warm = median(visit() for _ in range(ROUNDS))
        good &= warm <= WARM_MS
        note = "" if warm <= WARM_MS else "> limit"
        print(f"page {name:14} first {first:7.0f} ms   warm {warm:6.1f} ms {note}")
    resources.close()
    return good


def _cold_start(folder: str) -> bool:
    from playwright.sync_api import sync_playwright

    from tests.e2e.conftest import QUIET, find_browser

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_browser(), args=QUIET)
        page = browser.new_page()
        command = [sys.executable, "-m", "core.cli", "serve", "--port", "18790", "--workspace", folder]
        started = time.perf_counter()
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        url = server.stdout.readline().split()[-1]
        ready = time.perf_counter() - started
        page.goto(url)
        page.get_by_role("heading", name="Overview").wait_for()
        seconds = time.perf_counter() - started
        browser.close()
    server.terminate()
    server.wait(20)
    server.stdout.close()
    print(f"cold start: server ready after {ready:.1f} s, first page after {seconds:.1f} s")
    return seconds <= COLD_START_S
