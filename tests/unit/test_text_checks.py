"""Odd things in text and labels: each named once, with its line and with what is done about it."""

from __future__ import annotations

import pytest

from core.normal import normal
from core.text_checks import LONG, TextChecks
from core.types import Instance, Labels, Record


def record(text: str, labels: Labels | None = None, split: str = "test", **meta: object) -> Record:
    tokens = tuple(text.split())
    return Record(Instance(0, split, tokens, text, meta=meta), labels, lines=tuple(range(7, 7 + len(tokens))))


def kinds(*records: Record) -> list[tuple[str, int]]:
    checks = TextChecks("ner")
    return [(kind, line) for one in records for kind, line, _, _ in checks.of(one)]


def test_clean_text_has_nothing_odd() -> None:
    assert kinds(record("Ali ya tafi", ("B-PER", "O", "O")), record("Øystein á Fløtti")) == []


@pytest.mark.parametrize("hidden", ["\u200b", "\ufeff", "\u00ad", "\u200e", "\u00a0", "\u2028", "\u202e"])
def test_invisible_characters(hidden: str) -> None:
    assert kinds(record(f"a{hidden}b")) == [("invisible", 7)]


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"])
def test_joiners_are_spelling(joiner: str) -> None:
    assert kinds(record(f"می{joiner}خواهم")) == []
    assert normal(f"می{joiner}خواهم") == f"می{joiner}خواهم"


def test_text_that_is_not_composed() -> None:
    assert kinds(record("Fe\u0301roe")) == [("not_nfc", 7)]


def test_letters_of_two_scripts_in_one_word() -> None:
    assert kinds(record("good w\u043erd")) == [("mixed_script", 8)]
    assert kinds(record("\u041c\u043e\u0441\u043a\u0432\u0430 Moscow \u03b1-test 5\u0433")) == [
        ("mixed_script", 9)
    ]


def test_illegal_bio_at_its_line() -> None:
    assert kinds(record("a b c d", ("O", "I-PER", "I-PER", "I-LOC"))) == [
        ("illegal_bio", 8),
        ("illegal_bio", 10),
    ]
    assert kinds(record("a b", ("B-PER", "I-PER"))) == []


def test_ids_and_texts_that_come_twice() -> None:
    twice = [record("a", sent_id="1"), record("b", sent_id="1"), record("a", sent_id="2")]
    assert kinds(*twice) == [("duplicate_id", 7), ("duplicate_text", 7)]


def test_a_text_in_two_splits_is_a_leak() -> None:
    assert kinds(record("a", split="train"), record("a", split="test")) == [("leak", 7)]


def test_a_very_long_sentence() -> None:
    assert kinds(record("w " * (LONG + 1))) == [("long_sentence", 7)]


def test_the_normal_form() -> None:
    assert normal("e\u0301\u00adn\u00a0x\u2009y\ufeff") == "én x y"
    assert normal("plain") == "plain"
