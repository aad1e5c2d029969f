"""One worker per job, whatever happens: a lock that the system takes back from the dead."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from core import processes
from core.errors import StudioError
from core.jobs.board import worker
from core.whole_files import replace_json

if os.name == "nt":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


ORPHANED = 76
"""What a worker exits with whose dashboard has gone."""


class Claimed(StudioError):
    """Somebody else carries the job out."""

    code = "claimed"
    exit_code = 75


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Be the one who carries out a job; `worker.json` says who that is.

    The lock decides, since two may start at the same moment; the file tells everybody else.

    Raises:
        Claimed: another process, or another thread of this one, does.
    """
    holder = worker(folder)
    if holder and processes.alive(holder):
        raise Claimed(f"process {holder.pid} carries out {folder.name}.", "Stop that job first, or wait.")
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            _lock(handle)
        except OSError:
            raise Claimed(f"another process carries out {folder.name}.", "Wait until it has ended.") from None
        replace_json(folder / "worker.json", asdict(processes.this()), durable=False)
        try:
            yield
        finally:
            release(folder)
    finally:
        os.close(handle)


def release(folder: Path) -> None:
    """Say that this process does not carry the job out any more."""
    with suppress(OSError, ValueError):
        if worker(folder) == processes.this():
            (folder / "worker.json").unlink(missing_ok=True)
