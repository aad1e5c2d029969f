"""The workspace's database: one engine per file and process, many readers, one writer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from sqlalchemy import Connection, Engine, update

from core.errors import StudioError
from core.store.opening import open_engine, prepare_folder, translated
from core.store.schema import app_meta


@dataclass
class _Shared:
    """What all stores of one file in this process share.

    DuckDB loses some concurrent updates without a word (a scalar column against a list column, an
    update against a delete); `lock` around every write transaction rules all of these out.
    """

    engine: Engine
    version: int
    users: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)
    writing: Connection | None = None
    writer: int | None = None


_OPEN: dict[Path, _Shared] = {}
_OPENING = threading.Lock()


class Store:
    """An open workspace. Cheap to open twice in one process: the second shares the first's engine.

    Safe to use from many threads: every `read` and every `write` has its own connection.
    """

    def __init__(self, path: Path, shared: _Shared) -> None:
        self.path = path
        self._shared: _Shared | None = shared

    @classmethod
    def open(cls, workspace: Path, *, threads: int | None = None) -> Store:
        """Open the database of a workspace; creates folder and tables where they are missing.

        Args:
            workspace: the folder.
            threads: threads DuckDB may use (only the first opening in a process decides).

        Raises:
            StoreLocked: another process has it open.
            StoreDamaged: the file cannot be read; it is left as it is.
            StudioError: `workspace` is a file or cannot be made.
        """
        path = prepare_folder(workspace)
        with _OPENING:
            shared = _OPEN.get(path)
            if shared is None:
                engine, version = open_engine(path, threads)
                shared = _OPEN[path] = _Shared(engine, version)
            shared.users += 1
        return cls(path, shared)

    def close(self) -> None:
        """Give the database back; the last one to do so releases the file. Twice is harmless."""
        with _OPENING:
            shared, self._shared = self._shared, None
            if shared is None:
                return
            shared.users -= 1
            if not shared.users:
                del _OPEN[self.path]
                shared.engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def version(self) -> int:
        """Counts committed writes: a cached answer is valid as long as this stays the same."""
        return self._use().version

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the data; inside `write`, that transaction's."""
        shared = self._use()
        if shared.writing is not None and shared.writer == threading.get_ident():
            yield shared.writing
            return
        with translated(self.path), shared.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """The one write transaction of this process: all of it is stored, or nothing.

        A `write` inside a `write` of the same thread takes part in the outer transaction.
        """
        shared = self._use()
        with shared.lock:
            if shared.writing is not None:
                yield shared.writing
                return
            with translated(self.path), shared.engine.begin() as connection:
                shared.writing, shared.writer = connection, threading.get_ident()
                try:
                    yield connection
                    _count(connection, shared.version + 1)
                finally:
                    shared.writing, shared.writer = None, None
            # Only now: nobody may keep old data under the new number.
            shared.version += 1

    def _use(self) -> _Shared:
        if self._shared is None:
            raise StudioError(f"the store of {self.path.parent} is closed.")
        return self._shared


def _count(connection: Connection, version: int) -> None:
    counter = update(app_meta).where(app_meta.c.key == "data_version")
    connection.execute(counter.values(value=str(version)))
