"""What is odd about a record's text and labels: things an import keeps, and tells the user of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

from core.normal import INVISIBLE, SPACES
from core.types import Record, TaskName

LONG = 512
"""Tokens. A prompt with exemplars of this length does not fit most models."""
CONFUSABLE = frozenset({"LATIN", "CYRILLIC", "GREEK"})
"""Scripts whose letters look alike: two of them in one word are a slip of the keyboard."""

Finding = tuple[str, int, str, str]
"""(kind, line, what was found, what is done about it)."""


@dataclass
class TextChecks:
    """Looks at records as they stream by; remembers ids and texts by hash, 8 bytes each."""

    task: TaskName
    _ids: set[tuple[str, bytes]] = field(default_factory=set)
    _texts: dict[bytes, str] = field(default_factory=dict)

    def of(self, record: Record) -> Iterator[Finding]:
        """What is odd about one record; labels must be as decided."""
        line = record.lines[0] if record.lines else 0
        yield from self._repeated(record, line)
        text = f"{record.instance.text}\n{record.instance.text_b or ''}"
        if not text.isascii():
            yield from _characters(record, text, line)
        if len(record.instance.tokens) > LONG:
            found = f"a sentence of {len(record.instance.tokens)} tokens"
            yield "long_sentence", line, found, "Kept; it may not fit into a prompt."
        if self.task == "ner" and record.labels:
            yield from _illegal_bio(record, line)

    def _repeated(self, record: Record, line: int) -> Iterator[Finding]:
        item = record.instance
        name = item.meta.get("sent_id", item.meta.get("id"))
        if name is not None:
            key = (item.split, _hash(str(name)))
            if key in self._ids:
                yield "duplicate_id", line, f"the id {str(name)[:80]!r} was there before", _TOLD_APART
            self._ids.add(key)
        text = _hash(f"{item.text}\0{item.text_b or ''}")
        split = self._texts.get(text)
        if split is None:
            self._texts[text] = item.split
        elif split != item.split:
            found = f"the same text is in {split}, too"
            yield "leak", line, found, "Kept; scores on it are too good if the other split is trained on."
        else:
            yield "duplicate_text", line, "the same text was there before", "Kept, and counted twice."


_TOLD_APART = "Kept; items are told apart by their place in the file."


def _hash(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _characters(record: Record, text: str, line: int) -> Iterator[Finding]:
    hidden = INVISIBLE.search(text)
    if hidden or SPACES.search(text):
        kind = (
            f"U+{ord(hidden[0]):04X} {unicodedata.name(hidden[0], '')}".strip() if hidden else "a wide space"
        )
        done = "Kept; shown by a visible mark, left out of comparisons and search."
        yield "invisible", line, f"an invisible character ({kind})", done
    if not unicodedata.is_normalized("NFC", text):
        yield "not_nfc", line, "characters are not in composed form (NFC)", _BESIDE
    for place, token in enumerate(record.instance.tokens or text.split()):
        if not token.isascii() and len(_scripts(token) & CONFUSABLE) > 1:
            where = record.lines[place] if len(record.lines) == len(record.instance.tokens) > 1 else line
            found = (
                f"{token[:60]!r} mixes {' and '.join(sorted(_scripts(token) & CONFUSABLE)).title()} letters"
            )
            yield "mixed_script", where, found, "Kept; look whether a letter was mistyped."
            return


def _named(hidden: re.Match[str] | None) -> str:
    """The character's number and name; a special space where nothing is hidden."""
    if hidden is None:
        return "a space that is no plain one"
    return f"U+{ord(hidden[0]):04X} {unicodedata.name(hidden[0], '')}".strip()


_BESIDE = "Kept; the composed form is stored beside it, for comparison and search."


@lru_cache(maxsize=50_000)
def _scripts(token: str) -> frozenset[str]:
    return frozenset(_script(char) for char in token if char.isalpha())


@lru_cache(maxsize=10_000)
def _script(char: str) -> str:
    """First word of the character's Unicode name, which for a letter is its script."""
    return unicodedata.name(char, "").partition(" ")[0]


def _illegal_bio(record: Record, line: int) -> Iterator[Finding]:
    before = "O"
    for place, label in enumerate(record.labels or ()):
        if label.startswith("I-") and before[2:] != label[2:]:
            where = record.lines[place] if len(record.lines) > 1 else line
            done = "Kept; the strict score leaves it out, the lenient one lets it begin an entity."
            yield "illegal_bio", where, f"{label} after {before} continues no entity", done
        before = label
