"""What a model that has seen a data set could say of it: questions, and how far an answer is right.

The continuation is the guided instruction of Golchin and Surdeanu (arXiv 2308.08493), the labels by name and
number follow Sainz et al. (arXiv 2310.18018). Gold labels are compared with answers and never sent.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.llms import Frame, Request
from core.prompts import prompt_sha256
from core.types import Instance, Labels, Prompt

Kind = Literal["continue", "labels"]
WORDS = 6
"""A sentence of fewer words is told by its signs instead (text that is written without blanks)."""
SIGNS = 24
"""A text of fewer signs is not asked about: too little to recall."""
AROUND = re.compile(r"^[\s\"'«»“”„`*]+|[\s\"'«»“”„`*]+$")
"""What models put around an answer."""

CONTINUE = """\
The following is the beginning of an item of the data set {name}, split {split}. Continue it word for word
as in that data set. Write the rest of the item and nothing else.

Beginning: {first}
Rest:"""
LABELS = """\
Think of the data set {name}, split {split}, item number {number} (counted from 1){also}. It has {n} words.
Without seeing it, give the label of each of its words in order, parted by blanks, out of: {labels}.
Write nothing else.

Labels:"""
LABEL = """\
Think of the data set {name}, split {split}, item number {number} (counted from 1){also}.
Without seeing it, give its label, out of: {labels}. Write nothing else.

Label:"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands in its data set: `number` counts from 1 within its split; `id` as in the file."""

    name: str
    split: str
    number: int
    id: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A text cut in two; `rest` are its units (words, or signs), `glue` what stands between them."""

    first: str
    rest: tuple[str, ...]
    glue: str


def cut(text: str) -> Piece | None:
    """The first half of a text and the units of the second; None where it is too short to recall."""
    words = text.split()
    if len(words) >= WORDS:
        half = len(words) // 2
        return Piece(" ".join(words[:half]), tuple(words[half:]), " ")
    if len(text) >= SIGNS:
        half = len(text) // 2
        return Piece(text[:half], tuple(text[half:].rstrip()), "")
    return None


def shuffled(text: str, dice: random.Random) -> str:
    """The same words (or signs) in another order: as long and as odd, and in no data set."""
    words = text.split()
    units, glue = (words, " ") if len(words) >= WORDS else (list(text), "")
    dice.shuffle(units)
    return glue.join(units)


def ask_rest(place: Place, piece: Piece, number: int) -> Request:
    """The request to continue an item."""
    text = CONTINUE.format(name=place.name, split=place.split, first=piece.first)
    return _free(text, piece.rest if piece.glue else piece.rest[::2], number)


def ask_labels(place: Place, item: Instance, labels: Labels, number: int) -> Request:
    """The request to give an item's labels without seeing it."""
    also = f", its id is {place.id}" if place.id else ""
    facts = {"name": place.name, "split": place.split, "number": place.number, "also": also}
    template = LABELS if item.tokens else LABEL
    text = template.format(**facts, n=len(item.tokens), labels=", ".join(labels))
    return _free(text, item.tokens or ("label",), number)


def _free(text: str, like: Sequence[str], number: int) -> Request:
    return Request(Prompt(text, prompt_sha256(text)), Frame("text", (), tuple(like)), number=number)


def common(answer: str, piece: Piece) -> float:
    """The share of the rest that the answer begins with, unit by unit, in [0, 1]; case does not count.

    An answer that says the beginning again is taken from behind it.
    """
    said = _plain(answer)
    before = _plain(piece.first)
    if before and said.startswith(before):
        said = said[len(before) :].lstrip()
    units = said.split() if piece.glue else list(said)
    n = 0
    for one, two in zip(units, map(_plain, piece.rest), strict=False):
        if one != two:
            break
        n += 1
    return n / len(piece.rest)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", AROUND.sub("", text)).casefold()


def labels_in(answer: str, known: Labels) -> Labels:
    """The labels that an answer names, in order; words that are none stand for nothing."""
    folded = {label.casefold(): label for label in known}
    words = re.split(r"[\s,;|]+", answer)
    found = (folded.get(word.strip("\"'`.()[]{}").casefold()) for word in words)
    return tuple(label for label in found if label is not None)


def agreement(said: Labels, right: Labels) -> float:
    """The share of labels that an answer has right, place by place; what is missing is wrong."""
    if not right:
        return 0.0
    return sum(one == two for one, two in zip(said, right, strict=False)) / len(right)
