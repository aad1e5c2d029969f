"""A file of one's own in a browser: hostile text stays text, a long run can be stopped."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import FIRST, SSP, Dashboard, heading, start_from_card

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

HOSTILE = (
    "<script>window.hostile=1</script>",
    "<img/src=x/onerror=window.hostile=1>",
    "![x](http://outside.invalid/x.png)",
    "=1+1",
    "\u202eabc\u202c",
    "\u0651",
)
WORDS = ("قرأت", "فاطمة", "کتاب\u200cها", "ልጁ", "በቤት", "skip", ".")
LONG = 1500
"""Sentences enough that their run is still on its way when a hand reaches for Stop."""


@pytest.fixture(scope="module")
def own(sample_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A dashboard on the sample and one file of hostile sentences, the first of them labelled."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copytree(sample_workspace, folder / "workspace")
    sentences = [HOSTILE, *((*WORDS[n % 7 :], *WORDS[: n % 5], f"orð{n}") for n in range(LONG))]
    blocks = [
        "".join(f"{n}\t{form}\t_\tX" + "\t_" * 6 + "\n" for n, form in enumerate(forms, 1))
        for forms in sentences
    ]
    (folder / "own.conllu").write_text("\n".join(blocks) + "\n", "utf8")
    place = ["--workspace", str(folder / "workspace")]
    for command in (
        ["import", str(folder / "own.conllu"), "--task", "pos", "--language", "arb"],
        ["run", "ssp", "--dataset", "own", "--source", "sample-pos-isl", "--limit", "4"],
    ):
        subprocess.run([*SSP, *command, *place], check=True, cwd="/", capture_output=True)
    running = Dashboard(folder / "workspace")
    yield running
    running.stop()


@pytest.mark.parametrize(
    "page", ["stage1", *(pytest.param(page, marks=pytest.mark.thorough) for page in ("exemplars", "compare"))]
)
def test_hostile_words_are_shown_and_do_nothing(own: Dashboard, tab: Page, page: str) -> None:
    tab.goto(f"{own.url}/{page}?dataset=own&sentence=0")
    for form in HOSTILE[:4]:
        expect(tab.locator(".form").get_by_text(form, exact=True).first).to_be_visible(timeout=FIRST)
    expect(tab.locator(".glyph").get_by_text("U+202E").first).to_be_visible()
    if page == "exemplars":
        tab.get_by_text("The prompt that results").click()
        expect(tab.locator("code").get_by_text(re.compile(re.escape(HOSTILE[0]))).first).to_be_visible()
    assert tab.locator(".toks").first.get_attribute("dir") == "rtl"
    assert tab.evaluate("window.hostile") is None
    assert tab.locator("img[src*='outside'], img[src='x']").count() == 0


def test_the_export_is_safe_in_a_spreadsheet_and_the_only_one(own: Dashboard, tab: Page) -> None:
    tab.goto(f"{own.url}/stage1?dataset=own&sentence=0")
    tab.get_by_role("button", name="Export tables").click(timeout=FIRST)
    with tab.expect_download() as download:
        tab.get_by_role("button", name=re.compile(r"Sentences \(\d+ rows\)")).click()
    text = download.value.path().read_text("utf-8-sig")
    assert HOSTILE[0] in text
    assert len(text.splitlines()) == 5
    expect(tab.get_by_role("button", name=re.compile("Download as CSV"))).to_have_count(0)


def test_a_run_can_be_stopped(own: Dashboard, tab: Page) -> None:
    tab.goto(f"{own.url}/?dataset=own")
    start_from_card(tab, "own")
    tab.get_by_role("button", name="Stop").first.click(timeout=FIRST)
    expect(tab.get_by_text("the run was stopped").first).to_be_visible(timeout=FIRST)
    expect(tab.get_by_role("button", name="Stop")).to_have_count(0)
    tab.goto(f"{own.url}/?dataset=own")
    heading(tab, "Overview")
    card = tab.locator("[class*='st-key-card-own']")
    expect(card.get_by_text("last run failed")).to_have_count(0)
