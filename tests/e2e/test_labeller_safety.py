"""The labeller loses nothing, lets nothing in, can be read by everybody, and fits every window."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.labelling import CHIP, Served, head, opened, press, shown

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
SCENES = ("ner", "topic", "judged", "odd")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    server = Served(tmp_path_factory.mktemp("labeller"))
    yield server
    server.kill()


def serious(page: Page) -> list[str]:
    found: dict[str, Any] = Axe().run(page, options={"resultTypes": ["violations", "passes"]}).response
    assert any('"chip' in node["html"] for rule in found["passes"] for node in rule["nodes"]), (
        "our part was not looked at"
    )
    bad = [rule for rule in found["violations"] if rule["impact"] in ("serious", "critical")]
    return [f"{rule['id']}: {node['html']}" for rule in bad for node in rule["nodes"]]


@pytest.mark.thorough
@pytest.mark.parametrize("shade", ["light", pytest.param("dark", marks=pytest.mark.thorough)])
def test_axe_finds_nothing_serious(served: Served, browser: Browser, shade: Any) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=shade)
    page = context.new_page()
    for scene in SCENES:
        opened(page, served, scene)
        assert serious(page) == [], scene
    press(page, "?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert serious(page) == []
    opened(page, served, "repeat")
    press(page, "x", "=")
    expect(page.get_by_text("changes in")).to_be_visible()
    assert serious(page) == []
    context.close()


def test_hostile_text_is_text(served: Served, tab: Page) -> None:
    """`tab` fails where anything outside this machine is asked for."""
    opened(tab, served, "hostile")
    assert tab.evaluate("window.pwned") is None
    assert shown(tab)[0] == "<script>window.pwned=1</script>/X"
    assert tab.locator(".lab :is(img, script, a, iframe)").count() == 0
    names = tab.locator(f"{CHIP} .form .glyph").all_inner_texts()
    assert names == ["U+202E", "U+202C", "ZWSP", "␣"]
    press(tab, "n", "?", "Escape", "Enter")
    served.wait_for("hostile", 1)
    assert tab.evaluate("window.pwned") is None


@pytest.mark.thorough
@pytest.mark.parametrize(
    "width", [390, 1024, *(pytest.param(n, marks=pytest.mark.thorough) for n in (1440, 3840))]
)
def test_it_fits_the_window(served: Served, browser: Browser, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    for scene in ("long", "odd", "topic"):
        opened(page, served, scene)
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, scene
        wide = page.locator(".lab").evaluate(
            "lab => [...lab.querySelectorAll(':not(.unseen)')]"
            ".filter(n => n.getBoundingClientRect().right > innerWidth + 1).length"
        )
        assert wide == 0, scene
        rail, line = page.locator(".rail").bounding_box(), page.locator(".toks").bounding_box()
        assert rail
        assert line
        assert (rail["x"] >= line["x"] + line["width"]) == (width >= 1024)
    context.close()


def test_one_may_type_faster_than_the_server_answers(served: Served, tab: Page) -> None:
    opened(tab, served, "quick")
    for at in range(30):
        press(tab, "v" if at % 2 else "x", "Enter")
        if at < 29 and tab.locator(".empty").inner_text().startswith("Loading"):
            expect(tab.locator(CHIP).first).to_be_visible()
    expect(tab.locator(".empty")).to_have_text("Nothing is left in this queue.")
    expect(tab.locator(".toks")).to_be_focused()
    rows = served.wait_for("quick", 30)
    assert [(row["id"], row["labels"][2]) for row in rows] == [
        (at, "VERB" if at % 2 else "AUX") for at in range(30)
    ]
    press(tab, "b", "u")
    assert head(tab) == "s-29"
    assert shown(tab)[2] == "ein/DET"


def test_a_dead_server_loses_nothing(served: Served, tab: Page) -> None:
    opened(tab, served, "killed")
    press(tab, "n", "Enter")
    served.wait_for("killed", 1)
    expect(tab.locator(".saved")).to_have_text("✓ saved")
    served.kill()
    for key in ("v", "x", "d"):
        press(tab, key, "Enter")
    assert head(tab) == "s-4"
    served.start()
    rows = served.wait_for("killed", 4, seconds=90)
    assert [row["id"] for row in rows] == [0, 1, 2, 3]
    assert [row["labels"][2] for row in rows] == ["NOUN", "VERB", "AUX", "ADV"]
    expect(tab.locator(".saved")).to_have_text("✓ saved", timeout=30_000)


def test_what_was_done_is_not_shown_again_after_a_reload(served: Served, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    page = context.new_page()
    opened(page, served, "notes")
    left = {"client": "gone", "seq": 1, "kind": "labels", "id": 0, "key": "notes|run|stage2|unsure|Anna"}
    said = {**left, "version": 0, "tv": 0, "labels": ["X"] * 10, "text": "", "token": None}
    kept = {"beat": 0, "messages": [said]}
    page.evaluate("kept => localStorage.setItem('ssp-outbox:gone', JSON.stringify(kept))", kept)
    opened(page, served, "notes")
    assert head(page) == "s-1"
    assert [row["id"] for row in served.wait_for("notes", 1)] == [0]
    context.close()


def test_a_closed_tab_loses_nothing(served: Served, browser: Browser) -> None:
    """What one window could not send, the next one of this browser does."""
    context = browser.new_context(viewport={"width": 1200, "height": 800})
    page = context.new_page()
    opened(page, served, "readonly")  # any scene: this one sends nothing itself
    opened(page, served, "ethiopic")
    served.kill()
    press(page, "v", "Enter")
    page.close()
    served.start()
    page = context.new_page()
    opened(page, served, "marks")
    rows = served.wait_for("marks", 1, seconds=20)  # the server of the scene that is open hears it
    assert [(row["key"].split("|")[0], row["labels"][0]) for row in rows] == [("ethiopic", "VERB")]
    unsent = "Object.keys(localStorage).filter(name => name.startsWith('ssp-outbox')).length"
    for _ in range(100):  # the answer is on its way to the page
        if not page.evaluate(unsent):
            break
        page.wait_for_timeout(100)
    assert page.evaluate(unsent) == 0
    context.close()
