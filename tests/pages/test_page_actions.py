"""What pages do: start and follow runs, import, walk the tour."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import catalog, settings
from core.errors import StudioError
from core.importing import import_catalog
from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.store import views
from dashboard import actions, resources

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
TARGET = "sample-topic-gsw"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A workspace with one target of the embedded sample and a run of both stages on it."""
    monkeypatch.setenv("SSP_WORKSPACE", str(tmp_path))
    settings.reset()
    st.cache_data.clear()
    sources = [entry.id for entry in catalog.entries().values() if entry.meta.get("target") == TARGET]
    for name in (TARGET, *sources):
        import_catalog(resources.store(), settings.settings(), name, silent)
    run_here(resources.store(), settings.settings(), Request("ssp", TARGET), silent)
    yield tmp_path
    resources.close()
    settings.reset()


def silent(*_: object) -> None:
    return None


def visit(page: str = "overview.py", **params: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=30)
    for key, value in params.items():
        app.query_params[key] = value
    app.run()
    if page != "overview.py":
        app.switch_page(f"../pages/{page}")
        for key, value in params.items():
            app.query_params[key] = value
        app.run()
    assert not app.exception, app.exception
    return app


def said(app: AppTest) -> str:
    kinds = ("title", "markdown", "text", "caption", "code")
    return "\n".join(str(item.value) for kind in kinds for item in app.get(kind))


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    app.run()
    assert not app.exception, app.exception
    return app


def job(folder: Path, name: str, **files: dict[str, Any]) -> None:
    (folder / "jobs" / name).mkdir(parents=True)
    files["job"] = {"run_id": "r", "dataset_id": TARGET, "recipe": {"name": "ssp"}}
    for stem, content in files.items():
        (folder / "jobs" / name / f"{stem}.json").write_text(json.dumps(content))


def test_only_the_sample_means_that_real_data_are_offered(workspace: Path) -> None:
    text = said(visit())
    assert "Use real data" in text
    assert "licence: CC BY-SA 4.0" in text
    assert "1,208 sentences" in text


def test_an_offline_run_is_explained_without_calling_it_a_language_model(workspace: Path) -> None:
    app = visit("exemplars.py", dataset=TARGET)
    assert "offline in-context tagger, which reads the exemplars directly" in said(app)
    assert "offline in-context tagger" in said(visit("compare.py", dataset=TARGET))


def test_a_running_job_shows_its_progress_and_can_be_stopped(workspace: Path) -> None:
    job(workspace, "20260101-a", progress={"stage": "choosing exemplars", "done": 3, "total": 20})
    app = visit()
    assert "**Swiss German · topic** · SSP" in said(app)
    press(app, "Stop")
    assert (workspace / "jobs" / "20260101-a" / "cancel").exists()


def test_a_failed_job_says_why(workspace: Path) -> None:
    job(workspace, "20260101-a", error={"state": "failed", "message": "the disk is full."})
    assert "the disk is full." in said(visit())


def test_a_failure_is_forgotten_when_a_later_run_succeeded(workspace: Path) -> None:
    job(workspace, "20260101-a", error={"state": "failed", "message": "the disk is full."})
    os.utime(workspace / "jobs" / "20260101-a" / "job.json", (0, 0))
    assert "the disk is full." not in said(visit())


def test_an_entry_shows_its_terms_before_it_can_be_imported(workspace: Path) -> None:
    app = visit("import_data.py", entry="ud-faroese-oft")
    text = said(app)
    assert "Licence" in text
    assert "Citation" in text
    assert next(button for button in app.button if button.label == "Import").disabled
    next(box for box in app.checkbox if "licence" in box.label).check().run()
    assert not next(button for button in app.button if button.label == "Import").disabled


def test_importing_from_the_page_stores_the_data_set(workspace: Path) -> None:
    app = press(visit("import_data.py", entry="sample-pos-fao"), "Import")
    assert app.query_params["dataset"] == "sample-pos-fao"
    assert "already in this workspace" in said(app)
    assert "See its card" in [link.proto.label for link in app.get("page_link")]


def test_a_failed_import_is_one_message(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSP_MIRROR", str(workspace / "nowhere"))
    settings.reset()
    app = visit("import_data.py", entry="ud-faroese-oft")
    next(box for box in app.checkbox if "licence" in box.label).check().run()
    assert "This did not work" in said(press(app, "Import"))


def test_a_search_that_finds_nothing_says_so(workspace: Path) -> None:
    assert "ssp import FILE" in said(visit("import_data.py", find="no such thing"))


def test_the_tour_walks_through_five_steps_and_ends(workspace: Path) -> None:
    app = visit(dataset=TARGET, tour="1")
    for number in range(1, 5):
        assert f"step {number} of 5" in said(app)
        press(app, "Next step")
    assert "step 5 of 5" in said(app)
    assert app.query_params["changed"] == "broken"
    press(app, "Back")
    assert "step 4 of 5" in said(app)
    press(app, "End the tour")
    assert "Guided tour" not in said(app)


def test_the_tour_begins_in_the_sidebar(workspace: Path) -> None:
    assert "step 1 of 5" in said(press(visit("compare.py", dataset=TARGET), "Take the tour"))


def test_only_a_demo_can_be_reset(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Reset the demo" not in [button.label for button in visit().button]
    run = next(row["id"] for row in views.runs(resources.store(), TARGET) if row["kind"] == "run")
    monkeypatch.setattr(actions.demo, "reset", lambda *_: run)
    (workspace / "demo").touch()
    app = press(visit(), "Reset the demo")
    assert app.query_params["run"] == run


def test_a_workspace_that_only_holds_the_demo_in_a_folder_cannot_be_reset(workspace: Path) -> None:
    (workspace / "demo").mkdir()
    assert "Reset the demo" not in [button.label for button in visit().button]
    with pytest.raises(StudioError, match="not the demo's workspace"):
        actions.reset_demo(silent)
    assert views.datasets(resources.store())


def test_walking_through_sentences(workspace: Path) -> None:
    app = press(visit("exemplars.py", dataset=TARGET, sentence="1"), "Next")
    assert app.query_params["sentence"] == "2"
    press(app, "Previous")
    assert app.query_params["sentence"] == "1"
