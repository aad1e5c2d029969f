"""Which words of now stand for which stretch of the text: the surface tokens of a sentence written anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.formats.conllu_rows import FORM, MISC, Block, Row, attribute, with_attribute
from core.tokenization import Piece


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of text and the words of now in it, from 0; more than one make a range.

    Attributes:
        space: whether a space follows.
        row: the file's range, where it is the same.
        misc: what MISC said of the one word that is a range now.
    """

    form: str
    space: bool
    words: range
    row: Row | None = None
    misc: str = ""


def tokens_of(block: Block, pieces: Sequence[Piece]) -> list[Token]:
    """The surface tokens that are new, or of more than one word; a word as in the file is not among them."""
    found: list[Token] = []
    for old, new, changed in _stretches(block, pieces):
        if changed:
            found += _anew(block, old, new)
        elif old.start in block.ranges:
            row = block.ranges[old.start][0]
            found.append(Token(row.columns[FORM], _spaced(row), new, row))
    return found


def _stretches(block: Block, pieces: Sequence[Piece]) -> Iterator[tuple[range, range, bool]]:
    """Words of the file and of now that stand for the same text, and whether any of them changed."""
    ends = {place: stop for first, (_, stop) in block.ranges.items() for place in range(first, stop)}
    old, new, changed = range(0), range(0), False
    for piece in pieces:
        if old and piece.old.start >= max(ends.get(place, place + 1) for place in old):
            yield old, new, changed
            old, new, changed = piece.old, piece.new, not piece.known
            continue
        start = old.start if old else piece.old.start
        begin = new.start if old else piece.new.start
        old, new = range(start, piece.old.stop), range(begin, piece.new.stop)
        changed = changed or not piece.known
    if old:
        yield old, new, changed


def _anew(block: Block, old: range, new: range) -> Iterator[Token]:
    chunks, rows = _chunks(block, old)
    place, left = new.start, list(chunks)
    alone = rows[0] if len(rows) == 1 else None
    while left:
        if place == new.stop - 1 or len(left) == 1:
            form, space = " ".join(form for form, _ in left), left[-1][1]
            words = range(place, new.stop)
            split = alone is not None and len(words) > 1 and words == new
            is_range = split and old.start in block.ranges
            yield Token(
                form,
                space,
                words,
                alone if is_range else None,
                with_attribute(alone.columns[MISC], "SpaceAfter", "")
                if split and alone and not is_range
                else "",
            )
            return
        form, space = left.pop(0)
        yield Token(form, space, range(place, place + 1))
        place += 1


def _chunks(block: Block, old: range) -> tuple[list[tuple[str, bool]], list[Row]]:
    """The text of these words between spaces, each with whether a space follows; the rows that hold it."""
    rows: list[Row] = []
    place = old.start
    while place < old.stop:
        row, stop = block.ranges.get(place, (block.words[place], place + 1))
        rows.append(row)
        place = stop
    found: list[tuple[str, bool]] = []
    for row in rows:
        for form in row.columns[FORM].split(" "):
            found.append((form, True))
            if len(found) > 1 and not found[-2][1]:
                found[-2:] = [(found[-2][0] + form, True)]
        found[-1] = (found[-1][0], _spaced(row))
    return found, rows


def _spaced(row: Row) -> bool:
    return attribute(row.columns[MISC], "SpaceAfter") != "No"
