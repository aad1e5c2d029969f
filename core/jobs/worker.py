"""The worker: carries out one job's folder. `python -m core.jobs.worker DIR [PARENT_PID]`."""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from pathlib import Path

from core.errors import Cancelled, StudioError
from core.jobs.carrying import carry_out
from core.jobs.claim import ORPHANED, Claimed, claimed, release
from core.jobs.progress import FileReport
from core.whole_files import replace_json

SECONDS_BETWEEN_LOOKS = 0.5
PATIENCE = 4
"""Looks after which a worker that does not hear that it shall stop is stopped."""
HINT = "Look whether the disk is full, then resume the job: it goes on where it stopped."


def watch(folder: Path, parent: int) -> None:
    """Stop this process when its dashboard has gone, or when it does not hear that it shall stop.

    Nothing is lost: every file of a job is whole or absent, and the next worker goes on from them.
    """
    unheard = 0
    while True:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        unheard += (folder / "cancel").exists()
        if os.getppid() != parent:
            release(folder)
            os._exit(ORPHANED)
        if unheard > PATIENCE:
            complain(folder, Cancelled("stopped by the user."))
            release(folder)
            os._exit(Cancelled.exit_code)


def complain(folder: Path, error: StudioError) -> None:
    """Write `error.json`; what cannot be written is in the log."""
    state = "cancelled" if isinstance(error, Cancelled) else "failed"
    said = {"state": state, "message": str(error), "code": error.code, "exit_code": error.exit_code}
    try:
        replace_json(folder / "error.json", said)
    except OSError as full:
        print(f"{error} (error.json cannot be written: {full})", file=sys.stderr)


def main(arguments: list[str]) -> int:
    """Carry out the job; an error becomes `error.json`, its traceback goes to the job's log."""
    folder = Path(arguments[0])
    try:
        with claimed(folder):
            if len(arguments) > 1:
                looks = (folder, int(arguments[1]))
                threading.Thread(target=watch, args=looks, name="watch", daemon=True).start()
            return _carried_out(folder)
    except Claimed as other:
        print(other, file=sys.stderr)
        return other.exit_code


def _carried_out(folder: Path) -> int:
    try:
        carry_out(folder, FileReport(folder))
    except StudioError as error:
        complain(folder, error)
        return error.exit_code
    except OSError as error:
        traceback.print_exc()
        complain(folder, StudioError(f"a file cannot be written or read: {error}.", HINT))
        return StudioError.exit_code
    except Exception as error:  # noqa: BLE001 - the process boundary: the page must learn of any failure
        traceback.print_exc()
        complain(
            folder, Crash(f"{type(error).__name__}: {error}.", f"The whole story is in {folder / 'log.txt'}.")
        )
        return 1
    return 0


class Crash(StudioError):
    """A failure nobody foresaw."""

    code = "crash"
    exit_code = 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
