"""Sentence pairs: the tables of the SSP release, of AmericasNLI, and any with the same columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import FormatError
from core.formats import DEFAULT, formats
from core.formats.tables import check_header, check_width, quoted, read_table, write_header
from core.formats.text_input import BLANK, at_least_one, numbered_lines, without_ending
from core.formats.text_output import checked_labels, encode, inexpressible, line_safe
from core.types import Instance, ReadOptions, Record, TaskName

AMERICAS = ("id", "language", "premise", "hypothesis", "label")
RELEASE = ("premise", "hypothesis", "output", "language")
LABEL_COLUMNS = ("output", "label")


@dataclass(frozen=True, slots=True)
class Nli:
    """Tab-separated premise, hypothesis and label, in one of two conventions told by the header.

    Exactly `id language premise hypothesis label` (AmericasNLI) is not quoted: a field is what
    stands between two tabs. Every other header with premise and hypothesis is csv-quoted; the
    label is in `output` (release) or `label`, or there is none. Other columns go to meta. An empty
    label means none; a premise of one space is legal. Writing takes the AmericasNLI columns when
    the first record has `id` and `language` in meta (then a text with a tab or line break cannot
    be said), the release's otherwise (then other meta than `language` cannot).
    """

    name: str = "nli"
    suffixes: tuple[str, ...] = (".tsv",)
    tasks: tuple[TaskName, ...] = ("nli",)
    title: str = "premise and hypothesis table (SSP release, AmericasNLI)"

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
        return at_least_one(_records(path, where, split), where, "rows after the header")

    def write(self, rows: Iterable[Record], out: BinaryIO, *, task: TaskName) -> None:
        """See `Format.write`."""
        columns: tuple[str, ...] = ()
        for record in rows:
            if not columns:
                columns = AMERICAS if {"id", "language"} <= set(record.instance.meta) else RELEASE
                write_header(columns, "\t", out)
            out.write(_americas(record) if columns == AMERICAS else _release(record))

    def sniff(self, head: str, path: Path) -> int:
        """Certain by its header."""
        columns = head.partition("\n")[0].rstrip("\r").split("\t")
        return 96 if {"premise", "hypothesis"} <= set(columns) else 0


def _records(path: Path, name: str, split: str) -> Iterator[Record]:
    _, header = next(numbered_lines(path, name))
    columns = tuple(without_ending(header).split("\t"))
    rows = _plain_rows(path, name) if columns == AMERICAS else read_table(path, name, "\t", RELEASE[:2])
    for position, (line, fields) in enumerate(rows):
        yield _record(fields, name, line, split, position)


def _plain_rows(path: Path, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    for number, line in numbered_lines(path, name):
        if number == 1:
            check_header(without_ending(line).split("\t"), AMERICAS, name, number)
        elif line.strip(BLANK):
            cells = without_ending(line).split("\t")
            check_width(cells, AMERICAS, name, number)
            yield number, dict(zip(AMERICAS, cells, strict=True))


def _record(fields: Mapping[str, str], name: str, line: int, split: str, position: int) -> Record:
    meta = {
        key: value for key, value in fields.items() if key not in (*RELEASE[:2], *LABEL_COLUMNS) and value
    }
    premise, hypothesis = fields["premise"], fields["hypothesis"]
    if not premise or not hypothesis:
        what = "hypothesis" if premise else "premise"
        raise FormatError(name, line, f"an empty {what}, expected a sentence.", "Fill it in.")
    instance = Instance(position, split, (), premise, hypothesis, meta)
    label = next((fields[column] for column in LABEL_COLUMNS if fields.get(column)), "")
    return Record(instance, (label,) if label else None, lines=(line,))


def _parts(record: Record) -> tuple[str, str, str]:
    instance = record.instance
    if not instance.text or not instance.text_b:
        raise inexpressible(record, "nli", "it is not a premise with a hypothesis")
    labels = checked_labels(record, "nli", 1)
    return instance.text, instance.text_b, labels[0] if labels else ""


def _release(record: Record) -> bytes:
    cells = (*_parts(record), str(record.instance.meta.get("language", "")))
    return quoted(cells, "\t", record, "nli")


def _americas(record: Record) -> bytes:
    meta = record.instance.meta
    cells = (str(meta.get("id", "")), str(meta.get("language", "")), *_parts(record))
    line = "\t".join(line_safe(cell, record, "nli", "\t\n\r\x00") for cell in cells)
    return encode(line + "\n", record, "nli")


formats.register("nli")(Nli())
