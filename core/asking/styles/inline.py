"""Inline answers: word/TAG word/TAG in one line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.tasks.alignment import Tagged, read_tagged, tab_rows
from core.tasks.reading import Reading
from core.types import Instance, Labels

PIECE = re.compile(r"\S+")
SLASH = "/"
KIND = "word with a slash and a tag"


def write_inline(instance: Instance, labels: Labels) -> str:
    """word/TAG for each word, with single spaces between."""
    return " ".join(f"{word}{SLASH}{tag}" for word, tag in zip(instance.tokens, labels, strict=True))


def read_inline(text: str, words: Sequence[str], label_set: Labels, fallback: str) -> Reading:
    """The tags behind the last slash of each word; rows of word and tag are read as well."""
    found = _pieces(text, words, label_set)
    if not any(row.tag in label_set for row in found) and (rows := tab_rows(text)):
        found = rows
    return read_tagged(found, words, label_set, fallback, KIND)


def _pieces(text: str, words: Sequence[str], label_set: Labels) -> list[Tagged]:
    """Words with tags in order; a word of the sentence that holds spaces is put together again."""
    spaced = {word: len(word.split()) for word in words if len(word.split()) > 1}
    known = sorted((label for label in label_set if label), key=len, reverse=True)
    found: list[Tagged] = []
    bare: list[str] = []
    for piece in PIECE.finditer(text):
        cut = _cut(piece.group(), known)
        if cut is None:
            bare.append(piece.group())
            continue
        word, tag = cut
        found.append(Tagged(_whole(bare, word, spaced), tag, (piece.end() - len(tag), piece.end())))
        bare = []
    return found


def _cut(piece: str, known: Sequence[str]) -> tuple[str, str] | None:
    """Word and tag, cut at the slash before a known label, else at the last one; None = there is none."""
    for label in known:
        if piece.endswith(SLASH + label):
            return piece[: -len(label) - 1], label
    word, slash, tag = piece.rpartition(SLASH)
    return (word, tag) if slash and word else None


def _whole(bare: Sequence[str], word: str, spaced: dict[str, int]) -> str:
    for longer, parts in spaced.items():
        if longer.split() == [*bare[len(bare) - parts + 1 :], word]:
            return longer
    return word
