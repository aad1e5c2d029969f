"""Can be read and walked by everybody: axe-core over the pages, the keyboard over the chips."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from core.store import Store
from tests.e2e.conftest import FIRST, Dashboard, heading
from tests.pages.answered_run import answered_run

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

MODEL = {"stage2.llm": "endpoint", "llm.base_url": "https://api.example.org/v1", "llm.model": "m"}
PAGES = {
    "Overview": "/",
    "Run": "/run?dataset=sample-pos-fao",
    "Stage I": "/stage1?dataset=sample-pos-fao",
    "Exemplars": "/exemplars?dataset=sample-pos-fao&sentence=3&token=1",
    "What if": "/exemplars?dataset=sample-pos-fao&sentence=3&tab=try&peek=14",
    "Whole set": "/exemplars?dataset=sample-pos-fao&sentence=3&tab=set",
    "Compare": "/compare?dataset=sample-pos-fao&sentence=3",
    "Calls": "/calls?dataset=sample-topic-gsw&run=ffffffffffffffff&sentence=1",
    "Template": "/calls?dataset=sample-topic-gsw&run=ffffffffffffffff&sentence=1&tab=wording",
    "Model": "/run?dataset=sample-pos-fao&plan=" + quote(json.dumps(MODEL)),
}
DAILY = {"Overview", "Compare"}
"""Pages that every `make test` looks at; the others wait for `make accept`."""
CHIP = ".toks .chip"
LOOKS = 3
WITHOUT_CHIPS = {"Overview", "Run", "Calls", "Template", "Model"}
LAST = {"Calls": "How it was read", "Template": "What it makes of item 1", "Model": "Prompt tokens:"}
"""What is there once everything that takes its time has come."""
HEADINGS = {"What if": "Exemplars", "Whole set": "Exemplars", "Template": "Calls", "Model": "Run"}


@pytest.fixture(scope="module")
def dashboard(sample_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A dashboard on the sample, with a run that a language model answered in every way there is."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(sample_workspace, folder / "workspace")
    with Store.open(folder / "workspace") as store:
        answered_run(store, "sample-topic-gsw", folder / "job")
    running = Dashboard(folder / "workspace")
    yield running
    running.stop()


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


def settled(shade: Page) -> dict[str, Any]:
    """What axe says once nothing is being computed or fading in; a faint text that stays faint is found."""
    for _ in range(LOOKS):
        expect(shade.locator("[data-testid=stApp]")).to_have_attribute(
            "data-test-script-state", "notRunning", timeout=FIRST
        )
        expect(shade.locator("[data-stale=true]")).to_have_count(0, timeout=FIRST)
        answer: dict[str, Any] = Axe().run(shade, options={"resultTypes": ["violations", "passes"]}).response
        if not nodes(answer["violations"], "serious", "critical"):
            break
        shade.wait_for_timeout(700)
    return answer


@pytest.mark.parametrize(
    "name", [name if name in DAILY else pytest.param(name, marks=pytest.mark.thorough) for name in PAGES]
)
def test_axe_finds_nothing_serious(dashboard: Dashboard, shade: Page, name: str) -> None:
    shade.goto(dashboard.url + PAGES[name])
    heading(shade, HEADINGS.get(name, name))
    if name not in WITHOUT_CHIPS:
        expect(shade.locator(CHIP).first).to_be_visible(timeout=FIRST)
    if name in LAST:
        expect(shade.get_by_text(LAST[name]).first).to_be_visible(timeout=FIRST)
    answer = settled(shade)
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
