"""`kill -9` in the middle of an import: the workspace holds all of it or none, and opens at once."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from core.store import Store, facts, views
from tests.own_files import put, sentence

KILLS = 20
SENTENCES = 12_000


def corpus() -> str:
    words = random.Random(7)
    tags = ("NOUN", "VERB", "ADJ", "ADP")
    return "".join(
        sentence(*((f"w{words.randrange(5000)}", words.choice(tags)) for _ in range(10)))
        for _ in range(SENTENCES)
    )


def command(path: Path, workspace: Path) -> list[str]:
    ssp = [sys.executable, "-c", "from core.cli import main; main()", "import", str(path), "--json"]
    return [*ssp, "--task", "pos", "--language", "fo", "--workspace", str(workspace)]


def test_an_import_that_is_killed_leaves_all_or_nothing(tmp_path: Path) -> None:
    path = put(tmp_path, "big.conllu", corpus())
    started = time.monotonic()
    whole = subprocess.run(command(path, tmp_path / "whole"), capture_output=True, text=True, check=True)
    seconds = time.monotonic() - started
    assert json.loads(whole.stdout)["instances"] == SENTENCES
    workspace = tmp_path / "killed"
    shares = [0.3 + 0.7 * (number + 0.5) / KILLS for number in range(KILLS)]
    outcomes = [_killed(path, workspace, seconds * share) for share in shares]
    left = sorted(item.name for item in workspace.iterdir())
    print(
        f"{KILLS} kills over {seconds:.1f} s: {outcomes.count(0)} times nothing, "
        f"{outcomes.count(SENTENCES)} times all of {SENTENCES:,} sentences; workspace holds {left}"
    )
    assert set(outcomes) <= {0, SENTENCES}
    assert 0 in outcomes
    last = subprocess.run(command(path, workspace), capture_output=True, text=True, check=True)
    assert json.loads(last.stdout)["instances"] == SENTENCES


def _killed(path: Path, workspace: Path, after: float) -> int:
    """Kill an import `after` seconds from its start; how many sentences the workspace holds then."""
    if workspace.exists():
        with Store.open(workspace) as store:
            for dataset in views.datasets(store):
                facts.delete_dataset(store, dataset.id)
    process = subprocess.Popen(
        command(path, workspace), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    time.sleep(after)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    with Store.open(workspace) as store:
        found = views.datasets(store)
        assert len(found) <= 1
        stored = sum(1 for _ in views.records(store, found[0].id)) if found else 0
        assert stored == (found[0].n_instances if found else 0)
        gold = views.runs(store, found[0].id) if found else []
        assert len(gold) == len(found)
    return stored
