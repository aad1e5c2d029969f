"""JSON Lines: the product's own exchange format, able to say everything a record holds but `raw`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import FormatError
from core.formats import DEFAULT, formats
from core.formats.fields import NAMES, Place, check_chosen, fields_of, named, record_from_fields
from core.formats.json_lines import json_line, json_objects
from core.formats.text_input import at_least_one
from core.types import ReadOptions, Record, TaskName


@dataclass(frozen=True, slots=True)
class Jsonl:
    """Fields id, split, tokens, text, text_b, labels, confidences, meta; see `fields.NAMES`.

    A row's own `split` wins over the one asked for. Not kept: `Instance.raw`; in meta, tuples
    become lists and keys strings.
    """

    name: str = "jsonl"
    suffixes: tuple[str, ...] = (".jsonl", ".ndjson")
    tasks: tuple[TaskName, ...] = ("pos", "ner", "nli", "topic")
    title: str = "JSON Lines"

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
        rows = enumerate(_with_chosen(json_objects(path, where), where, options.columns))
        records = (
            record_from_fields(named(row, options.columns), Place(where, line, task, split, n, options))
            for n, (line, row) in rows
        )
        return at_least_one(records, where, "JSON objects, one per line")

    def write(self, rows: Iterable[Record], out: BinaryIO, *, task: TaskName) -> None:
        """See `Format.write`."""
        for record in rows:
            out.write(json_line(fields_of(record), record, self.name))

    def sniff(self, head: str, path: Path) -> int:
        """An object per line with a known field; the suffix alone is a fair guess."""
        first = head.lstrip().partition("\n")[0]
        known = any(f'"{name}"' in first for names in NAMES.values() for name in names)
        return max(80 if first.startswith("{") and known else 0, 50 if path.suffix in self.suffixes else 0)


def _with_chosen(
    rows: Iterable[tuple[int, dict[str, object]]], name: str, columns: Mapping[str, str]
) -> Iterator[tuple[int, dict[str, object]]]:
    """Pass rows on; FormatError at the end for a chosen key that not one of them had."""
    missing = {column for column in columns.values() if column}
    for line, row in rows:
        missing -= row.keys()
        yield line, row
    if missing:
        keys = ", ".join(map(repr, sorted(missing)))
        raise FormatError(name, 0, f"no object has the key {keys}.", "Choose a key that is there.")


formats.register("jsonl")(Jsonl())
