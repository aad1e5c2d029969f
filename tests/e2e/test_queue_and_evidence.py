"""Queues and evidence in a real browser: put sentences aside and find them; ask a word who spoke for it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.store import Store, views
from tests.e2e.conftest import FIRST, Dashboard, heading
from tests.influence_rows import add_influence

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
CHIP = ".st-key-query .toks .chip"


@pytest.fixture(scope="module")
def explained(sample_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A dashboard on the sample, with evidence for sentence 3 that a test can foresee."""
    copy = tmp_path_factory.mktemp("explained") / "workspace"
    shutil.copytree(sample_workspace, copy)
    with Store.open(copy) as store:
        run = next(row["id"] for row in views.runs(store, "sample-pos-fao") if row["kind"] == "run")
        with store.write() as connection:
            connection.exec_driver_sql("delete from influence where position = 3")
        add_influence(store, run, 3, [(1, 0, 2, 0.5), (1, 8, 0, 0.25), (2, 1, 0, 0.125)])
    running = Dashboard(copy)
    yield running
    running.stop()


def test_a_confusion_becomes_a_queue(explained: Dashboard, tab: Page) -> None:
    tab.goto(f"{explained.url}/stage1?dataset=sample-pos-fao&gold=VERB&label=NOUN")
    heading(tab, "Stage I")
    tab.get_by_role("button", name="Queue this selection").click(timeout=FIRST)
    expect(tab.get_by_role("textbox", name="Name")).to_have_value("VERB labelled NOUN", timeout=FIRST)
    tab.get_by_role("textbox", name="Why").fill("nouns that are verbs")
    tab.get_by_role("button", name="Queue", exact=True).click()
    tab.wait_for_url(re.compile("queue="))
    expect(tab.get_by_text("Queue: VERB labelled NOUN")).to_be_visible(timeout=FIRST)
    address = tab.evaluate("location.pathname + location.search")
    tab.goto(f"{explained.url}{address}")
    expect(tab.get_by_text("Queue: VERB labelled NOUN")).to_be_visible(timeout=FIRST)
    tab.get_by_text("Queues · 1").click()
    with tab.expect_download() as got:
        tab.get_by_role("button", name="Export", exact=True).click()
    assert "nouns that are verbs" in Path(got.value.path()).read_text("utf-8-sig")
    tab.get_by_role("button", name="Delete", exact=True).click()
    expect(tab.get_by_text("Queue: VERB labelled NOUN")).to_have_count(0, timeout=FIRST)


def test_a_word_shows_who_spoke_for_it_by_mouse_and_by_key(explained: Dashboard, tab: Page) -> None:
    tab.goto(f"{explained.url}/exemplars?dataset=sample-pos-fao&sentence=3")
    heading(tab, "Exemplars")
    expect(tab.locator(CHIP).first).to_be_visible(timeout=FIRST)
    tab.locator(CHIP).nth(1).click()
    tab.wait_for_url(re.compile("token=1"))
    spoke = tab.locator(".st-key-exemplar-cards .chip.spoke")
    expect(spoke).to_have_count(2, timeout=FIRST)
    expect(spoke.first).to_contain_text("50 %")
    expect(tab.locator(CHIP).nth(1)).to_have_attribute("aria-selected", "true")
    tab.locator(CHIP).nth(1).focus()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile("token=2"))
    expect(spoke).to_have_count(1, timeout=FIRST)
    expect(tab.locator(CHIP).nth(2)).to_be_focused()
    tab.keyboard.press("Enter")
    expect(spoke).to_have_count(0, timeout=FIRST)
    assert "token" not in tab.evaluate("location.search")


@pytest.mark.thorough
def test_exemplars_of_other_languages_say_so(explained: Dashboard, tab: Page) -> None:
    tab.goto(f"{explained.url}/exemplars?dataset=sample-pos-fao&sentence=3")
    expect(tab.get_by_text("and 8 of other languages")).to_be_visible(timeout=FIRST)
    expect(tab.locator(".st-key-exemplar-cards .tag").first).to_contain_text(
        re.compile("Icelandic|Danish|English"), timeout=FIRST
    )
