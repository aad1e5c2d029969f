"""The jobs page: what runs, waits or went wrong, and what can be done about it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core import processes
from tests.pages.test_pages import _fill, assert_well, visit, workspace

__all__ = ["workspace"]


@pytest.fixture
def filled(workspace: Path) -> Path:
    from dashboard import resources

    _fill(resources.store())
    return workspace


def job(folder: Path, name: str, **files: dict[str, Any]) -> Path:
    place = folder / "jobs" / name
    place.mkdir(parents=True)
    said = {"run_id": "words/zgul", "dataset_id": "words", "recipe": {"name": "ssp"}, "asked": 1.0}
    for stem, content in {"job": said, **files}.items():
        (place / f"{stem}.json").write_text(json.dumps(content))
    return place


def said(app: AppTest) -> str:
    kinds = ("title", "markdown", "text", "caption", "code", "info")
    return "\n".join(str(item.value) for kind in kinds for item in app.get(kind))


def bars(app: AppTest) -> str:
    return "\n".join(str(item.proto.text) for item in app.get("progress"))


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert_well(app)
    return app


def test_no_jobs_yet(workspace: Path) -> None:
    app = visit("jobs.py")
    assert "No jobs yet" in said(app)
    assert "ssp sample" in said(app)


def test_a_running_job_tells_its_rate_and_what_is_left(filled: Path) -> None:
    progress = {"stage": "Stage II", "done": 30, "total": 1200, "rate": 12.3, "left": 95.0, "spent": 62.0}
    job(filled, "a", worker=asdict(processes.this()), progress=progress)
    app = visit("jobs.py")
    assert_well(app)
    assert "Stage II · 30 of 1,200 · 12 per second · 1:35 left in this stage" in bars(app)
    assert "1:02 of work so far" in said(app)
    assert "**Faroese · POS** · SSP" in said(app)
    press(app, "Stop-a")
    assert (filled / "jobs" / "a" / "cancel").exists()


def test_jobs_wait_their_turn(filled: Path) -> None:
    job(filled, "a")
    job(filled, "b", progress={"stage": "Stage II", "done": 3, "total": 12, "spent": 1.0})
    app = visit("jobs.py")
    assert "waiting its turn" in bars(app)
    assert "waiting to go on, after Stage II" in bars(app)


def test_a_failed_job_says_why_and_can_be_resumed(filled: Path) -> None:
    place = job(filled, "a", error={"state": "failed", "message": "the disk is *full*."})
    app = visit("jobs.py")
    assert "the disk is *full*." in [str(item.value) for item in app.text]
    press(app, "Resume-a")
    assert not (place / "error.json").exists()
    assert "waiting its turn" in bars(app)


def test_a_stopped_job_can_be_deleted(filled: Path) -> None:
    place = job(filled, "a", error={"state": "cancelled", "message": "stopped by the user."})
    app = visit("jobs.py")
    press(app, "Delete-a")
    assert not place.exists()
    assert "No jobs yet" in said(app)


def test_an_address_opens_a_job_with_its_log(filled: Path) -> None:
    for name in "ab":
        (job(filled, name) / "ingested").touch()
    (filled / "jobs" / "a" / "log.txt").write_text("first\n<b>![x](http://x/y.png)</b>\n")
    app = visit("jobs.py", job="a")
    assert_well(app)
    assert "<b>![x](http://x/y.png)</b>" in app.code[0].value
    assert "Its results" in [link.proto.label for link in app.get("page_link")]
    press(app, "log-a")
    assert "job" not in app.query_params
    press(app, "log-b")
    assert app.query_params["job"] == "b" or app.query_params["job"] == ["b"]
    assert "has said nothing" in said(app)
    assert "has been deleted" in said(visit("jobs.py", job="gone"))


def test_a_folder_that_cannot_be_read_is_one_failed_job(filled: Path) -> None:
    (filled / "jobs" / "broken").mkdir(parents=True)
    (filled / "jobs" / "broken" / "job.json").write_text("{")
    app = visit("jobs.py")
    assert_well(app)
    assert "cannot be read" in said(app)


def test_the_list_can_be_exported_and_is_read_only_while_presenting(filled: Path) -> None:
    job(filled, "a", error={"state": "failed", "message": "x"})
    job(filled, "b")
    app = visit("jobs.py")
    assert any("Jobs (2 rows)" in button.proto.label for button in app.get("download_button"))
    assert not {"Stop", "Resume", "Delete"} & set(labels(visit("jobs.py", present="1")))


def test_many_old_jobs_are_not_all_drawn(filled: Path) -> None:
    for number in range(35):
        place = job(filled, f"{number:02}")
        (place / "ingested").touch()
        os.utime(place / "job.json", (number, number))
    assert "5 older ones are in the export only." in said(visit("jobs.py"))
