"""Items written into a template: text, soft vectors and the place of the answer, as rows of tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from core.cloze.loading import specials
from core.errors import RecipeError
from core.types import Instance

if TYPE_CHECKING:
    from core.cloze.checkpoint import Checkpoint

TEXTS = ("text", "text_b")
SOFT, MASK = "soft", "mask"
FIELD = re.compile(r"\{(\w*)\}")
SOFT_PAIR, SOFT_ITEM = "{text} . {text_b} ? {soft} {mask} .", "{text} {soft} {mask} ."
"""Of soft prompts: pairs as in MPT (arXiv 2403.12407); single texts after it (our reading)."""
HARD_PAIR, HARD_ITEM = "{text} ? {mask} , {text_b}", "{text} Topic : {mask} ."
"""Without soft vectors: pairs as in PET (arXiv 2001.07676); single texts ours."""
LEAST = 4
"""Tokens of the texts that must be left beside the prompt."""


@dataclass(frozen=True, slots=True)
class Row:
    """Tokens as a model reads them.

    Attributes:
        ids: the tokens; at the places of soft vectors any.
        soft: the places of soft vectors, in their order.
        answer: the place whose scores are the answer.
    """

    ids: tuple[int, ...]
    soft: tuple[int, ...]
    answer: int


@dataclass(frozen=True, slots=True)
class _Piece:
    """A token and whose it is: text, text_b, or "" where it is the prompt's."""

    token: int
    owner: str = ""
    soft: bool = False
    answer: bool = False


@dataclass(frozen=True)
class Layout:
    """A template: words, `{text}`, `{text_b}`, one or several `{soft}`, and one `{mask}` for the answer.

    Several `{soft}` places share the soft vectors in order, evenly. A causal model answers where `{mask}`
    stands, and is shown nothing behind it. Words of the template that a vocabulary lacks are left out.

    Raises:
        RecipeError: something else in braces, no `{text}`, or not one `{mask}`.
    """

    template: str

    def __post_init__(self) -> None:
        fields = FIELD.findall(self.template)
        strange = [name for name in fields if name not in (*TEXTS, SOFT, MASK)]
        if strange or fields.count(MASK) != 1 or "text" not in fields:
            raise RecipeError(
                f"the template {self.template!r} cannot be used"
                + (f": {{{strange[0]}}} means nothing in it." if strange else "."),
                "Give one with {text} (and {text_b} for pairs), one {mask} for the answer, and {soft} where "
                "soft vectors go.",
            )

    @property
    def has_soft(self) -> bool:
        """Whether it has a place for soft vectors."""
        return f"{{{SOFT}}}" in self.template

    def rows(self, checkpoint: Checkpoint, items: Sequence[Instance], soft: int) -> list[Row]:
        """One row per item, with places for `soft` vectors (0 = none).

        Texts that are too long for the model are cut at their end, the longer one first, the prompt never.

        Raises:
            RecipeError: soft vectors without a place for them, or a prompt that leaves the texts no room.
        """
        if soft and not self.has_soft:
            raise RecipeError(
                f"the template {self.template!r} has no place for soft vectors.", "Put {soft} into it."
            )
        if not items:
            return []
        pieces = self._read(checkpoint, items, soft)
        before, behind = specials(checkpoint.tokenizer)
        behind = [] if checkpoint.kind == "causal" else behind  # it is to be continued, not ended
        room = checkpoint.length - len(before) - len(behind)
        return [_row(_cut(one, room), before, behind, checkpoint) for one in pieces]

    def _read(self, checkpoint: Checkpoint, items: Sequence[Instance], soft: int) -> list[list[_Piece]]:
        shares = _shares(soft, self.template.count(f"{{{SOFT}}}"))
        found: list[list[_Piece]] = [[] for _ in items]
        for part in self._parts:
            if part == (SOFT,):
                count = shares.pop(0)
                columns = [[_Piece(0, soft=True)] * count] * len(items)
            elif part == (MASK,):
                if checkpoint.kind == "causal":
                    return found
                columns = [[_Piece(checkpoint.mask, answer=True)]] * len(items)
            else:
                columns = _tokens(checkpoint, part, items)
            for row, more in zip(found, columns, strict=True):
                row += more
        return found

    @cached_property
    def _parts(self) -> list[tuple[str, ...]]:
        """(soft,) or (mask,), else a stretch of words: names of texts and what stands between, alternating.

        A stretch begins with words: ("", "text", " . ", "text_b", " ?").
        """
        parts: list[tuple[str, ...]] = []
        stretch = [""]
        for at, piece in enumerate(FIELD.split(self.template)):
            if at % 2 == 0:
                stretch[-1] += piece
            elif piece in TEXTS:
                stretch += [piece, ""]
            else:
                parts += [tuple(stretch), (piece,)]
                stretch = [""]
        return [part for part in (*parts, tuple(stretch)) if part != ("",)]


def layout_for(items: Sequence[Instance], template: str = "", *, soft: bool = True) -> Layout:
    """The template that is given, else the one for pairs or for single texts."""
    pairs = any(item.text_b is not None for item in items)
    default = (SOFT_PAIR if pairs else SOFT_ITEM) if soft else (HARD_PAIR if pairs else HARD_ITEM)
    return Layout(template or default)


def _shares(soft: int, places: int) -> list[int]:
    """How many vectors each place gets: (5, 2) -> [3, 2]."""
    return [soft // places + (at < soft % places) for at in range(places)] if places else []


def _tokens(checkpoint: Checkpoint, part: tuple[str, ...], items: Sequence[Instance]) -> list[list[_Piece]]:
    """A stretch of words for every item, read as one text: spaces belong where they do in any text."""
    owned = [_owned(part, item) for item in items]
    read = checkpoint.tokenizer(
        [text for text, _ in owned], add_special_tokens=False, return_offsets_mapping=True, truncation=False
    )
    unknown = checkpoint.tokenizer.unk_token_id
    found = []
    for at, (_, owners) in enumerate(owned):
        pieces = [
            _Piece(token, owners[end - 1] if end else "")
            for token, (_, end) in zip(read["input_ids"][at], read["offset_mapping"][at], strict=True)
        ]
        found.append([piece for piece in pieces if piece.owner or piece.token != unknown])
    return found


def _owned(part: tuple[str, ...], item: Instance) -> tuple[str, list[str]]:
    """A stretch as text, and whose each of its characters is."""
    text, owners = "", []
    for at, piece in enumerate(part):
        words = ((item.text if piece == "text" else item.text_b) or "").strip() if at % 2 else piece
        text += words
        owners += [piece if at % 2 else ""] * len(words)
    return text.rstrip(), owners


def _cut(pieces: list[_Piece], room: int) -> list[_Piece]:
    """Without the ends of the texts, as much as is too long."""
    over = len(pieces) - room
    if over <= 0:
        return pieces
    sizes = {name: sum(piece.owner == name for piece in pieces) for name in TEXTS}
    if sum(sizes.values()) - over < LEAST:
        raise RecipeError(
            f"the prompt leaves {max(0, sum(sizes.values()) - over)} tokens for the text: the model is given "
            f"{room} at a time.",
            "Give a shorter template, fewer soft vectors, or a greater max_length.",
        )
    for _ in range(over):
        sizes[max(sizes, key=lambda name: sizes[name])] -= 1
    kept, left = [], dict(sizes)
    for piece in pieces:
        if not piece.owner or left[piece.owner] > 0:
            kept.append(piece)
            left[piece.owner] = left.get(piece.owner, 0) - 1
    return kept


def _row(pieces: Sequence[_Piece], before: list[int], behind: list[int], checkpoint: Checkpoint) -> Row:
    """A causal model answers at the last place: it is asked what comes next."""
    filler = int(checkpoint.tokenizer.pad_token_id or 0)
    start = len(before)
    tokens = [filler if piece.soft else piece.token for piece in pieces]
    ids = (*before, *tokens, *behind) or (filler,)
    return Row(
        ids,
        tuple(start + at for at, piece in enumerate(pieces) if piece.soft),
        next((start + at for at, piece in enumerate(pieces) if piece.answer), len(ids) - 1),
    )
