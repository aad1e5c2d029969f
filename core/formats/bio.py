"""CoNLL-style columns: one token and its tag per line, a blank line between sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import FormatError
from core.formats import DEFAULT, formats
from core.formats.labels import EMPTY, is_known, token_labels
from core.formats.text_input import BLANK, at_least_one, blocks, numbered_lines
from core.formats.text_output import after_bom, checked_tokens, encode, written_labels
from core.types import Instance, ReadOptions, Record, TaskName

TAG = re.compile(r"[^\t]+\t[^\t\s]+|[^ \t]+ [A-Z][A-Z0-9$:.+_-]*")
"""A token and something like a tag: after a tab any word, after a space one in capitals."""


@dataclass(frozen=True, slots=True)
class Bio:
    """`token TAG` or `token<tab>TAG`. Illegal BIO sequences are kept: they occur in real gold.

    With a tab as separator a token may hold spaces. Writing uses one space, so it cannot say a
    token with a space; nor the text between the words (it becomes the tokens joined by spaces),
    meta, or confidences. A sentence whose tags are all `_` has no labels.
    """

    name: str = "bio"
    suffixes: tuple[str, ...] = (".txt", ".bio", ".conll")
    tasks: tuple[TaskName, ...] = ("pos", "ner")
    title: str = "token and tag per line (CoNLL, BIO)"

    def read(
        self,
        path: Path,
        *,
        task: TaskName,
        split: str,
        name: str | None = None,
        options: ReadOptions = DEFAULT,
    ) -> Iterator[Record]:
        """See `Format.read`."""
        where = name or path.name
        return at_least_one(_records(path, where, split), where, "lines of a token and a tag")

    def write(self, rows: Iterable[Record], out: BinaryIO, *, task: TaskName) -> None:
        """See `Format.write`."""
        for n, record in enumerate(rows):
            tokens = checked_tokens(record, self.name, " \t\n\r\x00")
            labels = written_labels(record, self.name)
            lines = [f"{token} {label}\n" for token, label in zip(tokens, labels, strict=True)]
            text = encode("".join(lines) + "\n", record, self.name)
            out.write(text if n else after_bom(text))

    def sniff(self, head: str, path: Path) -> int:
        """Share of the lines that are a token and a tag; faults are left to the reader.

        A first line like that makes even a short file with as many faults no plain text. Tags of a
        tag set of one's own are told by their shape, which is a weaker guess.
        """
        lines = [line for line in head.split("\n")[:200] if line.strip(BLANK)]
        good = [_looks_tagged(line) for line in lines]
        share = sum(good) / max(len(lines), 1)
        if share > 0.6:
            return round(90 * share)
        if share > 0.3 and good[0]:
            return 25
        shaped = sum(TAG.fullmatch(line.rstrip("\r")) is not None for line in lines)
        return 35 if shaped > 0.9 * len(lines) else 0


def _looks_tagged(line: str) -> bool:
    columns = _split(line.rstrip("\r"))
    tag = columns[-1]
    return len(columns) == 2 and (is_known("pos", tag) or is_known("ner", tag) or tag == EMPTY)


def _split(line: str) -> list[str]:
    return line.split("\t") if "\t" in line else line.split(" ")


def _records(path: Path, name: str, split: str) -> Iterator[Record]:
    for position, block in enumerate(blocks(numbered_lines(path, name))):
        pairs = [_pair(line, name, number) for number, line in block]
        tokens = tuple(token for token, _ in pairs)
        labels = token_labels([tag for _, tag in pairs])
        lines = tuple(number for number, _ in block)
        yield Record(Instance(position, split, tokens, " ".join(tokens)), labels, lines=lines)


def _pair(line: str, name: str, number: int) -> tuple[str, str]:
    columns = _split(line)
    if len(columns) != 2:
        message = f"{len(columns)} column{'s' * (len(columns) != 1)}, expected a token and a tag."
        hint = "Write `token TAG` with one space or one tab, and blank lines between sentences only."
        raise FormatError(name, number, message, hint)
    token, tag = columns
    if not token or not tag:
        what = "token" if not token else "tag"
        raise FormatError(name, number, f"an empty {what}, expected a token and a tag.", "Fill it in.")
    return token, tag


formats.register("bio")(Bio())
