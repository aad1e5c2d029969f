"""Line-aligned text: two files, line n of one being the translation of line n of the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO

from core.errors import FormatError
from core.formats import DEFAULT, formats
from core.formats.extras import translated
from core.formats.fields import Place, unlabelled
from core.formats.text_input import at_least_one, numbered_lines, without_ending
from core.formats.text_output import after_bom, encode, inexpressible, line_safe
from core.types import ReadOptions, Record, TaskName


@dataclass(frozen=True, slots=True)
class Parallel:
    """A sentence per line, and the other file (`ReadOptions.partner`) in meta as its translation.

    A pair of lines of which one or both are blank is skipped. Both files must have as many lines;
    blank ones at the end do not count. Words are told as the options say. Writing gives the text
    side only: labels, translations and other meta are left out on purpose.
    """

    name: str = "parallel"
    suffixes: tuple[str, ...] = (".txt",)
    tasks: tuple[TaskName, ...] = ("pos", "ner", "topic")
    title: str = "two files, line by line translations"

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
            instance = record.instance
            if instance.text_b is not None or not instance.text.strip():
                why = "its text is blank" if instance.text_b is None else "it has two texts"
                raise inexpressible(record, self.name, why)
            text = encode(line_safe(instance.text, record, self.name) + "\n", record, self.name)
            out.write(text if n else after_bom(text))

    def sniff(self, head: str, path: Path) -> int:
        """Never: one file alone is plain text."""
        return 0


def _records(path: Path, name: str, task: TaskName, split: str, options: ReadOptions) -> Iterator[Record]:
    if not options.partner:
        message = "no file with translations was given, expected one with as many lines."
        raise FormatError(name, 0, message, "Give both files, or import this one as text.")
    position = 0
    for line, text, other in _pairs(path, name, Path(options.partner)):
        if text.strip() and other.strip():
            meta = translated(options.partner_language, other)
            yield unlabelled(text, meta, Place(name, line, task, split, position, options))
            position += 1


def _pairs(path: Path, name: str, partner: Path) -> Iterator[tuple[int, str, str]]:
    """Line number, line and its translation; only blank lines at the end may be without one."""
    for here, there in zip_longest(numbered_lines(path, name), numbered_lines(partner, partner.name)):
        if here and there:
            yield here[0], without_ending(here[1]), without_ending(there[1])
        elif (here or there or (0, ""))[1].strip():
            raise _unequal(path, name, partner)


def _unequal(path: Path, name: str, partner: Path) -> FormatError:
    here, there = (sum(1 for _ in numbered_lines(file, file.name)) for file in (path, partner))
    message = f"{here:,} lines, and {partner.name} has {there:,}: expected as many."
    return FormatError(name, 0, message, "Line n of one file must be the translation of line n of the other.")


formats.register("parallel")(Parallel())
