"""A prompt as SSP's Stage I in a real browser: chosen, run, and held against SSP's own on Compare."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import FIRST, Dashboard, heading
from tests.needs import needs
from tests.small_topics import PAIRS, SOURCE, TARGET, small_topics
from tests.tiny_masked import cloze_model

pytestmark = [pytest.mark.e2e, pytest.mark.slow, needs("torch", "transformers")]
QUICK = {"stage1.steps": 2, "stage1.translator_steps": 2, "stage1.shots": 2, "stage1.max_length": 32}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Dashboard, str]]:
    """A dashboard on a workspace of topics, and the folder of a language model."""
    place = tmp_path_factory.mktemp("composed")
    small_topics(place / "workspace")
    model = cloze_model("bert", place / "bert")
    running = Dashboard(place / "workspace")
    yield running, str(model)
    running.stop()


def planned(tab: Page, served: tuple[Dashboard, str], **rows: object) -> None:
    tab.goto(f"{served[0].url}/run?dataset={TARGET}&plan={quote(json.dumps(rows))}")
    heading(tab, "Run")


def test_the_form_asks_for_what_the_method_lacks(served: tuple[Dashboard, str], tab: Page) -> None:
    planned(tab, served, **{"stage1.labeler": "mpt", "sources": [SOURCE]})
    expect(tab.get_by_text("labeler mpt needs a model")).to_be_visible(timeout=FIRST)
    expect(tab.get_by_role("button", name="Start", exact=True)).to_be_disabled()
    model = tab.get_by_role("textbox", name="Model", exact=True)
    model.fill(served[1])
    model.press("Enter")
    tab.get_by_role("combobox", name=re.compile("Sentence pairs from")).click(timeout=FIRST)
    tab.get_by_role("option", name=re.compile(PAIRS)).click()
    said = tab.locator(".st-key-outcome")
    expect(said).to_contain_text("translated soft prompt (MPT), which learns from:", timeout=FIRST)
    expect(said.locator("code")).to_contain_text(f"stage1.parallel={PAIRS}", timeout=FIRST)
    expect(tab.get_by_text("not ready")).to_have_count(0)
    expect(tab.get_by_role("button", name="Start", exact=True)).to_be_enabled()


@pytest.mark.thorough
def test_it_runs_and_stands_on_compare(served: tuple[Dashboard, str], tab: Page) -> None:
    ours = {"stage1.labeler": "mpt", "stage1.model": served[1], "stage1.parallel": PAIRS, **QUICK}
    for more in ({}, ours):
        planned(tab, served, **{"sources": [SOURCE], "selector.k": 2, **more})
        tab.get_by_role("button", name="Start", exact=True).click(timeout=FIRST)
        expect(tab.get_by_text("the run is finished").first).to_be_visible(timeout=240_000)
    tab.locator(".st-key-started").get_by_role("link", name="What changed").click()
    heading(tab, "Compare")
    tab.get_by_role("button", name="Often compared").click(timeout=FIRST)
    tab.get_by_role("button", name="The same with another Stage I").click(timeout=FIRST)
    expect(tab.get_by_text("from: translated soft prompt (MPT)").first).to_be_visible(timeout=FIRST)
    expect(tab.get_by_text("from: n-gram classifier trained on the sources").first).to_be_visible()
