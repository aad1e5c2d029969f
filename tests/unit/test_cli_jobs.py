"""`ssp jobs`: list, show, stop, resume, delete, without a dashboard."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core import jobs
from core.jobs.progress import duration
from core.settings import with_workspace
from core.store import Store
from tests.ssp_command import Ssp, filled


@pytest.fixture
def waiting(ssp: Ssp, tmp_path: Path) -> str:
    """A job that nobody carries out."""
    target = filled(ssp, tmp_path)
    chosen = with_workspace(tmp_path / "workspace")
    with Store.open(chosen.workspace) as store:
        return jobs.start(store, chosen, "transfer", target, sources=["theirs"])


def test_no_jobs(ssp: Ssp) -> None:
    assert ssp("jobs", json_too=False).out == "no jobs\n"
    assert ssp("jobs").document == {"jobs": []}
    answer = ssp("jobs", "show", "x")
    assert (answer.code, "unknown job" in answer.message) == (2, True)


def test_a_job_is_listed_shown_stopped_and_carried_out_here(ssp: Ssp, waiting: str, tmp_path: Path) -> None:
    folder = tmp_path / "workspace" / "jobs" / waiting
    (folder / "log.txt").write_text("one\ntwo\n")
    progress = {"stage": "Stage I", "done": 3, "total": 9, "rate": 2.0, "left": 65.0, "spent": 3601}
    (folder / "progress.json").write_text(json.dumps(progress))
    (listed,) = ssp("jobs").document["jobs"]
    assert (listed["id"], listed["state"], listed["left"]) == (waiting, "queued", 65.0)
    assert "Stage I 3/9" in ssp("jobs", json_too=False).out
    shown = ssp("jobs", "show", waiting, json_too=False).out
    assert "1:00:01 so far, 1:05 left in this stage" in shown
    assert "one\ntwo" in shown
    assert ssp("jobs", "delete", waiting).code == 2
    assert ssp("jobs", "stop", waiting).code == 0
    assert ssp("jobs", "show", waiting).document["state"] == "cancelled"
    run = ssp("jobs", "resume", waiting)
    assert run.code == 0, run.err
    assert ssp("evaluate", run.document["run"]).code == 0
    assert ssp("jobs", "show", waiting).document["state"] == "done"
    assert ssp("jobs", "resume", waiting).code == 2
    assert ssp("jobs", "delete", waiting).code == 0
    assert not folder.exists()
    assert run.document["run"] in ssp("runs").out


def test_a_command_takes_over_the_job_of_a_dashboard_that_has_gone(ssp: Ssp, waiting: str) -> None:
    target = ssp("jobs").document["jobs"][0]["dataset"]
    run = ssp("run", "transfer", "--dataset", target, "--source", "theirs")
    assert run.code == 0, run.err
    assert ssp("jobs", "show", waiting).document["state"] == "done"


def test_durations() -> None:
    assert [duration(seconds) for seconds in (None, 0.4, 65, 7209)] == ["-", "0:00", "1:05", "2:00:09"]
