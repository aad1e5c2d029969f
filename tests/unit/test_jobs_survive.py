"""Jobs that are killed, stopped, resumed, or whose disk is full: nothing is lost, nothing is twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core import jobs, processes
from core.errors import Cancelled, StudioError
from core.jobs import board, launch, storing, tending
from core.jobs.carrying import carry_out
from core.jobs.claim import Claimed, claimed
from core.jobs.prepare import Request
from core.jobs.worker import main
from core.processes import Process
from core.settings import Settings
from core.store import Store, schema, views
from tests.unit.job_project import DIES, begin, chosen, doing, polled_until, project, wait

pytestmark = pytest.mark.slow

__all__ = ["chosen", "project"]

REQUEST = Request("ssp", "target", {"k": "2"}, ["source"])
LEFT = {"job.json", "progress.json", "log.txt", "ingested"}
PREDICTIONS = 3 * 6 + 14
"""Three stages of six sentences, and the gold of all."""


def silent(*_: object) -> None:
    return None


def rows(store: Store) -> dict[str, int]:
    tables = (schema.run, schema.prediction, schema.exemplar, schema.selection, schema.job, schema.ingested)
    with store.read() as connection:
        return {t.name: connection.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


@pytest.mark.slow
def test_a_killed_worker_is_replaced_and_nothing_is_twice(project: Store, chosen: Settings) -> None:
    folder = begin(project, chosen)
    polled_until(project, chosen, folder, "running")
    holder = board.worker(folder)
    assert holder is not None
    os.kill(holder.pid, signal.SIGKILL)
    done = wait(project, chosen, folder.name)
    assert done.state == "done", done.message
    assert not processes.alive(holder)
    assert {path.name for path in folder.iterdir()} == LEFT
    assert rows(project)["job"] == 1
    assert rows(project)["prediction"] == PREDICTIONS


def test_a_worker_that_dies_again_and_again_is_given_up_and_can_be_resumed(
    project: Store, chosen: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tending, "spawn", doing(DIES))
    folder = begin(project, chosen)
    failed = polled_until(project, chosen, folder, "failed")
    assert "3 times" in failed.message
    assert "my last words" in failed.message
    assert "signal 9" in failed.message
    assert jobs.log_tail(chosen, folder.name).count("my last words") == tending.DEATHS
    jobs.resume(chosen, folder.name)
    assert board.read_status(folder).state == "queued"
    with pytest.raises(StudioError, match="nothing to resume"):
        jobs.resume(chosen, folder.name)


def test_deaths_with_progress_in_between_are_borne(
    project: Store, chosen: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = begin(project, chosen)
    piece = f"import time, pathlib as p; k = p.Path({str(folder / 'kept')!r}); k.mkdir(exist_ok=True)\n"
    monkeypatch.setattr(tending, "spawn", doing(f"{piece}(k / str(time.time_ns())).touch()\n{DIES}"))
    while len(list((folder / "kept").glob("*"))) < tending.DEATHS + 2:
        jobs.poll(project, chosen)
        time.sleep(0.02)
    assert board.read_status(folder).state == "queued"
    monkeypatch.setattr(tending, "spawn", doing(""))
    jobs.cancel(chosen, folder.name)
    polled_until(project, chosen, folder, "cancelled")


def test_one_at_a_time_in_the_order_of_asking(
    project: Store, chosen: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Path] = []
    monkeypatch.setattr(
        tending, "spawn", lambda folder: begun.append(folder) or doing("import time; time.sleep(60)")(folder)
    )
    asked = [begin(project, chosen, seed) for seed in range(3)]
    jobs.poll(project, chosen)
    jobs.poll(project, chosen)
    assert begun == asked[:1]
    jobs.poll(project, Settings(**{**chosen.model_dump(), "jobs_at_a_time": 2}))
    assert begun == asked[:2]
    for folder in begun:
        tending._started[folder].kill()
        tending._started.pop(folder).wait()


def test_the_same_run_is_one_job(project: Store, chosen: Settings) -> None:
    folder = begin(project, chosen)
    assert begin(project, chosen) == folder
    jobs.cancel(chosen, folder.name)
    assert board.read_status(folder).state == "cancelled"
    assert begin(project, chosen) == folder
    assert board.read_status(folder).state == "queued"


def test_a_job_that_waits_can_be_stopped_and_deleted(project: Store, chosen: Settings) -> None:
    folder = begin(project, chosen)
    with pytest.raises(StudioError, match="on its way"):
        jobs.discard(chosen, folder.name)
    jobs.cancel(chosen, folder.name)
    assert jobs.poll(project, chosen) == []
    assert board.read_status(folder).state == "cancelled"
    jobs.discard(chosen, folder.name)
    assert jobs.list_jobs(chosen) == []
    assert not folder.exists()


def test_two_never_work_at_one_job(project: Store, chosen: Settings) -> None:
    folder = begin(project, chosen)
    hold = "import sys, pathlib; from core.jobs.claim import claimed\n"
    hold += f"with claimed(pathlib.Path({str(folder)!r})): print('mine', flush=True); sys.stdin.read()"
    other = subprocess.Popen(
        [sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "mine\n"
    assert main([str(folder)]) == Claimed.exit_code
    (folder / "worker.json").unlink()  # as if the dashboard died before it was written: the lock decides
    with pytest.raises(Claimed), claimed(folder):
        pass
    other.communicate("")
    assert board.worker(folder) is None
    with claimed(folder):
        assert board.worker(folder) == processes.this()


def test_a_number_that_is_used_again_is_no_worker(project: Store, chosen: Settings) -> None:
    folder = begin(project, chosen)
    (folder / "worker.json").write_text(json.dumps({"pid": os.getpid(), "born": "another time"}))
    assert board.read_status(folder).state == "queued"
    assert board.worker(folder) == Process(os.getpid(), "another time")


def test_killed_between_the_commit_and_the_note_of_it(
    project: Store, chosen: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = begin(project, chosen)
    carry_out(folder, silent)

    def killed(*_: object, **__: object) -> None:
        raise OSError("as good as killed")

    monkeypatch.setattr(storing, "mark_done", killed)
    assert jobs.poll(project, chosen) == []
    before = rows(project)
    assert before["prediction"] == PREDICTIONS
    monkeypatch.undo()
    assert jobs.poll(project, chosen) == [board.read_status(folder).run_id]
    assert rows(project) == before
    assert board.read_status(folder).state == "done"
    assert jobs.poll(project, chosen) == []
    assert not (folder / "kept").exists()


def test_an_interrupted_run_of_the_command_line_goes_on(project: Store, chosen: Settings) -> None:
    def stopping(stage: str, _done: int, _total: int) -> None:
        if stage == "Stage II":
            raise KeyboardInterrupt

    with pytest.raises(Cancelled, match="same command again"):
        launch.run_here(project, chosen, REQUEST, stopping)
    (left,) = jobs.list_jobs(chosen)
    assert left.state == "cancelled"
    heard: list[str] = []
    run, computed = launch.run_here(project, chosen, REQUEST, lambda stage, *_: heard.append(stage))
    assert computed
    assert "training the tagger" not in heard
    assert "Stage II" in heard
    assert jobs.list_jobs(chosen) == []
    assert views.run(project, run)["status"] == "done"
    assert launch.run_here(project, chosen, REQUEST, silent) == (run, False)


@pytest.mark.slow
def test_an_orphan_stops_and_leaves_no_word(project: Store, chosen: Settings) -> None:
    """The worker's parent is not who it should be: as after `kill -9` of the dashboard."""
    folder = begin(project, chosen)
    code = "import sys, time; from core.jobs import worker\n"
    code += "worker.carry_out = lambda *_: time.sleep(60)\n"
    code += f"sys.exit(worker.main([{str(folder)!r}, '1']))"
    child = subprocess.Popen([sys.executable, "-c", code])
    assert child.wait(30) == 76
    assert board.worker(folder) is None
    assert board.read_status(folder).state == "queued"


@pytest.mark.slow
def test_a_worker_that_does_not_hear_is_stopped(project: Store, chosen: Settings) -> None:
    folder = begin(project, chosen)
    code = "import sys, time; from core.jobs import worker\n"
    code += "worker.carry_out = lambda *_: time.sleep(60)\n"
    code += f"sys.exit(worker.main([{str(folder)!r}, '{os.getpid()}']))"
    child = subprocess.Popen([sys.executable, "-c", code])
    while board.worker(folder) is None:
        time.sleep(0.05)
    jobs.cancel(chosen, folder.name)
    assert child.wait(30) == Cancelled.exit_code
    assert board.read_status(folder).state == "cancelled"
