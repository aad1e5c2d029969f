"""A file of one's own through the browser: an unknown tag, a private language, refusals that help."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import FIRST, Dashboard, heading, start_from_card
from tests.own_files import sentence

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

OWN = "/import?tab=file&task=pos&language=fao"
HOSTILE = "![x](http://outside.invalid/x.png)"
GLOSSED = "".join(
    f"# text_en = A big house {n} {HOSTILE}\n"
    f"1\tبيت{n}\t_\tNN\t_\t_\t0\t_\t_\tGloss=house\n2\tكبير\t_\tQUAL\t_\t_\t0\t_\t_\tGloss=big\n"
    "3\t.\t_\tPUNCT\t_\t_\t0\t_\t_\t_\n\n"
    for n in range(12)
)


@pytest.fixture(scope="module")
def served(sample_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    copy = tmp_path_factory.mktemp("own-import") / "workspace"
    shutil.copytree(sample_workspace, copy)
    running = Dashboard(copy)
    yield running
    running.stop()


def settled(tab: Page) -> None:
    expect(tab.locator("[data-testid=stApp]")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=FIRST
    )


def upload(tab: Page, path: Path) -> None:
    settled(tab)  # a page that is still being drawn replaces the input and what it holds
    box = (
        tab.locator("[data-testid=stFileUploader]").filter(visible=True).first
    )  # one of before may still stand there
    box.locator("input[type=file]").set_input_files(path)
    expect(box.locator("[data-testid=stFileChip]")).to_be_visible(timeout=FIRST)
    settled(tab)


def decide_in_the_table(tab: Page, row: int, column: float, typed: str) -> None:
    """Type a choice into a cell of the mapping table, as a hand would; `column` is a share of its width."""
    table = tab.locator("[data-testid=stDataFrame]").nth(1)
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    tab.mouse.dblclick(box["x"] + column * box["width"], box["y"] + 35 * (row + 1) + 17)
    tab.wait_for_timeout(400)
    tab.keyboard.type(typed)
    tab.wait_for_timeout(400)
    tab.keyboard.press("Enter")


@pytest.mark.thorough
def test_a_private_language_and_an_unknown_tag_are_seen_on_every_page(
    served: Dashboard, tab: Page, tmp_path: Path
) -> None:
    (tmp_path / "hill.train.conllu").write_text(GLOSSED, "utf8")
    tab.goto(f"{served.url}/import?tab=file&task=pos&own=1&script=Arab")
    name = tab.get_by_label("Its name")
    name.fill("Hill Speech", timeout=FIRST)
    name.press("Enter")
    expect(tab.get_by_text("code x-hillspee · script Arab, right to left")).to_be_visible(timeout=FIRST)
    upload(tab, tmp_path / "hill.train.conllu")
    expect(tab.get_by_text("Not yet: 2 labels are not decided: NN, QUAL")).to_be_visible(timeout=FIRST)
    decide_in_the_table(tab, 0, 0.92, "NOUN")
    expect(tab.get_by_text("Not yet: 1 label is not decided: QUAL")).to_be_visible(timeout=FIRST)
    tab.get_by_role("button", name="Use the suggestions (1)").click()
    tab.get_by_text("Stays on this machine").click()
    expect(tab).to_have_url(re.compile("egress=local"))
    tab.get_by_role("button", name="Import 12 sentences").click()
    expect(tab.get_by_text("hill-train · Hill Speech · POS · 12 sentences")).to_be_visible(timeout=FIRST)
    assert [path for path in (served.workspace / "uploads").rglob("*") if path.is_file()] == []
    tab.get_by_role("link", name="See its card").click()
    run_from_the_card(tab)
    for page in ("stage1", "exemplars", "compare"):
        tab.goto(f"{served.url}/{page}?dataset=hill-train&sentence=1")
        expect(tab.get_by_text("Hill Speech · POS").first).to_be_visible(timeout=FIRST)
        expect(tab.locator(".toks").first).to_have_attribute("dir", "rtl", timeout=FIRST)
        expect(tab.locator(".gloss").get_by_text("house").first).to_be_visible()
        expect(tab.locator(".under").get_by_text(f"A big house 1 {HOSTILE}").first).to_be_visible()
    chip = tab.locator(".toks .chip").first
    expect(chip).to_have_attribute("title", re.compile("NOUN: A common noun"))
    chip.hover()
    expect(tab.locator(".foot").first).to_contain_text(re.compile(r"Gold NOUN.*; gloss house$"))


def run_from_the_card(tab: Page) -> None:
    """Start the default run of the new data set and wait until it is finished."""
    start_from_card(tab, "hill-train")
    expect(tab.get_by_text("the run is finished").first).to_be_visible(timeout=4 * FIRST)


@pytest.mark.thorough
def test_a_file_of_100_mb_is_refused_with_a_way_on(served: Dashboard, tab: Page, tmp_path: Path) -> None:
    large = tmp_path / "large.conllu"
    with large.open("wb") as file:
        file.truncate(100_000_000)
    tab.goto(served.url + OWN)
    refusal = tab.get_by_text("This file was not taken: it is larger than 50 MB")
    expect(tab.get_by_text("Not yet: choose a file.")).to_be_visible(timeout=FIRST)
    expect(refusal).to_be_hidden()
    upload(tab, large)
    expect(refusal).to_be_visible(timeout=FIRST)
    expect(tab.get_by_text("Not yet: choose a file.")).to_be_visible()
    assert not any((served.workspace / "uploads").rglob("large*"))


def test_a_broken_file_is_one_message_with_its_line(served: Dashboard, tab: Page, tmp_path: Path) -> None:
    (tmp_path / "broken.conllu").write_text(sentence(("Eg", "PRON")) + "1\tMat\t_\n\n", "utf8")
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 40)
    tab.goto(served.url + OWN)
    expect(tab.get_by_text("Not yet: choose a file.")).to_be_visible(timeout=FIRST)
    upload(tab, tmp_path / "broken.conllu")
    expect(tab.get_by_text("broken.conllu:4: ")).to_be_visible(timeout=FIRST)
    expect(tab.get_by_role("button", name="Import", exact=True)).to_be_disabled()
    upload(tab, tmp_path / "noise.bin")
    expect(tab.get_by_text("noise.bin")).not_to_have_count(0)
    expect(tab.get_by_text("This did not work")).to_have_count(1, timeout=FIRST)
    expect(tab.get_by_text("broken.conllu:4: ")).to_have_count(0, timeout=FIRST)


@pytest.mark.thorough
@pytest.mark.parametrize("shade", ["light", pytest.param("dark", marks=pytest.mark.thorough)])
def test_axe_finds_nothing_serious(served: Dashboard, browser: Browser, tmp_path: Path, shade: str) -> None:
    (tmp_path / "own.conllu").write_text(GLOSSED + sentence(("x\u200b", "X")), "utf8")
    context = browser.new_context(viewport={"width": 1024, "height": 900}, color_scheme=shade)  # type: ignore[arg-type]
    tab = context.new_page()
    for address in (OWN, "/import?entry=sample-pos-fao"):
        tab.goto(served.url + address)
        heading(tab, "Import")
        if address == OWN:
            upload(tab, tmp_path / "own.conllu")
            expect(tab.get_by_text("4 · Import")).to_be_visible(timeout=FIRST)
            tab.get_by_text("What the 17 labels mean").click()
        settled(tab)
        answer = Axe().run(tab, options={"resultTypes": ["violations"]}).response
        grave = [rule for rule in answer["violations"] if rule["impact"] in ("serious", "critical")]
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in grave] == []
        assert tab.locator("[data-testid=stMain]").evaluate("main => main.scrollWidth <= main.clientWidth")
    context.close()
