"""Acceptance: `python start.py --light` in an empty clone runs the offline pipeline and its tests.

Packages come from wherever this machine's pip is set up to take them.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = ("torch", "transformers", "sentence_transformers")
SURROUNDINGS = {"SSP_WORKSPACE", "SSP_MIRROR", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV", "PYTHONPATH"}


class Clone:
    """A clone of the project as it stands, uncommitted files included, with nothing installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.binaries = folder / ".venv" / "bin"
        self.workspace = folder / "work space"
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        for name in filter(None, listed.stdout.decode().split("\0")):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)

    @property
    def variables(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if name not in SURROUNDINGS}

    def start(self, *arguments: str) -> str:
        return self._run([sys._base_executable, "start.py", *arguments])

    def ssp(self, *arguments: str) -> Any:
        return json.loads(self._run([str(self.binaries / "ssp"), *arguments, "--json", *self.where]))

    @property
    def where(self) -> list[str]:
        return ["--workspace", str(self.workspace)]

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(
            command, cwd=self.folder, env=self.variables, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
        return done.stdout

    def size(self) -> int:
        """Of the environment on the disk, in MB (10^6 bytes), as the README gives it."""
        files = (path for path in (self.folder / ".venv").rglob("*") if not path.is_symlink())
        return round(sum(path.lstat().st_size for path in files if path.is_file()) / 1e6)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    folder = tmp_path_factory.mktemp("light") / "a clone"
    yield Clone(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def installed(clone: Clone) -> Clone:
    """After the one command."""
    began = time.monotonic()
    said = clone.start("--light", "--no-serve", *clone.where)
    print(f"\nlight: {time.monotonic() - began:.0f} s from nothing to the finished sample")
    assert "python start.py --full" in said
    return clone


def test_the_offline_pipeline_runs_without_the_models(installed: Clone) -> None:
    packages = next((installed.folder / ".venv").glob("lib/python*/site-packages"))
    assert not [name for name in LEFT_OUT if (packages / name).exists()]
    runs = [run for run in installed.ssp("runs")["runs"] if run["recipe"] == "ssp"]
    assert len(runs) == 4
    for run in runs:
        scores = installed.ssp("evaluate", run["id"])
        assert scores["stage1"], run
        assert scores["stage2"], run
    print(f"light: {len(runs)} runs, both stages each")


def test_its_size_is_the_one_of_the_readme(installed: Clone) -> None:
    found = re.search(r"`--light` \| (\d+) MB", (ROOT / "README.md").read_text("utf8"))
    assert found, "the README states the size"
    stated, measured = int(found.group(1)), installed.size()
    print(f"light: {measured} MB on the disk after a first run; the README says {stated} MB")
    assert measured == pytest.approx(stated, rel=0.1)


def test_the_second_start_is_quick(installed: Clone) -> None:
    began = time.monotonic()
    installed.start("--install-only")
    installation = time.monotonic() - began
    installed.start("--no-serve", *installed.where)
    print(
        f"light: again {installation:.1f} s, with the sample {time.monotonic() - began - installation:.1f} s"
    )


def test_the_dashboard_opens_and_ends_with_it(installed: Clone) -> None:
    command = [sys._base_executable, "start.py", "--port", "8931", *installed.where]
    with subprocess.Popen(
        command, cwd=installed.folder, env=installed.variables, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        ready = next(line for line in process.stdout if "ready" in line)
        address = ready.split()[-1]
        with urllib.request.urlopen(address, timeout=30) as answer:
            assert answer.status == 200
            assert b"<html" in answer.read().lower()
        process.terminate()
        process.wait(timeout=30)
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(address, timeout=5)
    print(f"light: the dashboard answered at {address}")


def test_what_needs_more_says_so_and_offers_it(installed: Clone) -> None:
    before = installed.ssp("runs")
    setting = ["--set", "embedder=sentence_transformer", "--set", "embedder.model=labse"]
    done = subprocess.run(
        [installed.binaries / "ssp", "run", "ssp", "--dataset", "sample-pos-fao", *setting, *installed.where],
        env=installed.variables,
        capture_output=True,
        text=True,
        check=False,
    )
    print(f"light: {done.stderr.strip()}")
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "sentence-transformers" in done.stderr
    assert "python start.py --full" in done.stderr
    assert installed.ssp("runs") == before


def test_the_tests_pass_and_name_what_they_left_out(installed: Clone) -> None:
    said = installed.start("--test")
    print("light: " + "\n       ".join(said.strip().splitlines()[-2:]))
    named = re.search(r"(\d+) tests were skipped, the light installation cannot run them", said)
    passed, skipped = re.search(r"(\d+) passed, (\d+) skipped", said).groups()  # type: ignore[union-attr]
    assert named
    assert named[1] == skipped
    assert int(passed) > 2000
