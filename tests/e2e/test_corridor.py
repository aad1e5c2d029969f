"""The corridor in a real browser: deep link, import, run, compare, a broken file, the tour."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import FIRST, Dashboard, heading

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

WORDS = ("Hon", "syngur", "eina", "vakra", "vísu", "um", "fuglar", "og", "skip")
TAGS = ("PRON", "VERB", "DET", "ADJ", "NOUN", "ADP", "NOUN", "CCONJ", "NOUN")


def treebank(sentences: int) -> str:
    """Invented sentences in CoNLL-U."""
    blocks = []
    for number in range(sentences):
        length = 4 + number % 5
        rows = [f"{n + 1}\t{WORDS[n]}\t_\t{TAGS[n]}" + "\t_" * 6 for n in range(length)]
        blocks.append("\n".join([f"# text = {' '.join(WORDS[:length])} {number}", *rows, "", ""]))
    return "".join(blocks)


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder laid out like the public repositories: one good treebank and a broken one."""
    base = tmp_path_factory.mktemp("public") / "UniversalDependencies"
    good = base / "UD_Faroese-OFT" / "fo_oft-ud-test.conllu"
    bad = base / "UD_Breton-KEB" / "br_keb-ud-test.conllu"
    for path, text in ((good, treebank(12)), (bad, treebank(2) + "1\tMat\t_\n\n")):
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf8")
    return base.parent


@pytest.fixture(scope="module")
def served(
    sample_workspace: Path, public: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    copy = tmp_path_factory.mktemp("corridor") / "workspace"
    shutil.copytree(sample_workspace, copy)
    running = Dashboard(copy, SSP_MIRROR=str(public))
    yield running
    running.stop()


def test_a_cold_deep_link_shows_the_page_inside_the_frame(served: Dashboard, tab: Page) -> None:
    tab.goto(f"{served.url}/compare?dataset=sample-pos-fao")
    heading(tab, "Compare")
    expect(tab.get_by_role("link", name="Overview").first).to_be_visible()
    expect(tab.get_by_text("What changed")).to_be_visible(timeout=FIRST)


def test_the_sample_says_what_it_is(served: Dashboard, tab: Page) -> None:
    tab.goto(served.url)
    heading(tab, "Overview")
    expect(tab.get_by_text("illustrative sample").first).to_be_visible(timeout=FIRST)
    expect(tab.get_by_text("Use real data")).to_be_visible()


def test_import_run_compare(served: Dashboard, tab: Page) -> None:
    tab.goto(f"{served.url}/import?entry=ud-faroese-oft")
    expect(tab.get_by_text("CC BY-SA 4.0").first).to_be_visible(timeout=FIRST)
    button = tab.get_by_role("button", name="Import", exact=True)
    expect(button).to_be_disabled()
    tab.get_by_text("I have read the licence").click()
    expect(button).to_be_enabled()
    button.click()
    expect(tab.get_by_text("already in this workspace")).to_be_visible(timeout=FIRST)

    tab.goto(f"{served.url}/?dataset=ud-faroese-oft")
    card = tab.locator("[class*='st-key-card']").filter(has_text="UD Faroese-OFT").first
    card.get_by_role("link", name="Run").click()
    heading(tab, "Run")
    tab.get_by_role("combobox", name="Source languages").click(timeout=FIRST)
    tab.get_by_role("option", name=re.compile("Icelandic")).click()
    tab.keyboard.press("Escape")
    start = tab.get_by_role("button", name="Start", exact=True)
    expect(start).to_be_enabled(timeout=FIRST)
    start.click()
    tab.get_by_role("link", name="What changed").click(timeout=90_000)
    heading(tab, "Compare")
    expect(tab.get_by_text("What changed")).to_be_visible(timeout=FIRST)
    expect(tab.get_by_text(re.compile("against the gold labels of UD Faroese-OFT")).first).to_be_visible()
    expect(tab.get_by_text("Sentence by sentence")).to_be_visible(timeout=FIRST)


def test_a_broken_file_is_one_clear_error_and_changes_nothing(served: Dashboard, tab: Page) -> None:
    tab.goto(f"{served.url}/import?entry=ud-breton-keb")
    tab.get_by_text("I have read the licence").click(timeout=FIRST)
    tab.get_by_role("button", name="Import", exact=True).click()
    expect(tab.get_by_text(re.compile(r"br_keb-ud-test\.conllu:\d+"))).to_be_visible(timeout=FIRST)
    tab.goto(served.url)
    heading(tab, "Overview")
    expect(tab.get_by_text("Breton")).to_have_count(0)


def test_an_exemplar_view_explains_its_choice(served: Dashboard, tab: Page) -> None:
    tab.goto(f"{served.url}/exemplars?dataset=sample-pos-fao&sentence=3")
    heading(tab, "Exemplars")
    expect(tab.get_by_text("The 8 sentences it learns from")).to_be_visible(timeout=FIRST)
    expect(tab.get_by_text("optimal").first).to_be_visible()
    expect(tab.get_by_text("similarity").first).to_be_visible()


def test_presenting_is_read_only(served: Dashboard, tab: Page) -> None:
    tab.goto(f"{served.url}/?present=1")
    heading(tab, "Overview")
    expect(tab.get_by_text("Faroese").first).to_be_visible(timeout=FIRST)
    expect(tab.get_by_role("link", name="Run", exact=True)).to_have_count(0)


@pytest.mark.thorough
def test_the_tour_has_five_steps(served: Dashboard, tab: Page) -> None:
    tab.goto(f"{served.url}/?tour=1")
    for step in range(1, 6):
        expect(tab.get_by_text(re.compile(rf"\b{step} of 5\b")).first).to_be_visible(timeout=FIRST)
        if step < 5:
            tab.locator("[class*='st-key-tour']").get_by_text("Next").first.click()
