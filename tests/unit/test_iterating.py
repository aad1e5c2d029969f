"""`ssp iterate`, on a real offline run: rounds are stored runs, and it says why it stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.settings import with_workspace
from core.store import Store, facts
from tests.language_model_project import project
from tests.ssp_command import Ssp

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("project"))


@pytest.fixture
def tmp_path(place: Path) -> Path:
    """Where `ssp` works."""
    return place


@pytest.fixture(scope="module")
def run(place: Path) -> str:
    settings = with_workspace(place / "workspace")
    with Store.open(settings.workspace) as store:
        made, _ = run_here(store, settings, Request("ssp", "mine", {"k": "2"}, ("theirs",)), lambda *_: None)
    return made


def test_rounds_are_runs_and_it_says_why_it_stopped(ssp: Ssp, run: str) -> None:
    done = ssp("iterate", run, "--rounds", "3")
    assert done.code == 0, done.err
    rounds, stopped = done.document["rounds"], done.document["stopped"]
    assert [one["stage"] for one in rounds[:2]] == ["II", "III"]
    assert rounds[0]["run"] == run
    assert stopped
    stored = {row["id"]: row for row in ssp("runs").document["runs"]}
    assert {one["run"] for one in rounds} <= set(stored)
    assert stored[rounds[1]["run"]]["recipe"] == "iterate"
    assert done.document["best"] in stored


def test_doing_it_again_computes_nothing_and_says_the_same(ssp: Ssp, run: str) -> None:
    first = ssp("iterate", run, "--rounds", "2").document
    n = len(ssp("runs").document["runs"])
    assert ssp("iterate", run, "--rounds", "2").document == first
    assert len(ssp("runs").document["runs"]) == n


def test_a_run_without_stage_two_is_refused(ssp: Ssp) -> None:
    made = ssp("run", "transfer", "--dataset", "mine", "--source", "theirs").document["run"]
    refused = ssp("iterate", made)
    assert (refused.code, "no Stage II" in refused.message) == (2, True)


def test_corrected_items_are_the_audit(ssp: Ssp, run: str, tmp_path: Path) -> None:
    """Two of six sentences, four words each: too few words to be heard, and told all the same."""
    with Store.open(tmp_path / "workspace") as store:
        for position in (0, 3):
            labels = ("PRON", "VERB", "ADV", "PUNCT")
            facts.annotate(store, "mine", position, labels, author="me")
    rounds = ssp("iterate", run, "--rounds", "1").document["rounds"]
    assert [one["audited"] for one in rounds] == [8, 8]
    assert all(0 <= one["audit"] <= 1 for one in rounds)
