"""Carrying out one job's folder, in whatever process."""

from __future__ import annotations

import time
from pathlib import Path

from core.errors import StudioError
from core.jobs.bundle import load
from core.jobs.facts_files import FileSink
from core.pipeline import run
from core.rerun import rerun
from core.run_identity import code_version
from core.types import Report
from core.whole_files import read_json, replace_json


def carry_out(folder: Path, report: Report) -> None:
    """Run a job's folder in this process; `out/done.json` is written last.

    What an earlier worker finished is in `kept/` and not computed again.

    Raises:
        StudioError: what `core.pipeline.run` or `core.rerun.rerun` raises, or the job was made by another
            version of the code.
    """
    said = read_json(folder / "job.json")
    if said.get("code_version", code_version()) != code_version():
        raise StudioError(
            "the program was changed after this job began.",
            "Close the dashboard, start it again and resume the job: it begins anew.",
        )
    started = time.monotonic()
    job = load(folder)
    sink = FileSink(folder, job.instances)
    (rerun if job.rerun else run)(job, sink, report, folder / "kept")
    spent = float(read_json(folder / "progress.json").get("spent", 0.0))
    done = {
        "run_id": job.run_id,
        "status": "done",
        "seconds": max(spent, time.monotonic() - started),
        "stages": sink.stages,
        "notes": sink.notes,
    }
    replace_json(folder / "out" / "done.json", done)
