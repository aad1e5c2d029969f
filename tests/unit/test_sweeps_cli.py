"""`ssp sweep` on real offline runs, each of them an ordinary one."""

from __future__ import annotations

import csv
from pathlib import Path
from statistics import fmean

import pytest

from core.errors import Cancelled
from core.jobs import launch
from tests.language_model_project import project
from tests.ssp_command import Ssp

pytestmark = pytest.mark.slow
SWEEP = ("sweep", "ssp", "--dataset", "mine", "--source", "theirs", "--over", "k=1,2", "--seeds", "2")


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where `ssp` works."""
    return project(tmp_path_factory.mktemp("project"))


def test_runs_are_ordinary_ones_and_none_is_made_twice(
    ssp: Ssp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = ssp(*SWEEP, "--out", str(tmp_path / "sweep.csv"))
    assert said.code == 0, said.err
    rows = said.document["rows"]
    assert [row["name"] for row in rows] == ["k = 1", "k = 2"]
    assert said.document["metric"] == "token_accuracy"
    runs = {
        run["id"]: run for run in ssp("runs", "--dataset", "mine").document["runs"] if run["kind"] == "run"
    }
    assert {score["run"] for row in rows for score in row["scores"]} == set(runs)
    assert sorted(run["seed"] for run in runs.values()) == [0, 0, 1, 1]
    for row in rows:
        scores = [ssp("evaluate", one["run"]).document["stage2"]["token_accuracy"] for one in row["scores"]]
        assert row["mean"] == pytest.approx(fmean(scores))
    with (tmp_path / "sweep.csv").open(encoding="utf8", newline="") as file:
        written = list(csv.DictReader(file))
    assert [(line["k"], line["seed"]) for line in written] == [("1", "0"), ("1", "1"), ("2", "0"), ("2", "1")]
    monkeypatch.setattr(launch, "finish_here", lambda *_: pytest.fail("made again"))
    assert ssp(*SWEEP).document["rows"] == rows


def test_what_was_stopped_goes_on(ssp: Ssp, monkeypatch: pytest.MonkeyPatch) -> None:
    carried, made = launch.carry_out, []

    def stopped(*given: object) -> object:
        made.append(given)
        if len(made) == 2:
            raise Cancelled("stopped.")
        return carried(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(launch, "carry_out", stopped)
    assert ssp(*SWEEP).code == 130
    assert len([run for run in ssp("runs").document["runs"] if run["kind"] == "run"]) == 1
    monkeypatch.setattr(launch, "carry_out", lambda *given: made.append(given) or carried(*given))
    assert ssp(*SWEEP).code == 0
    assert len(made) == 5, "one before, one stopped, three that were left"


def test_people_read_a_table(ssp: Ssp) -> None:
    said = ssp(
        *SWEEP[:6],
        "--variant",
        "ilp:",
        "--variant",
        "random: selector=random",
        "--seeds",
        "1",
        json_too=False,
    )
    head, columns, _, first, second = said.out.strip().splitlines()
    assert head.startswith("token_accuracy (x 100) against mine/gold, 6 items, ")
    assert "; always " in head
    assert " ".join(columns.split()) == "row mean sd lowest highest seeds to the first 95 % better in"
    assert first.startswith("ilp")
    assert second.startswith("random")
    assert second.endswith(" of 1")


def test_what_cannot_be_is_said_before_anything_runs(ssp: Ssp) -> None:
    refused = ssp(*SWEEP[:6], "--over", "k=2,x")
    assert refused.code == 2
    assert "k = x:" in refused.message
    assert "is not KEY=VALUE" in ssp(*SWEEP[:6], "--over", "k").message
    assert ssp("runs", "--dataset", "mine").document["runs"][1:] == []
