"""The loop beside the desk: what it says with and without corrections, and what it starts."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.importing import import_catalog
from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.settings import settings, with_workspace
from core.store import Store, facts, views
from dashboard import background, looping, resources
from tests.pages.test_pages import assert_well, texts, workspace
from tests.unit.llm_project import quiet

__all__ = ["workspace"]
pytestmark = pytest.mark.slow
TARGET = "sample-ner-hau"
PATIENCE = 60.0


def script() -> None:
    import streamlit as st

    from dashboard import current, routes
    from dashboard.widgets.loop import estimate, panel

    st.navigation([st.Page(routes.STAGE1), st.Page(routes.COMPARE)], position="hidden")  # links lead there
    current.settle()
    here = current.here()
    panel(here, "desk")
    estimate(here)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The sample's Hausa names with a run, made once."""
    there = with_workspace(tmp_path_factory.mktemp("panel"))
    with Store.open(there.workspace) as store:
        for name in (TARGET, "sample-ner-eng", "sample-ner-swa"):
            import_catalog(store, there, name, quiet)
        run = run_here(store, there, Request("ssp", TARGET), quiet)[0]
    return there.workspace, run


@pytest.fixture
def run(workspace: Path, made: tuple[Path, str]) -> str:
    shutil.copytree(made[0], workspace, dirs_exist_ok=True)
    return made[1]


def correct(*positions: int, layer: str = facts.LAYER) -> None:
    store = resources.store()
    gold = views.predictions(store, f"{TARGET}/gold", "gold")
    for at in positions:
        facts.annotate(store, TARGET, at, gold[at].labels, author="Anna", seconds=10.0, layer=layer)


def shown(run: str, until: Callable[[AppTest], bool] = lambda _: True) -> AppTest:
    """The panel once its threads have said what `until` waits for."""
    app = AppTest.from_function(script, default_timeout=30)
    app.query_params["dataset"], app.query_params["run"] = TARGET, run
    end = time.monotonic() + PATIENCE
    while True:
        app.run()
        assert_well(app)
        if until(app):
            return app
        assert time.monotonic() < end, texts(app)
        time.sleep(0.3)


def button(app: AppTest) -> AppTest:
    return next(item for item in app.button if item.label.startswith("Label"))


def test_without_corrections_there_is_nothing_to_start(run: str) -> None:
    app = shown(run, lambda app: "What it was worth" in texts(app))
    assert "No corrections since this run" in texts(app)
    assert not [item for item in app.button if item.label.startswith("Label")]
    assert "on the 30 items that nobody corrected" in texts(app)
    assert "Nothing was labelled blind yet" in texts(app)


def test_it_says_what_corrections_reach_and_labels_exactly_that_anew(run: str) -> None:
    correct(3, 8)
    app = shown(run, lambda app: "They reach" in texts(app))
    assert "2 corrections since this run. They reach" in texts(app)
    n = len(looping.reach(TARGET, run).value.positions)
    pressed = button(app)
    assert pressed.label == f"Label {n} sentences anew"
    pressed.click().run()
    assert_well(app)
    (job,) = [path for path in settings().jobs.iterdir() if not path.name.startswith(".")]
    assert '"corrected": true' in (job / "job.json").read_text("utf8")
    assert looping.on_its_way(TARGET)


def test_presenting_starts_nothing(run: str) -> None:
    correct(3)
    app = AppTest.from_function(script, default_timeout=30)
    app.query_params["dataset"], app.query_params["run"], app.query_params["present"] = TARGET, run, "1"
    app.run()
    assert_well(app)
    assert not [item for item in app.button if item.label.startswith("Label")]


def test_after_so_many_corrections_it_starts_by_itself(run: str) -> None:
    correct(1, 2, 3, 4, 5)
    app = shown(run)
    assert not looping.on_its_way(TARGET)
    next(box for box in app.selectbox if box.label == "By itself after").select(5).run()
    assert_well(app)
    assert looping.on_its_way(TARGET)


def test_blind_items_make_a_budget_and_an_estimate(run: str) -> None:
    facts.add_queue(resources.store(), TARGET, "Audit", list(range(12)), "at random", kind=facts.AUDIT)
    correct(*range(12), layer=facts.BLIND)
    app = shown(run, lambda app: "budget:" in texts(app) and "labelled blind" in texts(app))
    assert "12 of 30 items labelled blind, drawn at random." in texts(app)
    (table,) = [frame.value for frame in app.dataframe if "stage" in frame.value]
    assert set(table["metric"]) == {"Span F1 (strict)", "Token accuracy"}


def test_an_answer_that_is_out_of_date_is_shown_until_the_next_is_there(run: str) -> None:
    told = looping.ask("test/a", "1", lambda: "one")
    while told.value is None:
        time.sleep(0.05)
        told = looping.ask("test/a", "1", lambda: "one")
    assert (told.value, told.fresh) == ("one", True)
    late = looping.ask("test/a", "2", lambda: "two")
    assert (late.value, late.fresh) == ("one", False)
    assert background.look("loop/test/a/1") is not None
