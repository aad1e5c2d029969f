"""Plain text: a sentence or document per line, without labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.formats import DEFAULT, formats
from core.formats.fields import Place, unlabelled
from core.formats.text_input import at_least_one, numbered_lines, without_ending
from core.formats.text_output import after_bom, encode, inexpressible, line_safe
from core.types import ReadOptions, Record, TaskName


@dataclass(frozen=True, slots=True)
class Text:
    """Lines are kept exactly; those of white space only are skipped. Words are split at white
    space, or as the options say.

    Writing says the text only: labels, confidences and meta are left out on purpose. Where the
    text does not split into the tokens, the tokens joined by spaces are written instead.
    """

    name: str = "text"
    suffixes: tuple[str, ...] = (".txt", ".text")
    tasks: tuple[TaskName, ...] = ("pos", "ner", "topic")
    title: str = "plain text, a sentence per line"

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
        return at_least_one(_records(path, where, task, split, options), where, "a sentence per line")

    def write(self, rows: Iterable[Record], out: BinaryIO, *, task: TaskName) -> None:
        """See `Format.write`."""
        for n, record in enumerate(rows):
            text = encode(_line(record) + "\n", record, self.name)
            out.write(text if n else after_bom(text))

    def sniff(self, head: str, path: Path) -> int:
        """A weak guess, by the suffix: any text would do."""
        return 20 if path.suffix in self.suffixes and head.strip() and "\x00" not in head else 0


def _records(path: Path, name: str, task: TaskName, split: str, options: ReadOptions) -> Iterator[Record]:
    position = 0
    for number, line in numbered_lines(path, name):
        if line.strip():
            text = without_ending(line)
            yield unlabelled(text, {}, Place(name, number, task, split, position, options))
            position += 1


def _line(record: Record) -> str:
    instance = record.instance
    if instance.text_b is not None:
        raise inexpressible(record, "text", "it has two texts")
    text = instance.text
    if instance.tokens and tuple(text.split()) != instance.tokens:
        text = " ".join(instance.tokens)
        if tuple(text.split()) != instance.tokens:
            raise inexpressible(record, "text", "a token holds white space")
    if not text.strip():
        raise inexpressible(record, "text", "its text is blank")
    return line_safe(text, record, "text")


formats.register("text")(Text())
