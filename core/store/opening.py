"""Opening the workspace's database: settings, errors people can act on, migrations."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    MetaData,
    String,
    Table,
    column,
    create_engine,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from core import presence, processes
from core.errors import StoreDamaged, StoreLocked, StudioError
from core.store.schema import HEAD, app_meta, metadata

if TYPE_CHECKING:
    from alembic.config import Config

FILE = "studio.duckdb"
MEMORY_SHARE, MOST_MEMORY_MIB = 0.4, 4096
FILE_HEADER_BYTES = 12_288
_MIGRATING = threading.Lock()  # Alembic keeps its context in a module
_SIZE = text("SELECT block_size * used_blocks FROM pragma_database_size()")
_TABLES = select(column("table_name", String)).select_from(table("tables", schema="information_schema"))
_VERSION = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))
_REVISION = select(_VERSION.c.version_num)


def prepare_folder(workspace: Path) -> Path:
    """Create the workspace's folder and return the path of its database.

    Raises:
        StudioError: there is a file of that name, or the folder cannot be made.
    """
    folder = workspace.expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise StudioError(f"{folder} is a file, not a folder.", "Choose another workspace.") from None
    except OSError as error:
        raise StudioError(f"the workspace {folder} cannot be made: {error.strerror}.") from error
    return folder.resolve() / FILE


def open_engine(path: Path, threads: int | None) -> tuple[Engine, int]:
    """Open or create the database and bring it to the newest tables.

    Args:
        path: the database file.
        threads: threads DuckDB may use; None = as many as this process may.

    Returns:
        The engine and the data version stored in the file.

    Raises:
        StoreLocked: another process has it open.
        StoreDamaged: it is not a database of this program, or not a whole one.
    """
    complete = path.exists() and not path.with_name(f"{path.name}.wal").exists()
    engine = create_engine(
        URL.create("duckdb", database=str(path)),
        connect_args={"config": _config(path.parent, threads)},
        pool_size=8,
        max_overflow=56,
    )
    try:
        with translated(path, opening=True), engine.begin() as connection:
            if complete:
                _check_length(connection, path)
            _migrate(connection, path)
            return engine, _remember(connection)
    except BaseException:
        engine.dispose()
        raise


def _config(folder: Path, threads: int | None) -> dict[str, str | int]:
    """What any SQL may do: this file only. The configuration is locked once the file is open."""
    return {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
        "lock_configuration": "true",
        "memory_limit": f"{_memory_mib()}MiB",
        "threads": threads or _cores(),
        "temp_directory": str(folder / ".duckdb-tmp"),
    }


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory_mib() -> int:
    try:
        pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 1024
    return max(256, min(MOST_MEMORY_MIB, int(pages * size / 2**20 * MEMORY_SHARE)))


@contextmanager
def translated(path: Path, *, opening: bool = False) -> Iterator[None]:
    """Turn what DuckDB says about the file as a whole into errors with a remedy."""
    try:
        yield
    except DBAPIError as error:
        known = _explain(path, str(error.orig), opening=opening)
        if known is None:
            raise
        raise known from error


_REMEDIES = (
    (
        r"replaying WAL|Corrupt WAL",
        "Restore a copy, or move the .wal file beside it away: what was saved last is then lost.",
    ),
    (r"has been invalidated", "Close this program and start it again; look whether the disk is full."),
    (
        r"not a valid DuckDB|Corrupt database|enough bytes|external extensions|computed checksum",
        "Restore a copy, or move the file away and import the data again. The file was left as it is.",
    ),
)


def _explain(path: Path, message: str, *, opening: bool) -> StudioError | None:
    if "Could not set lock" in message or "different configuration" in message:
        holder = re.search(r"\(PID (\d+)\)", message)
        return _locked(path, int(holder[1]) if holder else None)
    if "No space left" in message:
        return StudioError(f"the disk that holds {path} is full: nothing was saved.", "Make room, try again.")
    if "Permission denied" in message or "Read-only file system" in message:
        return StudioError(f"{path} may not be written.", "Change its permissions, or use another folder.")
    for pattern, remedy in _REMEDIES:
        if re.search(pattern, message):
            return _damaged(path, message.splitlines()[0], remedy)
    return _damaged(path, message.splitlines()[0], _REMEDIES[-1][1]) if opening else None


def _locked(path: Path, pid: int | None) -> StoreLocked:
    """Names who has it open: the dashboard with its address, any other process with its command."""
    if pid is None:
        return StoreLocked(str(path), None)
    open_in = presence.dashboard(path.parent)
    if open_in and open_in.process.pid == pid:
        return StoreLocked(str(path), pid, url=open_in.url)
    return StoreLocked(str(path), pid, command=processes.command(pid))


def _damaged(path: Path, problem: str, remedy: str) -> StoreDamaged:
    return StoreDamaged(f"the workspace database {path} cannot be read: {problem}", remedy)


def _check_length(connection: Connection, path: Path) -> None:
    """A half-copied file opens, and fails only when its missing end is read: look at once.

    Only blocks in use count: after a crash the file may end before free blocks it knows of.
    """
    expected = FILE_HEADER_BYTES + int(connection.execute(_SIZE).scalar_one())
    if path.stat().st_size < expected:
        problem = f"{path.stat().st_size:,} bytes of {expected:,} are there."
        raise _damaged(path, problem, _REMEDIES[-1][1])


def _migrate(connection: Connection, path: Path) -> None:
    tables = set(connection.scalars(_TABLES))
    if tables and not {"alembic_version", "app_meta"} <= tables:
        raise _damaged(path, "it is a DuckDB database of another program.", "Choose another workspace.")
    if not tables:
        _create(connection)
        return
    if connection.scalar(_REVISION) == HEAD:
        return
    from alembic.util import CommandError

    try:
        with _MIGRATING:
            upgrade(connection)
    except CommandError as error:
        raise _damaged(path, f"{error}.", "A newer version of this program made it: update.") from error


def _create(connection: Connection) -> None:
    """The tables of a new file at once, as all migrations together would leave them: a tenth of the time."""
    metadata.create_all(connection, checkfirst=False)
    _VERSION.create(connection, checkfirst=False)
    connection.execute(insert(_VERSION).values(version_num=HEAD))


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the migrations up to `revision` on an open connection, inside its transaction."""
    from alembic import command

    command.upgrade(migration_config(connection), revision)


def migration_config(connection: Connection) -> Config:
    """Alembic's configuration, made here so that nobody needs an `alembic.ini`."""
    from alembic.config import Config

    config = Config(stdout=sys.stderr)  # stdout is for answers, and Alembic's default is that of its import
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _remember(connection: Connection) -> int:
    """Note which DuckDB and which tables the file has; returns its data version."""
    stored = {row.key: row.value for row in connection.execute(select(app_meta))}
    now = {"duckdb": duckdb.__version__, "schema": HEAD}
    now |= {} if "data_version" in stored else {"data_version": "0", "created": datetime.now(UTC).isoformat()}
    for key, value in now.items():
        if stored.get(key) != value:
            statement = insert(app_meta).values(key=key, value=value)
            connection.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))
    return int((stored | now)["data_version"])
