"""The labeller in a real browser: words split, merged, re-spelled; remarks; the same for every such word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.labelling import CHIP, Served, cursor, head, opened, press, shown

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    server = Served(tmp_path_factory.mktemp("labeller"))
    yield server
    server.kill()


def test_words_are_split_merged_and_respelled(served: Served, tab: Page) -> None:
    opened(tab, served, "tokens")
    press(tab, "Home", "ArrowRight", "/", "Escape", "/", "End", "ArrowLeft", "Enter")
    assert shown(tab)[:4] == ["Hon/PRON", "syng/VERB", "ur/VERB", "ein/DET"]
    assert cursor(tab) == 1
    expect(tab.locator(CHIP).nth(2)).to_have_attribute("data-conf", "mid")
    press(tab, "End", "ArrowLeft", "+")
    assert shown(tab)[-2:] == ["og/CCONJ", "vindin./PROPN"]
    press(tab, "F2")
    expect(tab.get_by_label("Spelling of vindin.")).to_be_focused()
    tab.keyboard.type("vindurin")
    press(tab, "Enter")
    assert shown(tab)[-1] == "vindurin/PROPN"
    press(tab, "u", "u", "u")
    assert [form.split("/")[0] for form in shown(tab)] == [
        "Hon",
        "syngur",
        "ein",
        "gamlan",
        "sang",
        "um",
        "havið",
        "og",
        "vindin",
        ".",
    ]
    press(tab, "Shift+U", "Enter")
    rows = served.wait_for("tokens", 8)
    assert [(row["kind"], (row.get("edit") or {}).get("op")) for row in rows] == [
        *[("tokens", "split"), ("tokens", "merge"), ("tokens", "respell")],
        *[("undo", "tokens")] * 3,
        *[("redo", "tokens"), ("labels", None)],
    ]
    assert rows[0]["edit"] == {"op": "split", "first": 1, "last": 1, "forms": ["syng", "ur"]}
    assert rows[1]["edit"] == {"op": "merge", "first": 9, "last": 10, "forms": ["vindin."]}
    assert rows[2]["edit"] == {"op": "respell", "first": 9, "last": 9, "forms": ["vindurin"]}
    assert len(rows[-1]["labels"]) == 11


def test_a_cut_goes_between_what_readers_see(served: Served, tab: Page) -> None:
    opened(tab, served, "marks")
    press(tab, "Home", "/")
    expect(tab.locator(".hint")).to_have_text("One character cannot be split.")  # a letter with two marks
    press(tab, *["ArrowRight"] * 6, "/", "Enter")
    assert [row.split("/")[0] for row in shown(tab)[6:8]] == ["n\u0303", "o"]


def test_remarks_are_sent_at_once(served: Served, tab: Page) -> None:
    opened(tab, served, "notes")
    press(tab, "!")
    expect(tab.locator(".flag").first).to_have_text("⚑ flagged")
    press(tab, ";")
    tab.keyboard.type("not sure; see 4.2")
    press(tab, "Enter")
    expect(tab.locator(".rail .comments")).to_contain_text("not sure; see 4.2")
    press(tab, "(")
    expect(tab.get_by_label("Translation (English)")).to_have_value(
        "She sings an old song about the sea and the wind."
    )
    tab.keyboard.type("She sings.")
    press(tab, "Enter", ":")
    tab.keyboard.type("a")
    press(tab, "Enter")
    expect(tab.locator(CHIP).nth(2).locator(".gloss")).to_have_text("a")
    press(tab, ")", "Escape", "-")
    expect(tab.locator(".top .id")).to_have_text("s-1")
    rows = served.wait_for("notes", 5)
    assert [(row["kind"], row["text"], row["token"]) for row in rows] == [
        ("flag", "", None),
        ("comment", "not sure; see 4.2", None),
        ("translation", "en:She sings.", None),
        ("gloss", "a", 2),
        ("skip", "", None),
    ]


def test_the_same_for_every_such_word_is_shown_first(served: Served, tab: Page) -> None:
    opened(tab, served, "repeat")
    press(tab, "x", "=")  # the cursor has stepped on: meant is what was labelled
    sheet = tab.get_by_role("dialog")
    expect(sheet).to_contain_text("Every ein becomes AUX")
    expect(sheet.get_by_role("status")).to_have_text("11 changes in 11 sentences")
    expect(sheet.locator(".change").first).to_have_text("Hon syngur ein gamlan sang umDET 62 %AUX")
    press(tab, "3")
    for _ in range(4):
        press(tab, "-")
    expect(sheet.get_by_role("status")).to_have_text("Nothing would change.")
    press(tab, "4")
    tab.keyboard.type("e.*")
    expect(sheet.get_by_role("status")).to_have_text("11 changes in 11 sentences")
    press(tab, "Escape")
    expect(sheet).to_have_count(0)
    assert served.heard("repeat") == []
    press(tab, "ArrowLeft", "=")
    expect(sheet.get_by_role("status")).to_have_text("11 changes in 11 sentences")
    press(tab, "Enter")
    expect(tab.locator(".notice")).to_contain_text("11 words changed.")
    press(tab, "u")
    rows = served.wait_for("repeat", 2)
    assert [row["kind"] for row in rows] == ["repeat", "undo-batch"]
    assert rows[0]["spec"]["expected"] == 11
    assert rows[1]["batch"] == "b1"
    assert shown(tab)[2] == "ein/AUX+"  # the bulk change alone was taken back
    press(tab, "Escape", "u")
    assert shown(tab)[2] == "ein/DET"


def test_both_versions_are_shown_when_two_people_met(served: Served, tab: Page) -> None:
    opened(tab, served, "contested")
    press(tab, "Home", "v", "Enter")
    note = tab.locator(".notice")
    expect(note).to_contain_text(
        "Ben saved contested while you worked on it; you differ in 1 place. Both versions are kept."
    )
    expect(note.locator("li")).to_have_text("Honyou VERBBen X")
    assert head(tab) == "contested"  # work goes on with the next one
    press(tab, "Escape")
    expect(note).to_have_count(0)


def test_labels_without_a_key_are_chosen_by_name(served: Served, tab: Page) -> None:
    opened(tab, served, "many")
    press(tab, "Comma")
    tab.keyboard.type("t5")
    press(tab, "ArrowDown", "Enter")
    expect(tab.locator(f"{CHIP}.on .form")).to_have_text("t50")


def test_all_keys_are_told(served: Served, tab: Page) -> None:
    opened(tab, served, "ner")
    press(tab, "?")
    sheet = tab.get_by_role("dialog", name="All keys")
    for told in ("Select the whole entity", "Merge with next", "PER", "PageUp"):
        expect(sheet).to_contain_text(told)
    press(tab, "Escape")
    expect(tab.locator(".toks")).to_be_focused()


def test_the_mouse_works_too(served: Served, tab: Page) -> None:
    opened(tab, served, "pos")
    tab.locator(CHIP).nth(4).click()
    tab.locator(CHIP).nth(5).click(modifiers=["Shift"])
    tab.locator(".key").filter(has_text="SCONJ").click()
    assert shown(tab)[4:6] == ["sang/SCONJ+", "um/SCONJ+"]
    tab.get_by_role("button", name="Enter Accept and next").click()
    (message,) = served.wait_for("pos", 1)
    assert (message["clicks"], message["keys"]) == (4, 0)
