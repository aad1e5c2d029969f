"""Jobs in trouble: a full disk, a folder that cannot be read, other code, data that has gone."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from core import jobs
from core.errors import StudioError
from core.jobs import board, folders, storing, tending
from core.jobs.carrying import carry_out
from core.settings import Settings
from core.store import Store
from tests.unit.job_project import DIES, begin, chosen, doing, project

pytestmark = pytest.mark.slow

__all__ = ["chosen", "project"]


def silent(*_: object) -> None:
    return None


def test_a_full_disk_is_told_and_does_not_stop_the_others(
    project: Store, chosen: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = begin(project, chosen, 1), begin(project, chosen, 2)

    def full(path: Path, *_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(tending, "spawn", doing(DIES))
    for module in (tending, storing):
        monkeypatch.setattr(module, "replace_json", full)
    for _ in range(40):
        jobs.poll(project, chosen)
        time.sleep(0.05)
    for folder in (first, second):
        found = board.read_status(folder)
        assert found.state == "failed"
        assert "No space left on device" in found.message
        assert not (folder / "error.json").exists()
    monkeypatch.undo()
    jobs.poll(project, chosen)
    assert (first / "error.json").exists()
    assert board.UNWRITTEN == {}


def test_a_job_that_cannot_be_written_is_not_begun(
    project: Store, chosen: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folders, "save", full)
    with pytest.raises(StudioError, match="No space left on device"):
        begin(project, chosen)
    assert list(chosen.jobs.iterdir()) == []


def test_a_folder_that_cannot_be_read_is_shown_as_failed_and_the_others_go_on(
    project: Store, chosen: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = begin(project, chosen)
    for name, content in (("broken", "{"), ("list", "[]")):
        (chosen.jobs / name).mkdir()
        (chosen.jobs / name / "job.json").write_text(content)
    monkeypatch.setattr(tending, "spawn", doing("import time; time.sleep(60)"))
    jobs.poll(project, chosen)
    states = {job.id: job.state for job in jobs.list_jobs(chosen)}
    assert states == {"broken": "failed", "list": "failed", folder.name: "queued"}
    assert "cannot be read" in jobs.status(chosen, "broken").message
    assert folder in tending._started
    tending._started[folder].kill()
    tending._started.pop(folder).wait()


def test_what_was_never_whole_is_swept(project: Store, chosen: Settings) -> None:
    for name in (".20260101-new", "20260101-half"):
        (chosen.jobs / name / "in").mkdir(parents=True)
    folder = begin(project, chosen)
    assert [path.name for path in chosen.jobs.iterdir()] == [folder.name]


def test_other_code_begins_anew(project: Store, chosen: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = begin(project, chosen)
    (folder / "kept").mkdir()
    said = json.loads((folder / "job.json").read_text())
    (folder / "job.json").write_text(json.dumps(said | {"code_version": "old", "run_id": "old"}))
    with pytest.raises(StudioError, match="was changed"):
        carry_out(folder, silent)
    monkeypatch.setattr(tending, "spawn", doing("import time; time.sleep(60)"))
    jobs.poll(project, chosen)
    assert not (folder / "kept").exists()
    assert json.loads((folder / "job.json").read_text()) == said
    tending._started[folder].kill()
    tending._started.pop(folder).wait()


def test_a_job_whose_data_set_has_gone_says_so_instead_of_beginning_anew(
    project: Store, chosen: Settings
) -> None:
    folder = begin(project, chosen)
    said = json.loads((folder / "job.json").read_text())
    said["request"]["dataset"] = "gone"
    (folder / "job.json").write_text(json.dumps(said | {"code_version": "old"}))
    jobs.poll(project, chosen)
    assert "unknown data set" in board.read_status(folder).message
