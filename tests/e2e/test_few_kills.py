"""The acceptance test of killed jobs in small: one run, two kills, of its worker and of its dashboard."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.accept.job_kills import disturbed, kill_server, kill_worker, prepare, results, served, undisturbed

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.mark.thorough
def test_a_killed_run_ends_as_one_that_was_not(tmp_path: Path) -> None:
    prepare(tmp_path / "whole", 250)
    shutil.copytree(tmp_path / "whole", tmp_path / "killed")
    seconds = undisturbed(tmp_path / "whole", range(2))
    dice: Any = random.Random(2)
    with served(tmp_path / "killed") as running:
        for seed, kill in enumerate((kill_worker, kill_server)):
            disturbed(running, seed, seconds, 2, kill, dice)
    assert results(tmp_path / "killed", range(2)) == results(tmp_path / "whole", range(2))
