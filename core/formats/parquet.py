"""Parquet: the fields of JSON Lines in typed columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from core.errors import FormatError
from core.formats import DEFAULT, formats
from core.formats.fields import Place, check_chosen, fields_of, named, record_from_fields
from core.formats.tables import check_there
from core.formats.text_input import at_least_one
from core.formats.text_output import encode, inexpressible
from core.types import ReadOptions, Record, TaskName

if TYPE_CHECKING:
    import pyarrow

ROWS = 1024


@dataclass(frozen=True, slots=True)
class Parquet:
    """Columns id, split, tokens, text, text_b, labels, confidences (float64), meta (JSON text).

    The other names of `fields.NAMES` are read too. Errors give the row number, from 1, as the
    line. Not kept: `Instance.raw`; in meta, tuples become lists and keys strings.
    """

    name: str = "parquet"
    suffixes: tuple[str, ...] = (".parquet",)
    tasks: tuple[TaskName, ...] = ("pos", "ner", "nli", "topic")
    title: str = "Parquet"

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
        return at_least_one(_records(path, where, task, split, options), where, "rows")

    def write(self, rows: Iterable[Record], out: BinaryIO, *, task: TaskName) -> None:
        """See `Format.write`."""
        import pyarrow
        from pyarrow import parquet

        schema = _schema()
        with parquet.ParquetWriter(out, schema) as writer:
            stream = (_row(record) for record in rows)
            while batch := list(islice(stream, ROWS)):
                writer.write_table(pyarrow.Table.from_pylist(batch, schema=schema))

    def sniff(self, head: str, path: Path) -> int:
        """Certain by the four bytes every Parquet file begins with."""
        return 100 if head.startswith("PAR1") else 50 if path.suffix == ".parquet" else 0


def columns(path: Path, name: str) -> list[str]:
    """The names of the columns. Raises FormatError."""
    import pyarrow
    from pyarrow import parquet

    try:
        return list(parquet.read_schema(path).names)
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _unreadable(name, error) from error


def _records(path: Path, name: str, task: TaskName, split: str, options: ReadOptions) -> Iterator[Record]:
    check_there(columns(path, name), options.columns, name, 0)
    for position, row in enumerate(_rows(path, name)):
        place = Place(name, position + 1, task, split, position, options)
        fields = named(row, options.columns)
        if isinstance(fields["meta"], str):
            fields["meta"] = _meta(fields["meta"], place)
        yield record_from_fields(fields, place)


def _rows(path: Path, name: str) -> Iterator[dict[str, Any]]:
    import pyarrow
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=ROWS):
                yield from batch.to_pylist()
    except (pyarrow.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: Exception) -> FormatError:
    reason = str(error).partition("\n")[0]
    message = f"not a readable Parquet file ({reason})."
    return FormatError(name, 0, message, "Export it again, or choose another format.")


def _meta(text: str, place: Place) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise place.wrong(f"meta is not valid JSON ({error}).", "Write it as a JSON object.") from error


def _row(record: Record) -> dict[str, object]:
    fields = fields_of(record)
    try:
        meta = json.dumps(fields["meta"], ensure_ascii=False, allow_nan=False) if "meta" in fields else None
    except (TypeError, ValueError) as error:
        raise inexpressible(record, "parquet", f"JSON cannot hold its meta ({error})") from error
    instance = record.instance
    for text in (instance.text, instance.text_b or "", meta or "", *instance.tokens, *(record.labels or ())):
        encode(text, record, "parquet")
    return {**fields, "meta": meta}


def _schema() -> pyarrow.Schema:
    import pyarrow

    text, texts = pyarrow.string(), pyarrow.list_(pyarrow.string())
    columns = {"id": pyarrow.int64(), "split": text, "tokens": texts, "text": text, "text_b": text}
    columns |= {"labels": texts, "confidences": pyarrow.list_(pyarrow.float64()), "meta": text}
    return pyarrow.schema(list(columns.items()))


formats.register("parquet")(Parquet())
