"""Runs in worker processes: the directory protocol, progress, cancel, failure, ingest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core import jobs
from core.errors import Cancelled, UnknownName
from core.jobs.bundle import load, save
from core.jobs.progress import FileReport
from core.jobs.worker import main
from core.run_input import RunInput, Source
from core.settings import Settings
from core.store import Store, facts, views
from core.types import Completion, Dataset, Instance, Prediction
from tests.unit.job_project import chosen, project, records, wait

__all__ = ["chosen", "project"]


@pytest.mark.slow
def test_a_run_in_a_worker_becomes_visible_in_the_store(project: Store, chosen: Settings) -> None:
    job = jobs.start(project, chosen, "ssp", "target", {"k": "2"}, sources=["source"])
    done = wait(project, chosen, job)
    assert done.state == "done", done.message
    run = views.run(project, done.run_id)
    assert set(run["stages"]) == {"stage1", "consensus", "stage2"}
    assert {score.stage for score in views.scores(project, done.run_id)} == {"stage1", "consensus", "stage2"}
    again = jobs.start(project, chosen, "ssp", "target", {"k": "2"}, sources=["source"])
    assert jobs.status(chosen, again).state == "done"
    assert [found.id for found in jobs.list_jobs(chosen)].count(job) == 1


@pytest.mark.slow
def test_a_cancelled_run_leaves_nothing_in_the_store(project: Store, chosen: Settings) -> None:
    before = project.version()
    job = jobs.start(project, chosen, "ssp", "target", {"k": "2"}, sources=["source"])
    jobs.cancel(chosen, job)
    assert wait(project, chosen, job).state == "cancelled"
    assert project.version() == before


@pytest.mark.slow
def test_results_without_their_data_set_are_a_failed_job(project: Store, chosen: Settings) -> None:
    job = jobs.start(project, chosen, "ssp", "target", {"k": "2"}, sources=["source"])
    facts.delete_dataset(project, "target")
    failed = wait(project, chosen, job)
    assert failed.state == "failed"
    assert "target" in failed.message


def test_unknown_jobs_are_named(chosen: Settings) -> None:
    with pytest.raises(UnknownName):
        jobs.status(chosen, "nothing")
    assert jobs.list_jobs(chosen) == []


def test_inputs_survive_the_journey_and_gold_stays_behind(tmp_path: Path) -> None:
    instance = Instance(0, "test", ("a", "b\u2028c"), "a b\u2028c ")
    job = RunInput(
        run_id="r",
        dataset=Dataset("d", "d", "fao", "pos", ("X",), splits={"test": 1}),
        recipe={"name": "ssp"},
        seed=3,
        instances=[instance],
        sources=[Source("s", "isl", records(2, "train"))],
        stage1={0: Prediction(0, ("X", "X"), (0.5, 0.25))},
        recorded={0: (3, 1)},
        others=[Instance(3, "test", ("c",), "c")],
        completions=[Completion("k", "m", "h", "prompt", "text", prompt_tokens=3)],
        template="t",
        corrections={0: ("X", "X")},
    )
    save(job, tmp_path)
    loaded = load(tmp_path)
    assert loaded == job
    assert '"labels": ["PRON"' not in (tmp_path / "job.json").read_text("utf8")


def test_a_bad_recipe_becomes_an_error_file(tmp_path: Path) -> None:
    recipe = {"name": "ssp", "stage1": {"labeler": "crf"}}
    save(
        RunInput("r", Dataset("d", "d", "fao", "pos", ("X",)), recipe, 0, [Instance(0, "test", ("a",), "a")]),
        tmp_path,
    )
    assert main([str(tmp_path)]) == 2
    error = json.loads((tmp_path / "error.json").read_text("utf8"))
    assert error["state"] == "failed"
    assert "--source" in error["message"]
    assert not (tmp_path / "out" / "done.json").exists()


def test_a_crash_is_told_and_logged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "job.json").write_text("{}", "utf8")
    assert main([str(tmp_path)]) == 1
    assert "KeyError" in json.loads((tmp_path / "error.json").read_text("utf8"))["message"]
    assert "Traceback" in capsys.readouterr().err


def test_progress_is_written_with_its_rate_and_cancel_is_heard(tmp_path: Path) -> None:
    now = [100.0]
    report = FileReport(tmp_path, clock=lambda: now[0])
    report("Stage II", 10, 100)
    now[0] += 2.0
    report("Stage II", 30, 100)
    said = json.loads((tmp_path / "progress.json").read_text("utf8"))
    assert said == {"stage": "Stage II", "done": 30, "total": 100, "rate": 10.0, "left": 7.0, "spent": 2.0}
    (tmp_path / "cancel").touch()
    with pytest.raises(Cancelled):
        report("Stage II", 40, 100)


def test_the_rate_is_that_of_the_last_half_minute_of_the_stage(tmp_path: Path) -> None:
    now = [0.0]
    report = FileReport(tmp_path, clock=lambda: now[0])
    report("Stage I", 100, 100)
    for second, done in ((0, 0), (100, 10), (120, 50), (131, 61)):
        now[0] = float(second)
        report("Stage II", done, 100)
    said = json.loads((tmp_path / "progress.json").read_text("utf8"))
    assert said["rate"] == pytest.approx(11 / 11)
    assert said["left"] == pytest.approx(39.0)


def test_work_of_earlier_workers_counts(tmp_path: Path) -> None:
    now = [0.0]
    for _ in range(2):
        report = FileReport(tmp_path, clock=lambda: now[0])
        now[0] += 5.0
        report("Stage II", 1, 1)
    assert json.loads((tmp_path / "progress.json").read_text("utf8"))["spent"] == 10.0
