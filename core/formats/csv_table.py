"""Comma, semicolon or tab separated tables with a header, as spreadsheets write them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import FormatError
from core.formats import formats
from core.formats.fields import NAMES, Place, record_from_fields
from core.formats.tables import quoted, read_table, write_header
from core.formats.text_input import at_least_one, numbered_lines, without_ending
from core.formats.text_output import checked_labels, checked_tokens, inexpressible
from core.types import Record, TaskName

DELIMITERS = ",;\t"
COLUMNS: dict[TaskName, tuple[str, ...]] = {
    "pos": ("tokens", "labels", "text"),
    "ner": ("tokens", "labels", "text"),
    "nli": ("premise", "hypothesis", "label"),
    "topic": ("text", "label"),
}
"""What is written. Read are these and their other names (`fields.NAMES`)."""


@dataclass(frozen=True, slots=True)
class CsvTable:
    """pos, ner: `tokens` and `labels` separated by one space, or `text`; topic: `text`, `label`;
    nli: `premise`, `hypothesis`, `label`. An empty label means none.

    The separator is told from the header. Columns `id` and `split` are read. Writing cannot say
    tokens with spaces, confidences or meta.
    """

    name: str = "csv"
    suffixes: tuple[str, ...] = (".csv", ".tsv")
    tasks: tuple[TaskName, ...] = ("pos", "ner", "nli", "topic")
    title: str = "table with a header (CSV)"

    def read(self, path: Path, *, task: TaskName, split: str, name: str | None = None) -> Iterator[Record]:
        """See `Format.read`."""
        where = name or path.name
        return at_least_one(_records(path, where, task, split), where, "rows after the header")

    def write(self, rows: Iterable[Record], out: BinaryIO, *, task: TaskName) -> None:
        """See `Format.write`."""
        write_header(COLUMNS[task], ",", out)
        for record in rows:
            out.write(quoted(_cells(record, task), ",", record, self.name))

    def sniff(self, head: str, path: Path) -> int:
        """A header that names a text or tokens; surer with the suffix."""
        columns = _columns(head.partition("\n")[0].rstrip("\r"))[1]
        known = {*NAMES["tokens"], *NAMES["text"]} & set(columns)
        if not known:
            return 30 if path.suffix == ".csv" else 0
        return 70 if path.suffix in self.suffixes else 40 if len(columns) > 1 else 5


def _columns(header: str) -> tuple[str, list[str]]:
    """The separator under which most columns have a known name, and those columns."""
    known = {name for names in NAMES.values() for name in names}
    split = [(delimiter, _split(header, delimiter)) for delimiter in DELIMITERS]
    return max(split, key=lambda found: len(known & set(found[1])))


def _split(header: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error:
        return [header]


def _records(path: Path, name: str, task: TaskName, split: str) -> Iterator[Record]:
    _, header = next(numbered_lines(path, name))
    delimiter, columns = _columns(without_ending(header))
    _check_columns(columns, task, name)
    for position, (line, cells) in enumerate(read_table(path, name, delimiter, ())):
        place = Place(name, line, task, split, position)
        yield record_from_fields(_values(cells, task), place)


def _check_columns(columns: list[str], task: TaskName, name: str) -> None:
    needed = {"pos": ["tokens"], "ner": ["tokens"], "nli": ["text", "text_b"], "topic": ["text"]}[task]
    for field in needed:
        names = NAMES[field] + (NAMES["text"] if field == "tokens" else ())
        if not set(names) & set(columns):
            found = ", ".join(columns)[:200]
            message = f"no column {' or '.join(names)} in the header, found: {found}."
            raise FormatError(name, 1, message, f"For {task} name the columns {', '.join(COLUMNS[task])}.")


def _values(cells: dict[str, str], task: TaskName) -> dict[str, object]:
    """Cells as fields: in a token task, lists in place of words separated by one space."""
    values: dict[str, object] = {key: value for key, value in cells.items() if value}
    if task in ("pos", "ner"):
        lists = {*NAMES["tokens"], *NAMES["labels"]}
        values.update({key: cells[key].split(" ") for key in lists & set(values)})
    for key in {*NAMES["confidences"], "meta"} & set(values):
        del values[key]
    return values


def _cells(record: Record, task: TaskName) -> tuple[str, ...]:
    instance = record.instance
    if task in ("pos", "ner"):
        tokens = checked_tokens(record, "csv", " ")
        labels = checked_labels(record, "csv", len(tokens)) or ()
        return " ".join(tokens), " ".join(labels), instance.text
    label = (checked_labels(record, "csv", 1, "") or ("",))[0]
    if not instance.text or (task == "nli" and not instance.text_b):
        raise inexpressible(record, "csv", "a text of it is empty")
    return (instance.text, instance.text_b or "", label) if task == "nli" else (instance.text, label)


formats.register("csv")(CsvTable())
