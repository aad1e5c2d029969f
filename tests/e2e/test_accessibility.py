"""Can be read and walked by everybody: axe-core over the pages, the keyboard over the chips."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import FIRST, Dashboard, heading

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

PAGES = {
    "Overview": "/",
    "Run": "/run?dataset=sample-pos-fao",
    "Stage I": "/stage1?dataset=sample-pos-fao",
    "Exemplars": "/exemplars?dataset=sample-pos-fao&sentence=3&token=1",
    "What if": "/exemplars?dataset=sample-pos-fao&sentence=3&tab=try&peek=14",
    "Whole set": "/exemplars?dataset=sample-pos-fao&sentence=3&tab=set",
    "Compare": "/compare?dataset=sample-pos-fao&sentence=3",
}
CHIP = ".toks .chip"
WITHOUT_CHIPS = {"Overview", "Run"}


@pytest.fixture(params=["light", pytest.param("dark", marks=pytest.mark.thorough)])
def shade(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page in the light and in the dark theme."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, color_scheme=request.param)
    yield context.new_page()
    context.close()


def nodes(found: list[dict[str, Any]], *impacts: str) -> list[str]:
    """`rule: element` of each node axe reports, of these impacts where some are given."""
    return [
        f"{rule['id']}: {node['html']}"
        for rule in found
        if not impacts or rule["impact"] in impacts
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious(dashboard: Dashboard, shade: Page, name: str) -> None:
    shade.goto(dashboard.url + PAGES[name])
    heading(shade, "Exemplars" if name in {"What if", "Whole set"} else name)
    if name not in WITHOUT_CHIPS:
        expect(shade.locator(CHIP).first).to_be_visible(timeout=FIRST)
    expect(shade.locator("[data-testid=stApp]")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=FIRST
    )
    answer = Axe().run(shade, options={"resultTypes": ["violations", "passes"]}).response
    assert nodes(answer["violations"], "serious", "critical") == []
    if name not in WITHOUT_CHIPS:
        assert any('"chip"' in node for node in nodes(answer["passes"])), "our component was not looked at"


def test_arrow_keys_walk_from_chip_to_chip(dashboard: Dashboard, tab: Page) -> None:
    tab.goto(dashboard.url + PAGES["Compare"])
    chips = tab.locator(CHIP)
    expect(chips.first).to_be_visible(timeout=FIRST)
    chips.first.focus()
    for key, place in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("End", -1), ("Home", 0)):
        tab.keyboard.press(key)
        expect(chips.nth(place)).to_be_focused()
    expect(chips.first).to_have_attribute("aria-label", re.compile(r"Stage I \w+, confidence \d+ percent"))


def test_the_tab_key_reaches_a_sentence_once(dashboard: Dashboard, tab: Page) -> None:
    tab.goto(dashboard.url + PAGES["Compare"])
    expect(tab.locator(CHIP).first).to_be_visible(timeout=FIRST)
    assert tab.locator(f"{CHIP}[tabindex='0']").count() == 1
