"""What a command line leaves in the inbox is answered once, also when it makes no sense."""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from core import jobs, processes
from core.cli import handing
from core.errors import StudioError
from core.jobs import tending
from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.presence import announced
from core.settings import Settings
from core.store import Store, views
from tests.unit.job_project import chosen, project

__all__ = ["chosen", "project"]

REQUEST = Request("ssp", "target", {"k": "2"}, ["source"])


def put(chosen: Settings, name: str, content: Any) -> Path:
    chosen.inbox.mkdir(parents=True, exist_ok=True)
    path = chosen.inbox / f"{name}.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def asked(request: Request) -> dict[str, Any]:
    return asdict(processes.this()) | {"kind": "run", "request": asdict(request)}


def answered(store: Store, chosen: Settings, path: Path) -> dict[str, Any]:
    jobs.poll(store, chosen)
    assert not path.exists()
    return dict(json.loads(path.with_name(f"{path.stem}.answer.json").read_text()))


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(folder: Path) -> Any:
        raise OSError(11, "no process may be started here")

    monkeypatch.setattr(tending, "spawn", full)


def test_a_request_becomes_a_job_and_again_the_same(project: Store, chosen: Settings) -> None:
    first = answered(project, chosen, put(chosen, "1", asked(REQUEST)))
    assert jobs.status(chosen, first["job"]).state == "queued"
    assert answered(project, chosen, put(chosen, "2", asked(REQUEST))) == first


def test_a_run_that_is_stored_is_answered_at_once(project: Store, chosen: Settings) -> None:
    run, _ = run_here(project, chosen, REQUEST, lambda *_: None)
    said = answered(project, chosen, put(chosen, "1", asked(REQUEST)))["done"]
    assert (said["run"], said["computed"], said["left_out"]) == (run, False, 0)
    assert jobs.list_jobs(chosen) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "does not understand"),
        ({**asdict(processes.this()), "kind": "run", "request": {"nonsense": 1}}, "does not understand"),
        (asked(Request("ssp", "nope")), "unknown data set"),
        ({**asdict(processes.this()), "kind": "import", "entry": "nope"}, "nope"),
    ],
)
def test_what_cannot_be_done_is_answered_with_the_reason(
    project: Store, chosen: Settings, content: Any, words: str
) -> None:
    said = answered(project, chosen, put(chosen, "1", content))
    assert words in said["error"]
    assert said["exit_code"] == 2


def test_entries_are_imported(project: Store, chosen: Settings) -> None:
    wanted = {**asdict(processes.this()), "kind": "import", "entry": "sample-topic-gsw"}
    for name in "12":
        assert answered(project, chosen, put(chosen, name, wanted)) == {"dataset": "sample-topic-gsw"}
    assert "sample-topic-gsw" in [item.id for item in views.datasets(project)]


def test_who_has_gone_gets_no_answer(project: Store, chosen: Settings) -> None:
    path = put(chosen, "1", asked(REQUEST) | {"born": "long ago"})
    old = put(chosen, "0.answer", {})
    os.utime(old, (0, time.time() - 3600))
    jobs.poll(project, chosen)
    assert not list(chosen.inbox.iterdir())
    assert not path.exists()
    assert jobs.list_jobs(chosen) == []


def test_without_a_dashboard_nobody_waits(chosen: Settings) -> None:
    with pytest.raises(StudioError, match="has gone"):
        handing.ask(chosen, {"kind": "run"})
    assert list(chosen.inbox.iterdir()) == []


def test_a_refusal_keeps_its_code(chosen: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(_seconds: float) -> None:
        (path,) = chosen.inbox.glob("*.json")
        said = {"error": "no.", "hint": "Else.", "code": "recipe", "exit_code": 7}
        path.with_name(f"{path.stem}.answer.json").write_text(json.dumps(said))

    chosen.workspace.mkdir()
    monkeypatch.setattr(handing.time, "sleep", answer)
    with announced(chosen.workspace, "http://x/"), pytest.raises(StudioError, match="Else") as refused:
        handing.ask(chosen, {"kind": "run"})
    assert (refused.value.code, refused.value.exit_code) == ("recipe", 7)
