"""The worker: carries out one job directory. `python -m core.jobs.worker DIR [PARENT_PID]`."""

from __future__ import annotations

import os
import sys
import time
import traceback
from pathlib import Path

from core.errors import Cancelled, StudioError
from core.jobs.bundle import load, replace_json
from core.jobs.facts_files import FileSink
from core.pipeline import run
from core.types import Report

SECONDS_BETWEEN_REPORTS = 0.1


def carry_out(folder: Path, report: Report) -> None:
    """Run a job directory in this process; `out/done.json` is written last.

    Raises:
        StudioError: what `core.pipeline.run` raises.
    """
    started = time.monotonic()
    job = load(folder)
    sink = FileSink(folder, job.instances)
    run(job, sink, report)
    done = {
        "run_id": job.run_id,
        "status": "done",
        "seconds": time.monotonic() - started,
        "stages": sink.stages,
    }
    replace_json(folder / "out" / "done.json", done)


def file_report(folder: Path, parent: int | None = None) -> Report:
    """A progress sink that writes `progress.json` and stops when asked or orphaned."""
    last = [("", 0.0)]

    def report(stage: str, done: int, total: int) -> None:
        if (folder / "cancel").exists():
            raise Cancelled("stopped by the user.")
        if parent is not None and os.getppid() != parent:
            raise Cancelled("the dashboard that started this job has gone.")
        before, moment = last[0]
        if stage != before or done >= total or time.monotonic() - moment > SECONDS_BETWEEN_REPORTS:
            replace_json(folder / "progress.json", {"stage": stage, "done": done, "total": total})
            last[0] = (stage, time.monotonic())

    return report


def main(arguments: list[str]) -> int:
    """Carry out the job; an error becomes `error.json`, its traceback goes to the job's log."""
    folder = Path(arguments[0])
    parent = int(arguments[1]) if len(arguments) > 1 else None
    try:
        carry_out(folder, file_report(folder, parent))
    except Cancelled as stopped:
        replace_json(folder / "error.json", {"state": "cancelled", "message": str(stopped)})
        return stopped.exit_code
    except StudioError as error:
        replace_json(folder / "error.json", {"state": "failed", "message": str(error), "code": error.code})
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the process boundary: the page must learn of any failure
        traceback.print_exc()
        message = f"{type(error).__name__}: {error}. The whole story is in {folder / 'log.txt'}."
        replace_json(folder / "error.json", {"state": "failed", "message": message, "code": "crash"})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
