"""Every call, verbatim, in one SQLite file of the workspace (docs/decisions/0017-call-log.md).

Any number of processes append to it at once. A call is on the disk when `add` returns: neither `kill -9` nor
a power cut takes back what somebody has paid for.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import StudioError
from core.types import Completion

VERSION = 1
PATIENCE = 60.0
"""Seconds that other processes may take to write."""
AT_A_TIME = 200
TEXTS = (
    "key", "model", "prompt_sha256", "prompt", "text", "finish_reason", "prompt_tokens", "completion_tokens",
    "status", "parameters", "host", "seconds", "error",
)  # fmt: skip
"""Fields of a completion that are kept as they are; the others are JSON."""
NUMBERS = ("logprobs", "label_probabilities")
COLUMNS = ", ".join((*TEXTS, *NUMBERS))
CREATE = f"""
CREATE TABLE IF NOT EXISTS call (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    run TEXT NOT NULL,
    key TEXT NOT NULL,
    model TEXT NOT NULL,
    prompt_sha256 TEXT NOT NULL,
    prompt TEXT NOT NULL,
    text TEXT NOT NULL,
    finish_reason TEXT NOT NULL,
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    status TEXT NOT NULL,
    parameters TEXT NOT NULL,
    host TEXT NOT NULL,
    seconds REAL,
    error TEXT,
    logprobs TEXT,
    label_probabilities TEXT
);
CREATE INDEX IF NOT EXISTS call_key ON call (key);
CREATE INDEX IF NOT EXISTS call_run ON call (run);
PRAGMA user_version = {VERSION};
"""
INSERT = f"INSERT INTO call (at, run, {COLUMNS}) VALUES ({', '.join('?' * (2 + len(TEXTS) + len(NUMBERS)))})"  # noqa: S608 - our own column names
FINISHED = f"SELECT {COLUMNS} FROM call WHERE key = ? AND status != 'failed' ORDER BY id LIMIT 1"  # noqa: S608
LATEST = f"SELECT {COLUMNS} FROM call WHERE key = ? ORDER BY status = 'failed', -id LIMIT 1"  # noqa: S608
AFTER = f"SELECT id, at, run, {COLUMNS} FROM call WHERE id > ? ORDER BY id LIMIT {AT_A_TIME}"  # noqa: S608
OF_RUN = """
SELECT count(*), coalesce(sum(prompt_tokens), 0), coalesce(sum(completion_tokens), 0),
    coalesce(sum(seconds), 0)
FROM call WHERE run = ? AND status != 'failed'
"""


class CallLogTrouble(StudioError):
    """The log of calls cannot be read or written."""

    code = "call_log"


@dataclass(frozen=True, slots=True)
class Totals:
    """Of a run's finished calls: tokens as far as they were told, `seconds` as long as answers took."""

    calls: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float


class CallLog:
    """The log at `path`; opened when it is needed, usable from any thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None

    def find(self, key: str) -> Completion | None:
        """The finished call of this content; failed ones do not count. Raises CallLogTrouble."""
        if self._connection is None and not self.path.exists():
            return None
        with self._open() as connection:
            row = connection.execute(FINISHED, (key,)).fetchone()
        return _completion(row) if row else None

    def add(self, completions: Sequence[Completion], run: str = "") -> None:
        """Append calls, all or none; they are durable when this returns.

        Args:
            run: who asked, for `totals`.

        Raises:
            CallLogTrouble: they are not kept.
        """
        if not completions:
            return
        now = time.time()
        rows = [(now, run, *_row(completion)) for completion in completions]
        with self._open() as connection, _transaction(connection):
            connection.executemany(INSERT, rows)

    def read(self, keys: Iterable[str]) -> Iterator[Completion]:
        """The calls of these contents, in this order: the finished one, else the last that failed.

        One is in memory at a time. Contents that were never asked are left out. Raises CallLogTrouble.
        """
        for key in keys:
            with self._open() as connection:
                row = connection.execute(LATEST, (key,)).fetchone()
            if row:
                yield _completion(row)

    def totals(self, run: str) -> Totals:
        """What the finished calls of a run come to. Raises CallLogTrouble."""
        if self._connection is None and not self.path.exists():
            return Totals(0, 0, 0, 0.0)
        with self._open() as connection:
            return Totals(*connection.execute(OF_RUN, (run,)).fetchone())

    def lines(self) -> Iterator[str]:
        """Every call, failed ones too, as a line of JSON, oldest first. Raises CallLogTrouble."""
        last = 0
        while True:
            with self._open() as connection:
                rows = connection.execute(AFTER, (last,)).fetchall()
            if not rows:
                return
            for number, at, run, *row in rows:
                last = number
                yield json.dumps(_line(at, run, row), ensure_ascii=False)

    def close(self) -> None:
        """Let go of the file; it is opened again when it is needed."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection:
                connection.close()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._lock:
                self._connection = self._connection or _connected(self.path)
                yield self._connection
        except (sqlite3.Error, OSError) as problem:
            raise CallLogTrouble(
                f"the log of calls {self.path} cannot be read or written ({problem}).",
                "Make room, or look whether another program holds it: what cannot be kept is not used.",
            ) from problem


def _connected(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        if found > VERSION:
            raise CallLogTrouble(f"{path} was written by a newer version of SSP Studio.", "Use that one.")
        if found < VERSION:
            connection.executescript(f"BEGIN IMMEDIATE; {CREATE} COMMIT;")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _row(completion: Completion) -> tuple[object, ...]:
    texts = (getattr(completion, name) for name in TEXTS)
    return (*texts, *(_json(getattr(completion, name)) for name in NUMBERS))


def _json(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _completion(row: Sequence[Any]) -> Completion:
    texts = dict(zip(TEXTS, row, strict=False))
    logprobs, probabilities = (None if text is None else json.loads(text) for text in row[len(TEXTS) :])
    return Completion(
        **texts,
        logprobs=None if logprobs is None else tuple((token, value) for token, value in logprobs),
        label_probabilities=None if probabilities is None else tuple(map(tuple, probabilities)),
    )


def _line(at: float, run: str, row: Sequence[Any]) -> dict[str, Any]:
    said = dict(zip((*TEXTS, *NUMBERS), row, strict=True))
    for name in (*NUMBERS, "parameters"):
        said[name] = json.loads(said[name]) if said[name] else None
    return {"at": datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds"), "run": run} | said
