"""What a prompt asks for, read as a model would: its labels, its exemplars, its question."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

LIST = re.compile(r":\s*([^\s.:,][^.:,\n]*(?:,\s*[^\s.:,][^.:,\n]*)+)")
"""After a colon, names parted by commas: the label set."""
INLINE = re.compile(r"^(?:[^\W\d_][\w '-]{0,40}:[ \t]+)?\S+/[A-Za-z-]+(?: \S+/[A-Za-z-]+)*$", re.MULTILINE)
NAME = re.compile(r"^[^\W\d_][\w '-]{0,40}:[ \t]+(?=\S)")
"""What a value may stand behind."""
FIELD = re.compile(r"^\W*(?:[^\W\d_][\w '-]{0,40}):[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
"""A line `Name: value`."""


@dataclass(frozen=True)
class Question:
    """A prompt; `labels` may be told by the constraint instead."""

    text: str

    @cached_property
    def labels(self) -> tuple[str, ...]:
        found = LIST.search(self.text)
        return tuple(name.strip() for name in found[1].split(",")) if found else ("X",)

    @cached_property
    def lexicon(self) -> Mapping[str, str]:
        """The most frequent tag of each word of the exemplars; the first seen where several are."""
        seen: dict[str, Counter[str]] = defaultdict(Counter)
        for word, tag in self._tagged():
            seen[word.casefold()][tag] += 1
        return {word: tags.most_common(1)[0][0] for word, tags in seen.items()}

    def _tagged(self) -> Iterator[tuple[str, str]]:
        for whole in self.text.splitlines():
            line = NAME.sub("", whole)
            if "\t" in line:
                word, _, tag = line.partition("\t")
                yield word, tag.strip()
            elif INLINE.match(line):
                yield from (tuple(pair.rsplit("/", 1)) for pair in line.split(" "))  # type: ignore[misc]
            elif line.strip()[:1] in {"{", "["}:
                yield from pairs_of(line)

    @cached_property
    def style(self) -> str:
        """rows, json, inline or label: that of the exemplars, else that of the instruction."""
        if any("\t" in line for line in self.text.splitlines()) or re.search(r"\btab\b", self.text):
            return "rows"
        if re.search(r"\bJSON\b", self.text):
            return "json"
        return "inline" if INLINE.search(self.text) or "word/" in self.text.lower() else "label"

    @cached_property
    def query(self) -> str:
        """The value of the last line `Name: value`."""
        found = FIELD.findall(self.text)
        return str(found[-1]).strip() if found else self.text.strip().splitlines()[-1]

    @cached_property
    def words(self) -> list[str]:
        return self.query.split(" ")

    def tag(self, word: str, labels: Sequence[str] = ()) -> str:
        """The tag of a word, out of `labels` where they are given."""
        allowed = labels or self.labels
        known = self.lexicon.get(word.casefold(), "")
        return known if known in allowed or (known and not labels) else _fallback(allowed)

    def label(self, labels: Sequence[str] = ()) -> str:
        """The label of the exemplar that shares most words with the question."""
        allowed = tuple(labels or self.labels)
        *exemplars, query = [block for block in re.split(r"\n\s*\n", self.text) if block.strip()]
        mine, best, most = set(query.split()), allowed[0], 0
        for block in exemplars:
            said = FIELD.findall(block)
            shared = len(mine & set(block.split()))
            if said and said[-1] in allowed and shared > most:
                best, most = said[-1], shared
        return best


def _fallback(labels: Sequence[str]) -> str:
    return "O" if "O" in labels else labels[0]


def pairs_of(line: str) -> Iterator[tuple[str, str]]:
    """(word, tag) in a JSON document: pairs, objects of two strings, or an object of words."""
    try:
        document = json.loads(line)
    except ValueError:
        return
    yield from _pairs(document)


def _pairs(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        values = list(node.values())
        if len(values) == 2 and all(isinstance(value, str) for value in values):
            yield values[0], values[1]
        elif values and all(isinstance(value, str) for value in values):
            yield from node.items()
        else:
            for value in values:
                yield from _pairs(value)
    elif isinstance(node, list):
        if len(node) == 2 and all(isinstance(value, str) for value in node):
            yield node[0], node[1]
        else:
            for value in node:
                yield from _pairs(value)
