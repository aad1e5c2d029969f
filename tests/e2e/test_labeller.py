"""The labeller in a real browser: words, spans and whole items by keyboard alone."""

from __future__ import annotations

import re
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


def test_words_are_corrected_and_saved_by_keys(served: Served, tab: Page) -> None:
    opened(tab, served, "pos")
    assert cursor(tab) == 2  # the first unsure word
    press(tab, "n")
    assert shown(tab)[2] == "ein/NOUN+"
    assert cursor(tab) == 3
    press(tab, "Tab", "2")  # the next unsure word, its second suggestion
    assert shown(tab)[6] == "havið/ADJ+"
    press(tab, "Shift+Tab")  # nothing unsure before: the key leaves the labeller
    tab.locator(".toks").focus()
    press(tab, "End", "ArrowLeft", "Home", "ArrowRight")
    assert cursor(tab) == 1
    press(tab, "u", "u")
    assert shown(tab)[2] == "ein/DET"
    press(tab, "Shift+U", "Control+y", "Control+z", "Control+Shift+Z", "Enter")
    expect(tab.locator(".top .id")).to_have_text("s-1")
    (message,) = served.wait_for("pos", 1)
    assert (message["kind"], message["id"], message["action"], message["version"]) == ("labels", 0, "set", 0)
    assert message["labels"] == [
        "PRON",
        "VERB",
        "NOUN",
        "ADJ",
        "NOUN",
        "ADP",
        "ADJ",
        "CCONJ",
        "PROPN",
        "PUNCT",
    ]
    assert message["keys"] == 14
    assert message["clicks"] == 0
    assert message["key"] == "pos|run|stage2|unsure|Anna"
    expect(tab.locator(".saved")).to_have_text("✓ saved")
    press(tab, "b")
    assert head(tab) == "s-0"
    assert shown(tab)[0] == "Hon/PRON+"  # what was accepted is a human's, too
    press(tab, "Enter", "Enter")  # nothing new of s-0; s-1 as it is
    rows = served.wait_for("pos", 2)
    assert [(row["id"], row["action"]) for row in rows[1:]] == [(1, "accept")]


def test_undo_falls_back_to_what_was_saved_and_to_the_item_before(served: Served, tab: Page) -> None:
    opened(tab, served, "long")
    assert shown(tab).count("") == 0
    press(tab, "Home", "x", "Enter")
    served.wait_for("long", 1)
    assert head(tab) == "s-1"
    press(tab, "u")
    assert head(tab) == "s-0"
    press(tab, "u")  # the label set here
    assert not shown(tab)[0].endswith("/AUX+")
    press(tab, "u")  # what was saved: from the log
    assert [row["kind"] for row in served.wait_for("long", 2)] == ["labels", "undo"]
    expect(tab.locator(f"{CHIP}[data-conf=human]")).to_have_count(0)


def test_a_span_is_its_length_and_an_enter(served: Served, tab: Page) -> None:
    opened(tab, served, "ner")
    assert shown(tab)[4] == "Kano/? LOC"  # an I- that continues nothing
    press(tab, "Home", "ArrowRight", "ArrowRight", "o", "o", "Shift+O")
    assert shown(tab)[2:5] == ["ta/ORG+", "tafi/·+", "Kano/ORG+"]
    press(tab, "ArrowRight", "Backspace", "ArrowLeft", "ArrowLeft")
    assert shown(tab)[5:7] == ["ran/+", "Litinin/+"]  # the whole entity
    press(tab, "Home", "Space", "l")
    assert shown(tab)[:2] == ["Amina/LOC+", "Yusuf/·+"]
    press(tab, "Enter")
    (message,) = served.wait_for("ner", 1)
    assert message["labels"] == ["B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-ORG", "O", "O", "O", "O", "O"]
    press(tab, "Home", "Shift+ArrowRight", "Shift+ArrowRight", "d", "Enter")
    message = served.wait_for("ner", 2)[1]
    assert message["labels"][:5] == ["B-DATE", "I-DATE", "I-DATE", "O", "B-LOC"]


def test_whole_items_take_two_keys(served: Served, tab: Page) -> None:
    opened(tab, served, "nli")
    for at, (key, label) in enumerate(
        [("c", "contradiction"), ("e", "entailment"), ("ArrowRight", "contradiction")]
    ):
        press(tab, key)
        expect(tab.locator(f"{CHIP}.on .form")).to_have_text(label)
        press(tab, "Enter")
        message = served.wait_for("nli", at + 1)[at]
        assert (message["labels"], message["keys"]) == ([label], 2)
    opened(tab, served, "topic")
    expect(tab.get_by_role("region", name="Text")).to_be_visible()
    press(tab, "s", "Enter")
    assert served.wait_for("topic", 1)[0]["labels"] == ["sports"]


def test_nothing_is_suggested_where_one_labels_blindly(served: Served, tab: Page) -> None:
    opened(tab, served, "blind")
    assert set(shown(tab)) == {
        f"{word}/–" for word in ["Hon", "syngur", "ein", "gamlan", "sang", "um", "havið", "og", "vindin", "."]
    }
    expect(tab.locator(".offer")).to_have_count(0)
    press(tab, "n", "Enter")
    expect(tab.locator(".hint")).to_have_text("9 words without a label.")
    assert cursor(tab) == 1
    press(tab, *"v" * 9, "Enter")
    (message,) = served.wait_for("blind", 1)
    assert (message["blind"], message["action"], message["labels"]) == (True, "set", ["NOUN", *["VERB"] * 9])


def test_others_labels_are_judged_by_digits(served: Served, tab: Page) -> None:
    opened(tab, served, "judged")
    assert cursor(tab) == 1
    assert tab.locator(CHIP).nth(1).locator(".other").all_inner_texts() == ["1VERB\nAnna", "2AUX\nBen, Cara"]
    press(tab, "2", "1", "Tab", "2", "Enter")
    (message,) = served.wait_for("judged", 1)
    assert message["labels"] == ["PRON", "AUX", "DET", "ADJ", "VERB"]


def test_nothing_is_said_while_presenting(served: Served, tab: Page) -> None:
    opened(tab, served, "readonly")
    press(tab, "n", "k", "f", "u", "Enter", "Enter", "b")
    assert head(tab) == "s-1"
    expect(tab.locator(".saved")).to_have_text("read only")
    assert served.heard("readonly") == []


def test_the_guideline_follows_the_cursor(served: Served, tab: Page) -> None:
    opened(tab, served, "pos")
    expect(tab.locator(".rail .label")).to_contain_text("A determiner")
    press(tab, "v")
    expect(tab.locator(".rail .label")).to_contain_text("An adjective")
    expect(tab.locator(".rail .word")).to_contain_text("17 more times")
    expect(tab.locator(".rail .others")).to_contain_text("Run 7f3a")
    expect(tab.locator(".rail .sentence")).to_contain_text("She sings an old song")


def test_arrows_follow_the_eye_in_right_to_left_text(served: Served, tab: Page) -> None:
    opened(tab, served, "arabic")
    press(tab, "Home", "ArrowLeft", "ArrowLeft")
    assert cursor(tab) == 2
    left, right = (tab.locator(CHIP).nth(at).bounding_box() for at in (2, 0))
    assert left
    assert right
    assert left["x"] < right["x"]
    press(tab, "ArrowRight")
    assert cursor(tab) == 1


@pytest.mark.parametrize("typed", [("ш", "KeyN"), ("ن", "KeyN"), ("N", "KeyN"), ("Process", "KeyN")])
def test_keys_work_on_every_keyboard(served: Served, tab: Page, typed: tuple[str, str]) -> None:
    opened(tab, served, "hostile")
    key, code = typed
    tab.locator(".toks").evaluate(
        "(at, [key, code]) => at.dispatchEvent(new KeyboardEvent('keydown', {key, code, bubbles: true}))",
        [key, code],
    )
    assert re.search(r"/NOUN\+$", shown(tab)[0])


def test_up_and_down_go_by_what_is_seen(served: Served, tab: Page) -> None:
    opened(tab, served, "long")
    press(tab, "Home", *["ArrowRight"] * 3)
    top = tab.locator(CHIP).nth(3).bounding_box()
    press(tab, "ArrowDown")
    below = tab.locator(CHIP).nth(cursor(tab)).bounding_box()
    assert top
    assert below
    assert below["y"] > top["y"]
    assert abs(below["x"] + below["width"] / 2 - top["x"] - top["width"] / 2) < 120
    press(tab, "ArrowUp")
    assert cursor(tab) in (2, 3, 4)
