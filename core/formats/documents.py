"""Rows of `category` and `text`, shared by the topic tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO

from core.errors import FormatError
from core.formats.tables import quoted, write_header
from core.formats.text_output import checked_labels, inexpressible
from core.types import Instance, Record


def document_record(fields: Mapping[str, str], name: str, line: int, split: str, position: int) -> Record:
    """A record of one row; columns other than category and text go to meta when they are not empty."""
    if not fields["text"]:
        raise FormatError(name, line, "an empty text, expected a sentence or document.", "Fill it in.")
    meta = {key: value for key, value in fields.items() if key not in ("category", "text") and value}
    labels = (fields["category"],) if fields["category"] else None
    return Record(Instance(position, split, (), fields["text"], meta=meta), labels, lines=(line,))


def write_documents(rows: Iterable[Record], out: BinaryIO, name: str, columns: Sequence[str]) -> None:
    """Stream a topic table; the columns other than category and text come from meta."""
    write_header(columns, "\t", out)
    for record in rows:
        if not record.instance.text:
            raise inexpressible(record, name, "its text is empty")
        labels = checked_labels(record, name, 1, "\x00")
        fields = {
            **record.instance.meta,
            "text": record.instance.text,
            "category": labels[0] if labels else "",
        }
        out.write(quoted([str(fields.get(column, "")) for column in columns], "\t", record, name))


def header_share(head: str, columns: Sequence[str]) -> int:
    """97 when the first line names all the columns between tabs, else 0."""
    return 97 if set(columns) <= set(head.partition("\n")[0].rstrip("\r").split("\t")) else 0
