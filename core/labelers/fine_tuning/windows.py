"""Text as an encoder reads it: sub-words in windows, and where each word's first sub-word stands.

A sentence is read as its tokens with a space between them, and sub-words are laid beside the tokens by
their place in that text. So any tokenizer that tells such places will do, whatever it makes of a space.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from core.types import Instance

OVERLAP = 4
"""Neighbouring windows share a quarter of their length."""
WORDS_AT_ONCE = 512
"""Sentences handed to the tokenizer at a time."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of one item, as long as the encoder reads at once.

    Attributes:
        owner: which item, by its place in what was encoded.
        inputs: the encoder's inputs, each one number per sub-word.
        words: tokens (0 for an item without) that this window answers for.
        places: parallel to `words`: where the first sub-word of each stands; 0 for an item without tokens.
    """

    owner: int
    inputs: Mapping[str, Sequence[int]]
    words: tuple[int, ...]
    places: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.inputs["input_ids"])


def windows(tokenizer: Any, instances: Sequence[Instance], max_length: int, *, tokens: bool) -> list[Window]:
    """All windows of all items, in order.

    A sentence longer than `max_length` sub-words is read in several windows; each of its words is
    answered for by the one in which it stands farthest from the edge. A word without sub-words is in none.
    A longer item without tokens (a document, a pair) is cut off at the end.
    """
    make = _of_sentences if tokens else _of_items
    return [
        window
        for start in range(0, len(instances), WORDS_AT_ONCE)
        for window in make(tokenizer, instances[start : start + WORDS_AT_ONCE], max_length, start)
    ]


def _of_items(tokenizer: Any, instances: Sequence[Instance], max_length: int, start: int) -> Iterator[Window]:
    pairs = any(instance.text_b is not None for instance in instances)
    read = tokenizer(
        [instance.text for instance in instances],
        [instance.text_b or "" for instance in instances] if pairs else None,
        truncation=True,
        max_length=max_length,
    )
    for at in range(len(instances)):
        yield Window(start + at, _row(read, tokenizer, at), (0,), (0,))


def _of_sentences(
    tokenizer: Any, instances: Sequence[Instance], max_length: int, start: int
) -> Iterator[Window]:
    room = max_length - tokenizer.num_special_tokens_to_add()
    read = tokenizer(
        [" ".join(instance.tokens) for instance in instances],
        truncation=True,
        max_length=max_length,
        stride=room // OVERLAP,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
    )
    rows = enumerate(read["overflow_to_sample_mapping"])
    for owner, group in groupby(rows, key=lambda row: row[1]):
        mine = [row for row, _ in group]
        found = _first_subwords(instances[owner].tokens, [read["offset_mapping"][row] for row in mine])
        for row, places in zip(mine, found, strict=True):
            words = tuple(sorted(places))
            inputs = _row(read, tokenizer, row)
            yield Window(start + owner, inputs, words, tuple(places[word] for word in words))


def _row(read: Any, tokenizer: Any, at: int) -> dict[str, list[int]]:
    return {name: read[name][at] for name in tokenizer.model_input_names if name in read}


def _first_subwords(
    tokens: Sequence[str], offsets: Sequence[Sequence[tuple[int, int]]]
) -> list[dict[int, int]]:
    """Per window, word -> place of its first sub-word; every word in the window that suits it best."""
    owners = _words_by_character(tokens)
    begins: dict[int, tuple[int, int]] = {}
    best: dict[int, tuple[int, int, int]] = {}
    for window, spans in enumerate(offsets):
        for place, (start, end) in enumerate(spans):
            for word in dict.fromkeys(owners[start:end]):
                first = begins.setdefault(word, (start, end))
                room = min(place, len(spans) - 1 - place)
                if first == (start, end) and room > best.get(word, (-1, 0, 0))[0]:
                    best[word] = (room, window, place)
    found: list[dict[int, int]] = [{} for _ in offsets]
    for word, (_, window, place) in best.items():
        if word >= 0:
            found[window][word] = place
    return found


def _words_by_character(tokens: Sequence[str]) -> list[int]:
    """The word that each character of the text belongs to; -1 for the spaces between them."""
    owners: list[int] = []
    for word, token in enumerate(tokens):
        owners += [word if not char.isspace() else -1 for char in token]
        owners.append(-1)
    return owners
