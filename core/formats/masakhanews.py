"""MasakhaNEWS: one article per row with its topic; csv-quoted, with line breaks inside fields."""

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

COLUMNS = ("category", "headline", "text", "url")


@dataclass(frozen=True, slots=True)
class MasakhaNews:
    """Columns `category`, `headline`, `text` and, except in the few-shot files, `url`.

    `text` is the body exactly; headline and url go to meta. An empty category means no label.
    Writing always has the column `url`; it cannot say other meta, nor confidences.
    """

    name: str = "masakhanews"
    suffixes: tuple[str, ...] = (".tsv",)
    tasks: tuple[TaskName, ...] = ("topic",)
    title: str = "news articles and topic (MasakhaNEWS)"

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
        rows = enumerate(read_table(path, where, "\t", COLUMNS[:3]))
        records = (document_record(fields, where, line, split, n) for n, (line, fields) in rows)
        return at_least_one(records, where, "rows after the header")

    def write(self, rows: Iterable[Record], out: BinaryIO, *, task: TaskName) -> None:
        """See `Format.write`."""
        write_documents(rows, out, self.name, COLUMNS)

    def sniff(self, head: str, path: Path) -> int:
        """Certain by its header."""
        return header_share(head, COLUMNS[:3])


formats.register("masakhanews")(MasakhaNews())
