"""The command line beside a running dashboard: it hands over its run, follows it, names who holds what."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import presence
from tests.accept.job_kills import SOURCES, prepare
from tests.e2e.conftest import SSP, Dashboard

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
RUN = ["run", "ssp", "--dataset", "many", *(word for name in SOURCES for word in ("--source", name))]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("handing") / "workspace"
    prepare(folder)
    return folder


@pytest.fixture
def open_there(untouched: Path, tmp_path: Path) -> Iterator[Dashboard]:
    shutil.copytree(untouched, tmp_path / "workspace")
    running = Dashboard(tmp_path / "workspace")
    yield running
    running.stop()


def ssp(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*SSP, *arguments, "--workspace", str(place)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")


@pytest.mark.thorough
def test_a_run_is_handed_to_the_dashboard(open_there: Dashboard) -> None:
    place = open_there.workspace
    done = ssp(place, *RUN, "--limit", "20", "--json")
    assert done.returncode == 0, done.stderr
    first = json.loads(done.stdout)
    assert (first["dataset"], first["recipe"], first["computed"]) == ("many", "ssp", True)
    assert json.loads(ssp(place, *RUN, "--limit", "20", "--json").stdout) == first | {"computed": False}
    (job,) = json.loads(ssp(place, "jobs", "--json").stdout)["jobs"]
    assert (job["state"], job["run_id"]) == ("done", first["run"])
    refused = ssp(place, "run", "ssp", "--dataset", "nope")
    assert (refused.returncode, "unknown data set 'nope'" in refused.stderr) == (2, True)
    other = ssp(place, "datasets")
    assert other.returncode == 3
    assert f"open in SSP Studio at {open_there.url}" in other.stderr
    open_there.stop()
    assert presence.dashboard(place) is None
    assert not (place / presence.FILE).exists()
    stored = json.loads(ssp(place, *RUN, "--limit", "20", "--json").stdout)
    assert stored == first | {"computed": False}


@pytest.mark.thorough
def test_ctrl_c_stops_the_job_and_it_can_go_on(open_there: Dashboard) -> None:
    place = open_there.workspace
    command = subprocess.Popen(
        [*SSP, *RUN, "--workspace", str(place)], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    for _ in range(600):
        if list(place.glob("jobs/*/kept/stage1/*.parquet")):
            break
        time.sleep(0.05)
    command.send_signal(signal.SIGINT)
    _, said = command.communicate(timeout=60)
    assert command.returncode == 130
    assert "stopped the job" in said
    job = state_becomes(place, "cancelled")
    assert ssp(place, "jobs", "resume", job).returncode == 0
    state_becomes(place, "done")


def state_becomes(place: Path, wanted: str) -> str:
    for _ in range(150):
        (job,) = json.loads(ssp(place, "jobs", "--json").stdout)["jobs"]
        if job["state"] == wanted:
            return str(job["id"])
        time.sleep(0.3)
    raise AssertionError(job)
