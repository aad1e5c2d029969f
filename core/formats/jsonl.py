"""JSON Lines: the product's own exchange format, able to say everything a record holds but `raw`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.formats import formats
from core.formats.fields import NAMES, Place, fields_of, record_from_fields
from core.formats.json_lines import json_line, json_objects
from core.formats.text_input import at_least_one
from core.types import Record, TaskName


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

    def read(self, path: Path, *, task: TaskName, split: str, name: str | None = None) -> Iterator[Record]:
        """See `Format.read`."""
        where = name or path.name
        rows = enumerate(json_objects(path, where))
        records = (
            record_from_fields(fields, Place(where, line, task, split, n)) for n, (line, fields) in rows
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


formats.register("jsonl")(Jsonl())
