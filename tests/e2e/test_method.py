"""The page of methods in a real browser: walk its tabs, read the drawing, hold runs against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.store import Store
from tests.e2e.conftest import FIRST, Dashboard, heading
from tests.e2e.test_accessibility import nodes, settled
from tests.method_runs import TOPICS, mpt_runs

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

HERE = f"/method?dataset={TOPICS}&method=mpt"
TABS = {
    "": "Step by step",
    "plan": "What will happen",
    "training": "What the prompts come near to",
    "results": "Beside the paper",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dashboard, dict[str, str]]]:
    """A dashboard on stored runs of MPT, and their ids."""
    folder: Path = tmp_path_factory.mktemp("methods")
    with Store.open(folder / "workspace") as store:
        made = mpt_runs(store, folder / "jobs")
    running = Dashboard(folder / "workspace")
    yield running, made
    running.stop()


def test_a_reader_walks_from_the_drawing_to_the_results(
    served: tuple[Dashboard, dict[str, str]], tab: Page
) -> None:
    dashboard, made = served
    tab.goto(dashboard.url + f"/method?dataset={TOPICS}&run={made['hard']}")
    heading(tab, "Method")
    tab.get_by_role("radio", name="MPT").or_(tab.get_by_role("button", name="MPT")).first.click(timeout=FIRST)
    expect(tab).to_have_url(re.compile("method=mpt"), timeout=FIRST)
    expect(tab.get_by_text("Translator g").first).to_be_visible(timeout=FIRST)
    drawn = tab.locator("[data-testid=stPlotlyChart]").first
    expect(drawn).to_have_attribute("aria-label", re.compile("MPT: 1[.] A few vectors"), timeout=FIRST)
    tab.get_by_role("tab", name="Results").click()
    expect(tab).to_have_url(re.compile("tab=results"), timeout=FIRST)
    expect(tab.get_by_text(re.compile("does better than"))).to_be_visible(timeout=FIRST)
    table = tab.locator("[data-testid=stDataFrame]").first
    table.locator("canvas").first.focus()
    for key in ("ArrowDown", "ArrowDown", "Home"):
        tab.keyboard.press(key)
    tab.keyboard.press("Shift+Space")
    expect(tab).not_to_have_url(re.compile(f"run={made['hard']}"), timeout=FIRST)
    still = tab.locator("[data-testid=stApp][data-test-script-state=notRunning]")
    expect(still).to_have_count(1, timeout=FIRST)
    tab.get_by_role("link", name="Method", exact=True).click()
    expect(tab.get_by_text("Step by step")).to_be_visible(timeout=FIRST)
    expect(tab.get_by_role("tab", name="What it does")).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize(
    "part", [part if part == "results" else pytest.param(part, marks=pytest.mark.thorough) for part in TABS]
)
@pytest.mark.parametrize(
    ("scheme", "width"),
    [("light", 1440), pytest.param("dark", 1024, marks=pytest.mark.thorough)],
)
def test_axe_finds_nothing_serious(
    served: tuple[Dashboard, dict[str, str]], browser: Browser, part: str, scheme: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 1000}, color_scheme=scheme)  # type: ignore[arg-type]
    try:
        opened = context.new_page()
        opened.goto(f"{served[0].url}{HERE}&tab={part}" if part else served[0].url + HERE)
        heading(opened, "Method")
        expect(opened.get_by_text(TABS[part]).first).to_be_visible(timeout=FIRST)
        expect(opened.locator("[data-testid=stSkeleton]")).to_have_count(0, timeout=FIRST)
        assert nodes(settled(opened)["violations"], "serious", "critical") == []
        wide = opened.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, "the page scrolls sideways"
    finally:
        context.close()
