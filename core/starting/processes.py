"""Programs of the environment run to their end; one process at a time where only one may be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class CannotStart(Exception):
    """Why something was not started, in one sentence with what to do."""


def run(command: Sequence[str], folder: Path | None = None) -> int:
    """Run a program to its end; returns its exit code, as a shell would say it.

    Ctrl-C is for the program to answer, and what stops us stops it: nothing is left running.
    """
    with subprocess.Popen(command, cwd=folder, env=clean_variables()) as process:
        before = {
            signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None),
            signal.SIGTERM: signal.signal(signal.SIGTERM, lambda *_: process.terminate()),
        }
        try:
            code = process.wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
    return code if code >= 0 else 128 - code


def clean_variables() -> dict[str, str]:
    """The variables for programs of the environment: none that lead them to other packages."""
    kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    return kept | {"PYTHONUTF8": "1", "PIP_USER": "0"}


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Wait until no other start.py works here. One that was killed holds nothing: the system lets go."""
    with lock.open("a+b") as file:
        if not _locked(file, "now"):
            print("Another start.py is installing here: waiting for it ...", flush=True)
            while not _locked(file, "soon"):
                pass
        yield


def _locked(file: IO[bytes], when: str) -> bool:
    """Lock a file, at once or not at all (`now`), or as soon as it is free (`soon`; seconds on Windows)."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK if when == "now" else msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | (fcntl.LOCK_NB if when == "now" else 0))
    except OSError:
        return False
    return True
