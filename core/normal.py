"""The normal form of a text: what is compared and searched. The text itself is never changed."""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
"""Characters that show nothing and tell no two words apart. Joiners (U+200C, U+200D) are not among
them: in Persian and Indic scripts they are spelling."""
SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")


def normal(text: str) -> str:
    """NFC, without invisible characters, every kind of space a plain one."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", SPACES.sub(" ", INVISIBLE.sub("", text)))
