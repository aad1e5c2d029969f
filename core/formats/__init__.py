"""File formats: a text file <-> a stream of records, both directions, one module per format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from core.registry import Registry
from core.types import ReadOptions, Record, TaskName

DEFAULT = ReadOptions()


class Format(Protocol):
    """One file format. `suffixes` and `tasks` are what it is usually called and can carry."""

    @property
    def name(self) -> str: ...
    @property
    def suffixes(self) -> tuple[str, ...]: ...
    @property
    def tasks(self) -> tuple[TaskName, ...]: ...
    @property
    def title(self) -> str: ...

    def read(
        self,
        path: Path,
        *,
        task: TaskName,
        split: str,
        name: str | None = None,
        options: ReadOptions = DEFAULT,
    ) -> Iterator[Record]:
        """Stream the records of a file; positions count from 0, text and labels are never changed.

        Which labels a task knows is not a reader's business: any non-empty label is read
        (`core.inspection` finds what is unknown, and the user decides).

        Raises:
            FormatError: with `name` (or the file's own name) and the line, from 1.
        """
        ...

    def write(self, rows: Iterable[Record], out: BinaryIO, *, task: TaskName) -> None:
        """Stream records to UTF-8 bytes.

        Raises:
            StudioError: a record holds something this format cannot say.
        """
        ...

    def sniff(self, head: str, path: Path) -> int:
        """How sure this format is that a file beginning with `head` is its own: 0 (no) to 100."""
        ...


formats: Registry[Format] = Registry("format", __name__)
