"""Tables with a header, csv-quoted: streamed rows with their line, and rows written back."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from core.errors import FormatError
from core.formats.text_input import numbered_lines
from core.formats.text_output import encode, inexpressible
from core.types import Record

LONGEST_FIELD = 16 * 1024 * 1024
"""Characters. An unclosed quote would otherwise swallow the rest of a file."""

csv.field_size_limit(LONGEST_FIELD)

Row = tuple[int, dict[str, str]]


def read_table(path: Path, name: str, delimiter: str, needed: Sequence[str]) -> Iterator[Row]:
    """Stream (first line of the row, field by column) of a quoted table; blank lines are skipped.

    Raises:
        FormatError: no header, a needed column missing, a row of another width, broken quotes.
    """
    header: list[str] | None = None
    for line, cells in quoted_rows(path, name, delimiter):
        if header is None:
            header = cells
            check_header(header, needed, name, line)
        elif cells:
            check_width(cells, header, name, line)
            yield line, dict(zip(header, cells, strict=True))


def quoted_rows(path: Path, name: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Stream (first line, cells). Line breaks inside quotes are kept as they stand."""
    lines = (line for _, line in numbered_lines(path, name))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        first = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = f"the quotes of this row do not close or match ({error}), expected csv quoting."
            raise FormatError(name, first, message, 'Write a " inside a quoted field as "".') from error
        yield first, cells


def check_header(header: Sequence[str], needed: Sequence[str], name: str, line: int) -> None:
    """FormatError naming the columns that are missing or given twice."""
    missing = [column for column in needed if column not in header]
    found = ", ".join(header)[:200]
    if missing:
        message = f"no column {' and no column '.join(missing)} in the header, found: {found}."
        raise FormatError(name, line, message, f"The first line must name the columns {', '.join(needed)}.")
    if len(set(header)) < len(header):
        raise FormatError(name, line, f"a column is named twice: {found}.", "Rename one of them.")


def check_there(header: Sequence[str], columns: Mapping[str, str], name: str, line: int) -> None:
    """FormatError naming the columns a user chose that a table does not have."""
    missing = sorted({column for column in columns.values() if column} - set(header))
    if missing:
        said = ", ".join(map(repr, missing))
        found = ", ".join(header)[:200]
        message = f"no column {said} in the header, found: {found}."
        raise FormatError(name, line, message, "Choose columns that are there.")


def check_width(cells: Sequence[str], header: Sequence[str], name: str, line: int) -> None:
    """FormatError when a row has more or fewer cells than the header."""
    if len(cells) != len(header):
        message = (
            f"{len(cells)} column{'s' * (len(cells) != 1)}, expected {len(header)} ({', '.join(header)})."
        )
        raise FormatError(name, line, message, "Check the row for a missing or an unquoted separator.")


def quoted(cells: Sequence[str], delimiter: str, record: Record, format_name: str) -> bytes:
    """One csv-quoted line ending in a line feed, as UTF-8; a NUL cannot be written."""
    for cell in cells:
        if "\x00" in cell:
            raise inexpressible(record, format_name, "it holds a NUL character")
    parts: list[str] = []
    # The writer quotes the characters of its line ending: with \r\n a lone \r is quoted as well.
    csv.writer(_Sink(parts), delimiter=delimiter, lineterminator="\r\n").writerow(cells)
    return encode("".join(parts).removesuffix("\r\n") + "\n", record, format_name)


def write_header(columns: Sequence[str], delimiter: str, out: BinaryIO) -> None:
    """The first line of a table."""
    out.write((delimiter.join(columns) + "\n").encode())


class _Sink:
    def __init__(self, parts: list[str]) -> None:
        self._parts = parts

    def write(self, text: str, /) -> object:
        self._parts.append(text)
        return None
