"""One row per label, for a spreadsheet: who or what said it, and how surely."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from core.formats.provenance import Origin, confidence_text
from core.handover.pieces import Piece
from core.types import Dataset

COLUMNS = (
    "item",
    "split",
    "sentence",
    "word",
    "form",
    "hypothesis",
    "label",
    "source",
    "confidence",
    "annotator",
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\ufeff"


def write(found: Iterable[Piece], out: BinaryIO, dataset: Dataset) -> None:
    """UTF-8 CSV with a byte order mark. A cell that a spreadsheet would take for a formula begins with '."""
    out.write(BOM.encode() + _line(COLUMNS))
    for piece in found:
        for row in _rows(piece):
            out.write(_line(row))


def _rows(piece: Piece) -> Iterator[tuple[str, ...]]:
    item = piece.record.instance
    labels = piece.record.labels or ("",) * max(len(item.tokens), 1)
    head = (str(item.position), item.split, str(item.meta.get("sent_id") or item.meta.get("id") or ""))
    for n, label in enumerate(labels):
        origin = (piece.origins[n] if n < len(piece.origins) else None) or Origin("")
        sure = "" if origin.confidence is None else confidence_text(origin.confidence)
        word = (str(n + 1), item.tokens[n], "") if item.tokens else ("", item.text, item.text_b or "")
        yield (*head, *word, label, origin.source, sure, origin.annotator)


def _line(cells: Iterable[str]) -> bytes:
    sink = io.StringIO()
    csv.writer(sink, lineterminator="\r\n").writerow(map(safe, cells))
    return sink.getvalue().encode("utf-8", "replace")


def safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
