"""From a key to what it changes on the screen, in Chromium; prints its figures (`pytest -s`).

Measured from the event's own time stamp to after the frame in which the change is painted, over more than 500
keys typed at sentences of ten and of 200 words, saving meanwhile. On a busy machine the times say little; the
page's processor time per key does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import CDPSession, Page, sync_playwright

from tests.e2e.conftest import QUIET, find_browser
from tests.e2e.labelling import Served, opened, press
from tests.labeller_scenes import faroese, scene

pytestmark = [pytest.mark.slow, pytest.mark.e2e]
CLOCK = """
window.__took = [];
addEventListener("keydown", (event) => {
  const { key, timeStamp } = event;
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => window.__took.push([key, performance.now() - timeStamp]);
    port2.postMessage(0);
  });
}, true);
"""
PATTERN = (
    "n",
    "v",
    "ArrowRight",
    "x",
    "Tab",
    "ArrowLeft",
    "d",
    "u",
    "ArrowDown",
    "2",
    "ArrowUp",
    "End",
    "Home",
    "Enter",
)
SENTENCES = {"pos": 60, "long": 28}
BETWEEN = 50
"""Milliseconds between keys: some twenty a second, twice as many as people type."""


@pytest.fixture
def tab() -> Iterator[Page]:
    found = find_browser()
    if found is None:
        pytest.skip("NO BROWSER: install chromium to run the browser tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser.new_page(viewport={"width": 1440, "height": 1000})
        browser.close()


def seconds(inside: CDPSession) -> float:
    """Processor time the page's main thread has taken."""
    metrics = inside.send("Performance.getMetrics")["metrics"]
    return float(next(row["value"] for row in metrics if row["name"] == "TaskDuration"))


def quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


@pytest.mark.parametrize("name", SENTENCES)
def test_a_key_is_on_the_screen_at_once(name: str, tab: Page, tmp_path: Path) -> None:
    served = Served(tmp_path, {"pos": scene("pos", [faroese(at) for at in range(80)])})
    try:
        tab.add_init_script(CLOCK)
        opened(tab, served, name)
        inside = tab.context.new_cdp_session(tab)
        inside.send("Performance.enable", {"timeDomain": "threadTicks"})
        before = seconds(inside)
        for _ in range(SENTENCES[name]):
            for key in PATTERN:
                press(tab, key)
                tab.wait_for_timeout(BETWEEN)
        tab.wait_for_timeout(500)
        busy = seconds(inside) - before
        took: list[tuple[str, float]] = tab.evaluate("window.__took")
        heard = served.wait_for(name, SENTENCES[name])
    finally:
        served.kill()
    keys, enters = [ms for key, ms in took if key != "Enter"], [ms for key, ms in took if key == "Enter"]
    for title, values in (("key to paint", keys), ("Enter to the next item painted", enters)):
        told = ", ".join(
            f"p{round(100 * share)} {quantile(values, share):.1f}" for share in (0.5, 0.95, 0.99)
        )
        print(f"\n{name}: {title}, {len(values)} keys: {told} ms", end="")
    print(
        f"\n{name}: {1000 * busy / len(took):.1f} ms of the page's processor time per key, saving included",
        end="",
    )
    assert [row["id"] for row in heard] == list(range(SENTENCES[name]))
    assert len(took) == SENTENCES[name] * len(PATTERN)
