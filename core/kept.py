"""What of a run is finished: pieces in a folder, read back instead of computed again.

A piece is a Parquet file `FOLDER/NAME/FIRST-LAST.parquet`: the rows that a stage made of a block of its
items, numbers in 64 bits, so that a run that was interrupted ends with the bits of one that was not. A
stage is always cut into the same blocks, whether they are kept or not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import StudioError
from core.types import Report
from core.whole_files import whole

Item = TypeVar("Item")
Row = TypeVar("Row")
SCALARS = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


class Kept:
    """The finished pieces of one run; without a folder nothing is kept.

    Whoever owns the folder sees to it that everything in it comes from one run of one version of the code.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def folder(self, name: str) -> Path | None:
        """A folder, made here, in which a part of the run keeps what it likes; None = nothing is kept."""
        if self._folder is None:
            return None
        found = self._folder / name
        found.mkdir(parents=True, exist_ok=True)
        return found

    def pieces(
        self,
        name: str,
        items: Sequence[Item],
        size: int,
        work: Callable[[int, Sequence[Item]], Sequence[Row]],
        kinds: tuple[type[Any], ...],
    ) -> list[Row]:
        """The rows of all items, block by block; a finished block is read back.

        Args:
            name: of the stage.
            size: items in a block.
            work: the rows of the block that begins at item number `start`.
            kinds: the dataclass of a row; of several, a row is a tuple with one (or None) of each.

        Raises:
            StudioError: the disk is full, or the folder may not be written.
        """
        rows: list[Row] = []
        for start in range(0, len(items), size):
            block = items[start : start + size]
            path = self._path(name, start, start + len(block))
            found: Sequence[Row] | None = _read(path, kinds) if path else None
            if found is None:
                found = work(start, block)
                if path:
                    _write(path, found, kinds)
            rows += found
        return rows

    def stored(self, name: str, kinds: tuple[type[Any], ...]) -> list[Any]:
        """The rows of every piece of a stage that is kept, in order; `kinds` as for `pieces`."""
        folder = self._folder / name if self._folder else None
        paths = sorted(folder.glob("*.parquet")) if folder else []
        return [row for path in paths for row in _read(path, kinds) or ()]

    def _path(self, name: str, start: int, stop: int) -> Path | None:
        folder = self.folder(name)
        return folder / f"{start:09}-{stop:09}.parquet" if folder else None


def shifted(report: Report, start: int, size: int, total: int) -> Report:
    """Progress over a block of `size` items as progress over all; that of anything else is passed on."""

    def within(stage: str, done: int, of: int) -> None:
        if of == size:
            report(stage, start + done, total)
        else:
            report(stage, done, of)

    return within


def _write(path: Path, rows: Sequence[Any], kinds: tuple[type[Any], ...]) -> None:
    tuples = rows if len(kinds) > 1 else [(row,) for row in rows]
    names = [str(number) for number in range(len(kinds))]
    table = [dict(zip(names, map(_plain, row), strict=True)) for row in tuples]
    try:
        with whole(path) as part:
            pq.write_table(pa.Table.from_pylist(table, schema=_schema(kinds)), part, compression="zstd")
    except OSError as error:
        raise StudioError(
            f"{path} cannot be written: {error.strerror or error}.",
            "Make room on the disk, then resume the job.",
        ) from error


def _read(path: Path, kinds: tuple[type[Any], ...]) -> list[Any] | None:
    """The rows of a piece; None where there is none, or none that this version can read."""
    if not path.exists():
        return None
    try:
        table = pq.read_table(path)
        if not table.schema.equals(_schema(kinds)):
            return None
    except (OSError, pa.ArrowException):
        return None
    rows = [
        tuple(_made(kind, value) for kind, value in zip(kinds, row.values(), strict=True))
        for row in table.to_pylist()
    ]
    return rows if len(kinds) > 1 else [row for (row,) in rows]


def _plain(value: Any) -> dict[str, Any] | None:
    return None if value is None else {spec.name: getattr(value, spec.name) for spec in fields(value)}


def _made(kind: type[Any], value: dict[str, Any] | None) -> Any:
    return None if value is None else kind(**{name: _tuples(part) for name, part in value.items()})


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _schema(kinds: tuple[type[Any], ...]) -> pa.Schema:
    return pa.schema([(str(number), _struct(kind)) for number, kind in enumerate(kinds)])


def _struct(kind: type[Any]) -> pa.DataType:
    if not is_dataclass(kind):
        raise TypeError(f"{kind} is not a dataclass")
    hints = get_type_hints(kind)
    return pa.struct([(spec.name, _arrow(hints[spec.name])) for spec in fields(kind)])


def _arrow(hint: Any) -> pa.DataType:
    """The Arrow type of a field: scalars, and tuples of one kind of them, nested."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return _arrow(next(part for part in arguments if part is not NoneType))
    if origin is Literal:
        return pa.string()
    if origin is tuple:
        return pa.list_(_arrow(arguments[0]))
    return SCALARS[hint]
