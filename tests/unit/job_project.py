"""A small project with a target and a source, and what tests do with its jobs."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core import jobs
from core.jobs import board
from core.settings import Settings, with_workspace
from core.store import Store, facts
from core.types import Dataset, Instance, Record

WORDS = (("Hon", "PRON"), ("syngur", "VERB"), ("væl", "ADV"), (".", "PUNCT"))


def records(n: int, split: str) -> list[Record]:
    found = []
    for position in range(n):
        tokens = (*tuple(word for word, _ in WORDS), f"ord{position}")
        labels = (*(label for _, label in WORDS), "NOUN")
        found.append(Record(Instance(position, split, tokens, " ".join(tokens)), labels))
    return found


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    return with_workspace(tmp_path / "workspace")


@pytest.fixture
def project(chosen: Settings) -> Iterator[Store]:
    with Store.open(chosen.workspace) as store:
        target = Dataset("target", "Target", "fao", "pos", ("NOUN", "VERB", "PRON", "ADV", "PUNCT"))
        facts.add_dataset(store, target, records(6, "test"))
        source = Dataset("source", "Source", "isl", "pos", target.labels)
        facts.add_dataset(store, source, records(8, "train"))
        yield store


def wait(store: Store, chosen: Settings, job: str, *, seconds: float = 60) -> jobs.JobStatus:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        jobs.poll(store, chosen)
        found = jobs.status(chosen, job)
        if found.state in {"done", "failed", "cancelled"}:
            return found
        time.sleep(0.05)
    raise AssertionError(f"job still {jobs.status(chosen, job)}")


DIES = "import os; print('my last words', flush=True); os.kill(os.getpid(), 9)"


def begin(store: Store, chosen: Settings, seed: int = 0) -> Path:
    job = jobs.start(store, chosen, "ssp", "target", {"k": "2"}, sources=["source"], seed=seed)
    return chosen.jobs / job


def doing(code: str) -> Callable[[Path], subprocess.Popen[bytes]]:
    """A worker that does this."""

    def spawn(folder: Path) -> subprocess.Popen[bytes]:
        with (folder / "log.txt").open("ab") as said:
            return subprocess.Popen([sys.executable, "-c", code], stdout=said)

    return spawn


def polled_until(store: Store, chosen: Settings, folder: Path, *states: str) -> jobs.JobStatus:
    for _ in range(400):
        jobs.poll(store, chosen)
        found = board.read_status(folder)
        if found.state in states:
            return found
        time.sleep(0.05)
    raise AssertionError(f"still {found}")
