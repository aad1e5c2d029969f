"""The columns of a table, for a form in which a user says what each one holds."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from core.errors import FormatError
from core.formats import csv_table, parquet
from core.formats.json_lines import json_objects


def columns(path: Path, format_name: str) -> list[str]:
    """Header cells (csv), keys of the first object (jsonl) or names of the schema (parquet).

    Empty for formats without columns, and for a file that cannot be read: its reader says why.
    """
    try:
        if format_name == "csv":
            return csv_table.columns(path)
        if format_name == "parquet":
            return parquet.columns(path, path.name)
        if format_name == "jsonl":
            return [key for _, fields in islice(json_objects(path, path.name), 1) for key in fields]
    except FormatError:
        return []
    return []
