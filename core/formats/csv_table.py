"""Comma, semicolon or tab separated tables with a header, as spreadsheets write them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import FormatError
from core.formats import DEFAULT, formats
from core.formats.extras import NO_GLOSS, per_token, translations_of
from core.formats.fields import NAMES, Place, check_chosen, named, record_from_fields
from core.formats.tables import check_there, quoted, read_table, write_header
from core.formats.text_input import at_least_one, numbered_lines, without_ending
from core.formats.text_output import checked_labels, checked_tokens, inexpressible, line_safe
from core.types import ReadOptions, Record, TaskName

DELIMITERS = ",;\t"
COLUMNS: dict[TaskName, tuple[str, ...]] = {
    "pos": ("tokens", "labels", "text"),
    "ner": ("tokens", "labels", "text"),
    "nli": ("premise", "hypothesis", "label"),
    "topic": ("text", "label"),
}
"""What is written. Read are these and their other names (`fields.NAMES`)."""
SURE, GLOSSES = "confidences", "glosses"


@dataclass(frozen=True, slots=True)
class CsvTable:
    """pos, ner: `tokens` and `labels` separated by one space, or `text`; topic: `text`, `label`;
    nli: `premise`, `hypothesis`, `label`. An empty label means none.

    The separator is told from the header. Columns `id` and `split` are read, and so are `confidences`
    (numbers separated by one space), `glosses` (one per token, separated by one space, `_` = none) and
    `translation_<code>`, which are written when the first record has them. `ReadOptions.columns` says
    which columns hold what, where their names do not. Writing cannot say tokens or glosses with spaces,
    or other meta.
    """

    name: str = "csv"
    suffixes: tuple[str, ...] = (".csv", ".tsv")
    tasks: tuple[TaskName, ...] = ("pos", "ner", "nli", "topic")
    title: str = "table with a header (CSV)"

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
        check_chosen(options.columns)
        return at_least_one(_records(path, where, task, split, options), where, "rows after the header")

    def write(self, rows: Iterable[Record], out: BinaryIO, *, task: TaskName) -> None:
        """See `Format.write`."""
        beside: list[str] | None = None
        for record in rows:
            if beside is None:
                beside = _columns_beside(record)
                out.write(quoted((*COLUMNS[task], *beside), ",", record, self.name))
            cells = (*_cells(record, task), *_cells_beside(record, beside))
            out.write(quoted(cells, ",", record, self.name))
        if beside is None:
            write_header(COLUMNS[task], ",", out)

    def sniff(self, head: str, path: Path) -> int:
        """A header that names a text or tokens; surer with the suffix."""
        columns = _columns(head.partition("\n")[0].rstrip("\r"))[1]
        known = {*NAMES["tokens"], *NAMES["text"]} & set(columns)
        if not known:
            return 30 if path.suffix == ".csv" or (path.suffix == ".tsv" and "\t" in head) else 0
        return 70 if path.suffix in self.suffixes else 40 if len(columns) > 1 else 5


def columns(path: Path) -> list[str]:
    """The cells of a table's header. Raises FormatError for a file that is no text."""
    _, header = next(numbered_lines(path, path.name))
    return _columns(without_ending(header))[1]


def _columns(header: str, chosen: Iterable[str] = ()) -> tuple[str, list[str]]:
    """The separator under which most columns have a known or chosen name (else: most columns there
    are), and those columns.
    """
    known = {name for names in NAMES.values() for name in names} | set(chosen)
    split = [(delimiter, _split(header, delimiter)) for delimiter in DELIMITERS]
    return max(split, key=lambda found: (len(known & set(found[1])), len(found[1])))


def _split(header: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error:
        return [header]


def _records(path: Path, name: str, task: TaskName, split: str, options: ReadOptions) -> Iterator[Record]:
    _, first = next(numbered_lines(path, name))
    delimiter, header = _columns(without_ending(first), options.columns.values())
    check_there(header, options.columns, name, 1)
    _check_columns(header, options.columns, task, name)
    for position, (line, cells) in enumerate(read_table(path, name, delimiter, ())):
        place = Place(name, line, task, split, position, options)
        yield record_from_fields(_values(cells, place), place)


def _check_columns(header: list[str], chosen: Mapping[str, str], task: TaskName, name: str) -> None:
    needed = {"pos": ["tokens"], "ner": ["tokens"], "nli": ["text", "text_b"], "topic": ["text"]}[task]
    for field in needed:
        names = NAMES[field] + (NAMES["text"] if field == "tokens" else ())
        given = chosen.get(field) or (chosen.get("text") if field == "tokens" else "")
        if not given and not set(names) & set(header):
            found = ", ".join(header)[:200]
            message = f"no column {' or '.join(names)} in the header, found: {found}."
            raise FormatError(name, 1, message, f"For {task} name the columns {', '.join(COLUMNS[task])}.")


def _values(cells: dict[str, str], place: Place) -> dict[str, object]:
    """Cells as fields: in a token task, lists in place of words separated by one space."""
    chosen = place.options.columns
    values = named({key: value for key, value in cells.items() if value}, chosen)
    if place.task in ("pos", "ner"):
        for field in ("tokens", "labels"):
            value = values[field]
            values[field] = value.split(" ") if isinstance(value, str) else None
    sure = cells.get(chosen.get("confidences", SURE), "")
    return values | {"confidences": _numbers(sure, place), "meta": None}


def _numbers(cell: str, place: Place) -> list[float] | None:
    """A cell of numbers. A column that is only called `confidence` may say anything, and is not read."""
    try:
        return [float(number) for number in cell.split(" ")] if cell else None
    except ValueError:
        message = f"confidences {cell[:40]!r} are not numbers separated by one space."
        raise place.wrong(message, "Write one number from 0 to 1 per label.") from None


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


def _columns_beside(first: Record) -> list[str]:
    """The columns of confidences, glosses and translations that a first record calls for."""
    sure = [SURE] if first.confidences is not None else []
    glosses = [GLOSSES] if per_token(first, GLOSSES) else []
    return [*sure, *glosses, *(f"translation_{code}" for code in translations_of(first))]


def _cells_beside(record: Record, columns: list[str]) -> list[str]:
    cells = {f"translation_{code}": text for code, text in translations_of(record).items()}
    if GLOSSES in columns:
        cells[GLOSSES] = " ".join(_gloss(gloss, record) for gloss in per_token(record, GLOSSES))
    cells[SURE] = " ".join(repr(float(number)) for number in record.confidences or ())
    return [cells.get(column, "") for column in columns]


def _gloss(gloss: str, record: Record) -> str:
    if gloss == NO_GLOSS:
        raise inexpressible(record, "csv", f"a gloss of it is {NO_GLOSS!r}, which means none")
    return line_safe(gloss, record, "csv", " \x00") or NO_GLOSS


formats.register("csv")(CsvTable())
