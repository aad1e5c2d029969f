"""Sentences of the embedded sample, read as the product reads them."""

from __future__ import annotations

from pathlib import Path

from core import catalog
from core.sources import chained, sample_parts
from core.types import Record

FOLDER = Path(catalog.__file__).parent / "sample"


def silent(_doing: str, _done: int, _total: int) -> None:
    return None


def sample_sentences(entry_id: str, limit: int | None = None) -> list[Record]:
    """The first records of an entry of the sample, with gold."""
    entry = catalog.entry(entry_id)
    return list(chained(entry.task, sample_parts(entry, FOLDER), silent, "reading"))[:limit]
