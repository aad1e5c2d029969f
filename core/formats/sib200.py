"""SIB-200: one sentence per row with its topic; csv-quoted, tab-separated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.formats import DEFAULT, formats
from core.formats.documents import document_record, header_share, write_documents
from core.formats.tables import read_table
from core.formats.text_input import at_least_one
from core.types import ReadOptions, Record, TaskName

COLUMNS = ("index_id", "category", "text")


@dataclass(frozen=True, slots=True)
class Sib200:
    """Columns `index_id`, `category`, `text`; other columns go to meta, as `index_id` does.

    Rows with the same `index_id` are translations of each other. An empty category means no label.
    Writing cannot say other meta than `index_id`, nor confidences.
    """

    name: str = "sib200"
    suffixes: tuple[str, ...] = (".tsv",)
    tasks: tuple[TaskName, ...] = ("topic",)
    title: str = "sentence and topic table (SIB-200)"

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
        rows = enumerate(read_table(path, where, "\t", COLUMNS))
        records = (document_record(fields, where, line, split, n) for n, (line, fields) in rows)
        return at_least_one(records, where, "rows after the header")

    def write(self, rows: Iterable[Record], out: BinaryIO, *, task: TaskName) -> None:
        """See `Format.write`."""
        write_documents(rows, out, self.name, COLUMNS)

    def sniff(self, head: str, path: Path) -> int:
        """Certain by its header."""
        return header_share(head, COLUMNS)


formats.register("sib200")(Sib200())
