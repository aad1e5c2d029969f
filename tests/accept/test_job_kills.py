"""`kill -9` of a worker at 20 random moments and of the dashboard at 20: the job goes on, and nothing is
lost, other or twice. Prints what each kill hit.
"""

from __future__ import annotations

import random
import shutil
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.accept.job_kills import (
    disturbed,
    kill_server,
    kill_worker,
    prepare,
    results,
    served,
    stages,
    undisturbed,
)

RUNS = 10
"""A worker that is killed a third time before anything is finished is given up: two kills for each run."""
SEED = 5


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kills")
    prepare(folder / "untouched")
    return folder


@pytest.fixture(scope="module")
def seconds(project: Path) -> float:
    """What an undisturbed run takes; all of them are in the workspace `whole`."""
    shutil.copytree(project / "untouched", project / "whole")
    return undisturbed(project / "whole", range(RUNS))


@pytest.mark.parametrize(("kill", "runs", "kills"), [(kill_worker, RUNS, 2), (kill_server, RUNS // 2, 4)])
def test_kills(project: Path, seconds: float, kill: Any, runs: int, kills: int) -> None:
    workspace, dice, hits = project / kill.__name__, random.Random(SEED), Counter[str]()
    shutil.copytree(project / "untouched", workspace)
    began = time.monotonic()
    with served(workspace) as running:
        for seed in range(runs):
            hits += disturbed(running, seed, seconds, kills, kill, dice)
    wall = time.monotonic() - began
    found, whole = results(workspace, range(runs)), results(project / "whole", range(runs))
    whole |= {"jobs": runs}
    for name, rows in whole.items():
        assert found[name] == rows, name
    print(
        f"\n{kill.__name__}: {hits.total()} kills in {runs} runs of {seconds:.1f} s, {wall:.0f} s in all; "
        f"hit: {stages(hits)}; {len(whole['prediction']):,} predictions, "
        f"{len(whole['exemplar']):,} exemplars, {len(whole['influence']):,} influences as undisturbed; "
        f"{found['jobs']} jobs ingested"
    )
