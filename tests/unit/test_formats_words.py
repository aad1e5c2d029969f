"""Text into words: white space, and the word boundaries of Unicode."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.formats.words import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, world!", "Hello , world !"),
        ("It's rock'n'roll ... 'so'", "It's rock'n'roll . . . ' so '"),
        ("a well-known x -- y- -z", "a well-known x - - y - - z"),
        ("3.14 and 1,000, 5.", "3.14 and 1,000 , 5 ."),
        ("end.Next e.g.", "end . Next e . g ."),
        ("snake_case @user #tag 5$", "snake_case @ user # tag 5 $"),
        ("l’eau mba'éichapa col·legi ɓ’a ke‑ra", "l’eau mba'éichapa col·legi ɓ’a ke‑ra"),
        ("Ó ‘wí’ pé: ọjọ́!", "Ó ‘ wí ’ pé : ọjọ́ !"),
        ("e\u0301te\u0301 no\u0308n", "e\u0301te\u0301 no\u0308n"),
        ("नमस्ते दुनिया। क्‍ष", "नमस्ते दुनिया । क्‍ष"),
        ("שלום צה״ל, مرحبا؟", "שלום צה״ל , مرحبا ؟"),
        ("我喜欢カタカナと", "我 喜 欢 カタカナ と"),
        ("한국어 문장입니다.", "한국어 문장입니다 ."),
        ("ภาษาไทย\u200bดี ខ្ញុំ\u200bទៅ។", "ภาษาไทย ดี ខ្ញុំ ទៅ ។"),
        ("👩‍💻👍🏽🇫🇴🇩🇰 ❤️!", "👩‍💻 👍🏽 🇫🇴 🇩🇰 ❤️ !"),
        ("a\u00a0b\u2028c\u3000d", "a b c d"),
        ("so\u00adft \u200elrm\u200e \u200e x\ufeff", "so\u00adft \u200elrm\u200e x\ufeff"),
    ],
)
def test_words_of_unicode(text: str, expected: str) -> None:
    assert words(text, "unicode") == tuple(expected.split(" "))


def test_white_space_is_what_python_calls_so() -> None:
    assert words("  Hello,\u00a0world!\t x ", "whitespace") == ("Hello,", "world!", "x")


@pytest.mark.parametrize("blank", ["\u200b", "\u200e", "\u200b\ufeff"])
def test_a_text_that_shows_nothing_still_has_a_token(blank: str) -> None:
    assert words(blank, "unicode") == (blank,)
    assert words(" ", "unicode") == ()


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_nothing_but_spaces_and_what_shows_nothing_is_lost(text: str) -> None:
    def shown(part: str) -> list[str]:
        return [c for c in part if not c.isspace() and unicodedata.category(c) != "Cf"]

    found = words(text, "unicode")
    assert shown("".join(found)) == shown(text)
    assert all(token and not any(c.isspace() for c in token) for token in found)
    assert words(text, "unicode") == found


@given(st.text("abzé-'.,10 \u0301", max_size=30))
def test_a_longer_text_does_not_take_longer_than_its_length(text: str) -> None:
    joined = words(f"{text} {text}", "unicode")
    assert joined == words(text, "unicode") * 2 or text[:1] == "\u0301"


def test_a_line_of_one_endless_word_is_quick() -> None:
    for text in ("a" * 200_000, "é'" * 100_000, "1," * 100_000, "-" * 100_000 + "é", "\u0301" * 100_000):
        assert words(text, "unicode")
