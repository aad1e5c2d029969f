"""Text into words, for files that come without tokens."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache

from core.types import Tokenization

ASCII = re.compile(r"\w+(?:['-]\w+|(?<=\d)[.,]\d\w*)*|[^\w\s]")
IDEOGRAPHS = (
    "\u3005\u3007\u3041-\u3096\u309d-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Han and hiragana: no spaces between words, and each character is a token."""
APOSTROPHES = "'\u2018\u2019\uff07\u05f3\u05f4"
HYPHENS = "\u2010\u2011-"
MIDDLE_DOTS = "\u00b7\u0387"
SKIN_TONES = "\U0001f3fb-\U0001f3ff"
FLAG_LETTERS = "\U0001f1e6-\U0001f1ff"
ZERO_WIDTH_SPACE = "\u200b"
JOINER = "\u200d"


def words(text: str, tokenization: Tokenization) -> tuple[str, ...]:
    """Tokens of a text.

    `whitespace`: what stands between white space. `unicode`: close to the word boundaries of UAX 29.
    A word is a run of letters, digits, marks and format characters; it keeps apostrophes, hyphens and
    middle dots between two letters, and a full stop or comma between two digits. Every other
    character stands alone, with the marks that follow it; an emoji sequence is one token. White
    space and zero-width spaces separate and are no tokens.

    Of scripts without spaces, Han and hiragana are split into characters. Thai, Lao, Khmer and
    Burmese are not split within a run of letters, which takes a dictionary: such a token is a phrase
    unless the text marks words by zero-width spaces. Give such languages as tokens.
    """
    if tokenization == "whitespace":
        return tuple(text.split())
    pattern = ASCII if text.isascii() else _unicode()
    return tuple(pattern.findall(text)) or tuple(text.split())


@lru_cache(maxsize=1)
def _unicode() -> re.Pattern[str]:
    marks = _characters("Mn", "Mc", "Me") + SKIN_TONES
    extend = marks + _characters("Cf")
    letters = rf"(?:[^\W{IDEOGRAPHS}][{extend}]*+)++"
    between = rf"(?:[{APOSTROPHES}{MIDDLE_DOTS}{HYPHENS}](?=[^\W{IDEOGRAPHS}])|(?<=\d)[.,](?=\d))"
    symbol = rf"[^\w\s{extend}{ZERO_WIDTH_SPACE}][{extend}]*+"
    kinds = (
        rf"{letters}(?:{between}{letters})*+",
        rf"[{IDEOGRAPHS}][{extend}]*+",
        rf"[{FLAG_LETTERS}]{{2}}[{extend}]*+",
        rf"{symbol}(?:(?<={JOINER}){symbol})*+",
    )
    return re.compile(rf"[{extend}]*+(?:{'|'.join(kinds)})|[{marks}]+")


def _characters(*categories: str) -> str:
    """The characters of these general categories, as ranges of a regular expression's class."""
    ranges: list[str] = []
    first = -1
    for number in range(sys.maxunicode + 2):
        inside = number <= sys.maxunicode and _in(chr(number), categories)
        if inside and first < 0:
            first = number
        elif not inside and first >= 0:
            ranges.append(f"{chr(first)}-{chr(number - 1)}" if number - 1 > first else chr(first))
            first = -1
    return "".join(ranges)


def _in(char: str, categories: tuple[str, ...]) -> bool:
    return unicodedata.category(char) in categories and char != ZERO_WIDTH_SPACE
