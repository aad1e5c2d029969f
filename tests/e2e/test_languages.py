"""Across languages in a real browser: a click on a cell, a row by the keyboard, on to Compare."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from core.store import Store
from tests.e2e.conftest import FIRST, Dashboard, heading
from tests.stored_release import imported, release

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

MATRIX = "[data-testid=stPlotlyChart]"
HAUSA = "/languages?dataset=ssp-release-hau&run=ssp-release-hau/zgul_plus"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """Hausa, which falls, and Igbo, which rises."""
    folder: Path = tmp_path_factory.mktemp("released") / "workspace"
    with Store.open(folder) as store:
        for code, after in (("hau", 50), ("ibo", 90)):
            imported(store, release(store, code), "zgul_plus", 60, after)
    running = Dashboard(folder)
    yield running
    running.stop()


def settled(tab: Page) -> None:
    """Wait until nothing is computed, moves or fades in any more."""
    app = tab.locator("[data-testid=stApp]")
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=FIRST)
    tab.wait_for_timeout(1_000)


def test_a_click_on_a_cell_looks_at_its_run_and_leads_to_compare(released: Dashboard, tab: Page) -> None:
    tab.goto(released.url + HAUSA)
    heading(tab, "Languages")
    card = tab.locator("[class*=st-key-chosen-run]")
    expect(card.get_by_text("Hausa: ZGUL+ labels, imported")).to_be_visible(timeout=FIRST)
    expect(card.get_by_text("74.62")).to_be_visible(timeout=FIRST)
    expect(tab.locator("[data-testid=stDataFrame]").first).to_be_visible(timeout=FIRST)
    settled(tab)
    plot = tab.locator(MATRIX).first.locator(".nsewdrag").first
    box = plot.bounding_box()
    assert box
    # the right column, far from its middle: the whole cell can be hit
    place = box["x"] + box["width"] * 0.97, box["y"] + 12
    tab.mouse.move(*place)
    expect(tab.locator(f"{MATRIX} .hoverlayer").first).to_contain_text("Igbo", timeout=FIRST)
    tab.mouse.click(*place)
    expect(card.get_by_text("Igbo: ZGUL+ labels, imported")).to_be_visible(timeout=FIRST)
    expect(tab).to_have_url(re.compile("run=ssp-release-ibo"))
    card.get_by_role("link", name="Open in Compare").click()
    heading(tab, "Compare")
    expect(tab).to_have_url(re.compile("dataset=ssp-release-ibo"))


@pytest.mark.thorough
def test_a_run_is_reached_by_the_keyboard(released: Dashboard, tab: Page) -> None:
    tab.goto(f"{released.url}/languages?dataset=ssp-release-hau&task=ner")
    heading(tab, "Languages")
    table = tab.locator("[data-testid=stDataFrame]").first
    table.scroll_into_view_if_needed(timeout=FIRST)
    table.locator("canvas").first.focus()
    for key in ("ArrowDown", "ArrowDown", "Home"):
        tab.keyboard.press(key)
    tab.keyboard.press("Shift+Space")
    expect(
        tab.locator("[class*=st-key-chosen-run]").get_by_text(re.compile("labels, imported"))
    ).to_be_visible(timeout=FIRST)


@pytest.mark.thorough
@pytest.mark.parametrize("width", [1440, 1024])
def test_the_page_fits_and_axe_finds_nothing_serious(released: Dashboard, tab: Page, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 1000})
    tab.goto(released.url + HAUSA)
    heading(tab, "Languages")
    expect(tab.get_by_text("All runs")).to_be_visible(timeout=FIRST)
    settled(tab)
    main = "document.querySelector('[data-testid=stMain]')"
    assert tab.evaluate(f"{main}.scrollWidth <= {main}.clientWidth")
    found = Axe().run(tab, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [rule for rule in found if rule["impact"] in {"serious", "critical"}]
    assert [f"{rule['id']}: {node['html']}" for rule in serious for node in rule["nodes"]] == []
