"""How long a page's script takes while a job trains, against an idle machine: p95 over all pages.

Timed where the script runs, in the server's process, for a real browser that walks through the pages.
Prints the figures; only a page that does not answer, or a job that fails, fails the test.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from core import processes
from core.jobs.board import read_status
from core.jobs.prepare import Request
from core.settings import with_workspace
from tests.accept.job_kills import SOURCES, prepare, undisturbed
from tests.accept.test_what_if_live import _open, scripts, served
from tests.e2e.conftest import FIRST, browser_type_launch_args

__all__ = ["browser_type_launch_args"]

PAGES = ("overview", "stage1", "exemplars", "compare", "import", "jobs")
ROUNDS = 6
AIM = 1.5


def walk(page: Page, url: str, log: Path, rounds: int) -> list[float]:
    """Milliseconds of the scripts of that many rounds through the pages, job panels included."""
    before = len(scripts(log))
    for _ in range(rounds):
        for name in PAGES:
            page.goto(f"{url}/{'' if name == 'overview' else name}?dataset=many&sentence=3")
            page.get_by_role("heading").first.wait_for(timeout=FIRST)
            page.wait_for_timeout(400)
    return [wall for wall, _ in scripts(log)[before:]]


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def begin(workspace: Path, seed: int) -> Path:
    """Leave a request in the inbox, as the command line does; the job's folder when it is there."""
    chosen = with_workspace(workspace)
    chosen.inbox.mkdir(parents=True, exist_ok=True)
    request = asdict(Request("ssp", "many", {}, SOURCES, seed=seed))
    said = asdict(processes.this()) | {"kind": "run", "request": request}
    (chosen.inbox / f"{seed}.json").write_text(json.dumps(said))
    for _ in range(600):
        if (chosen.inbox / f"{seed}.answer.json").exists():
            return chosen.jobs / json.loads((chosen.inbox / f"{seed}.answer.json").read_text())["job"]
        time.sleep(0.05)
    raise AssertionError("the dashboard did not answer")


@pytest.mark.parametrize("sentences", [6_000])
def test_pages_while_a_job_trains(tmp_path: Path, browser: Browser, sentences: int) -> None:
    workspace, log = tmp_path / "workspace", tmp_path / "log"
    prepare(workspace, sentences)
    undisturbed(workspace, range(1))  # something to look at
    with served(workspace, log) as url:
        page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
        _open(page, url)
        walk(page, url, log, 2)
        idle = walk(page, url, log, ROUNDS)
        folder = begin(workspace, 1)
        busy: list[float] = []
        states = set()
        for _ in range(ROUNDS):
            states.add(read_status(folder).state)
            busy += walk(page, url, log, 1)
        last = read_status(folder)
    assert last.state != "failed", last.message
    cores = len(os.sched_getaffinity(0))
    print(
        f"\n{sentences:,} sentences, {cores} cores, load {os.getloadavg()[0]:.1f}: p95 of script time idle "
        f"{p95(idle):.0f} ms ({len(idle)} scripts, median {statistics.median(idle):.0f}), while a job works "
        f"{p95(busy):.0f} ms ({len(busy)}, median {statistics.median(busy):.0f}): "
        f"{p95(busy) / p95(idle):.2f} times (aim {AIM}); job {sorted(states)}, last at {last.stage} "
        f"{last.done}/{last.total}"
    )
