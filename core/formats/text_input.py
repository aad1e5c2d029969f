"""Shared opener: strict UTF-8 with an optional BOM, lines that end only at a line feed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from core.errors import FormatError
from core.types import Record

BOM = b"\xef\xbb\xbf"
BLANK = " \t\r\n"
LONGEST_LINE = 64 * 1024 * 1024
"""Bytes. A longer "line" is a binary file; reading it whole would fill the memory."""


def starts_with_bom(path: Path) -> bool:
    """Whether the file begins with a UTF-8 byte order mark."""
    with path.open("rb") as file:
        return file.read(3) == BOM


def numbered_lines(path: Path, name: str) -> Iterator[tuple[int, str]]:
    """Stream (line number from 1, line with its own ending), without a BOM at the start.

    Lines end at a line feed only: U+2028, U+0085 or a form feed are text.

    Raises:
        FormatError: the file is empty, missing, not UTF-8 or holds a NUL byte (is binary).
    """
    number = 0
    with _open(path, name) as file:
        if file.read(3) != BOM:
            file.seek(0)
        while line := file.readline(LONGEST_LINE):
            number += 1
            yield number, _decode(line, name, number)
    if not number:
        raise FormatError(name, 0, "the file is empty.", "Give a file that holds at least one sentence.")


def without_ending(line: str) -> str:
    r"""Drop one line ending, `\n` or `\r\n`, and nothing else."""
    if line.endswith("\r\n"):
        return line[:-2]
    return line[:-1] if line.endswith("\n") else line


def blocks(lines: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Group lines between blank ones; a line of only spaces or tabs is blank too."""
    block: list[tuple[int, str]] = []
    for number, line in lines:
        if line[0] in BLANK and not line.strip(BLANK):
            if block:
                yield block
                block = []
        else:
            block.append((number, without_ending(line)))
    if block:
        yield block


def at_least_one(records: Iterator[Record], name: str, expected: str) -> Iterator[Record]:
    """Pass records on; raise FormatError if there was none, saying what was expected."""
    n = -1
    for n, record in enumerate(records):  # noqa: B007
        yield record
    if n < 0:
        raise FormatError(name, 0, f"no sentence or row found, expected {expected}.", "Check the file.")


def _open(path: Path, name: str) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        message = f"cannot be opened ({error.strerror or error})."
        raise FormatError(name, 0, message, "Check that the path names a readable file.") from error


def _decode(line: bytes, name: str, number: int) -> str:
    hint = "Save the file as UTF-8 plain text, or choose the format it really has."
    if len(line) == LONGEST_LINE:
        raise FormatError(name, number, "the line is longer than 64 MiB, expected lines of text.", hint)
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"byte {error.start + 1} of the line is not UTF-8, expected UTF-8 text."
        raise FormatError(name, number, message, hint) from error
    if "\x00" in text:
        raise FormatError(name, number, "a NUL byte, expected text: this is a binary file or UTF-16.", hint)
    return text
