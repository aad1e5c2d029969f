"""A dashboard whose workers, or which itself, are killed with `kill -9` while jobs run on a small project."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.cli.handing import ask
from core.importing import import_catalog
from core.jobs.board import read_status, worker
from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.sample import sample_entries
from core.settings import with_workspace
from core.store import Store, facts, schema, views
from core.types import Dataset, Instance, Record
from core.whole_files import read_json

SSP = [sys.executable, "-m", "core.cli"]
SOURCES = ["sample-pos-isl", "sample-pos-dan", "sample-pos-eng"]
SENTENCES = 410
PATIENCE = 120.0
"""Seconds in which a job must come to where it is waited for."""


def prepare(workspace: Path, sentences: int = SENTENCES) -> None:
    """A target of sentences mixed from the words of the embedded sample, and the sample's sources."""
    chosen, dice = with_workspace(workspace), random.Random(1)
    with Store.open(workspace) as store:
        for entry in sample_entries():
            if entry.task == "pos":
                import_catalog(store, chosen, entry.id, lambda *_: None)
        have = list(views.records(store, "sample-pos-fao"))
        mixed = []
        for position in range(sentences):
            pair = dice.sample(have, 2)
            words = [word for record in pair for word in _words(record)]
            dice.shuffle(words)
            tokens, labels = zip(*words[:12], strict=True)
            mixed.append(Record(Instance(position, "test", tokens, " ".join(tokens)), labels))
        labels = views.dataset(store, "sample-pos-fao").labels
        facts.add_dataset(store, Dataset("many", "Many", "fao", "pos", labels), mixed)


def _words(record: Record) -> list[tuple[str, str]]:
    return list(zip(record.instance.tokens, record.labels or (), strict=True))


class Served:
    """A real `ssp serve`, without a browser, that can be killed and started again."""

    def __init__(self, workspace: Path) -> None:
        self.settings = with_workspace(workspace)
        self._begin()

    def _begin(self) -> None:
        quiet = {key: value for key, value in os.environ.items() if key not in {"DISPLAY", "WAYLAND_DISPLAY"}}
        place = ["--port", str(19_000 + os.getpid() % 900), "--workspace", str(self.settings.workspace)]
        self.process = subprocess.Popen(
            [*SSP, "serve", *place], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=quiet
        )
        assert self.process.stdout is not None
        assert "ready" in self.process.stdout.readline()

    def kill(self) -> None:
        self.process.kill()
        self._gone()

    def again(self) -> None:
        self.kill()
        self._begin()

    def stop(self) -> None:
        self.process.terminate()
        self._gone()

    def _gone(self) -> None:
        self.process.wait(30)
        if self.process.stdout:
            self.process.stdout.close()

    def ask(self, seed: int) -> Path:
        """Have it carry out the run of this seed; returns the job's folder."""
        request = Request("ssp", "many", {}, SOURCES, seed=seed)
        said = ask(self.settings, {"kind": "run", "request": asdict(request)})
        return self.settings.jobs / str(said["job"])


@contextmanager
def served(workspace: Path) -> Iterator[Served]:
    running = Served(workspace)
    try:
        yield running
    finally:
        running.stop()


def until(folder: Path, reached: Callable[[Path], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not reached(folder):
        status = read_status(folder)
        assert status.state != "failed", status.message
        assert time.monotonic() < end, status
        time.sleep(0.02)


def has_spent(seconds: float) -> Callable[[Path], bool]:
    """Whether a worker is there and the job's workers have worked so long in all, or are done."""

    def reached(folder: Path) -> bool:
        if (folder / "out" / "done.json").exists() or (folder / "ingested").exists():
            return True
        spent = 0.0
        with suppress(ValueError):
            spent = float(read_json(folder / "progress.json").get("spent", 0.0))
        return worker(folder) is not None and spent >= seconds

    return reached


def is_done(folder: Path) -> bool:
    return read_status(folder).state == "done"


def hit(folder: Path) -> str:
    """What a job is at, for the record."""
    if (folder / "ingested").exists():
        return "done"
    if (folder / "out" / "done.json").exists():
        return "bringing in"
    return str(read_json(folder / "progress.json").get("stage", "starting"))


def kill_worker(running: Served, folder: Path) -> str:
    """`kill -9` of a job's worker; "" where it had just ended."""
    holder, at = worker(folder), hit(folder)
    if holder is None:
        return ""
    with suppress(ProcessLookupError):
        os.kill(holder.pid, signal.SIGKILL)
        return at
    return ""


def kill_server(running: Served, folder: Path) -> str:
    """`kill -9` of the dashboard, which is started again at once."""
    at = hit(folder)
    running.again()
    return at


def disturbed(
    running: Served,
    seed: int,
    seconds: float,
    kills: int,
    kill: Callable[[Served, Path], str],
    dice: random.Random,
) -> Counter[str]:
    """Carry out one run, killed so often at moments spread over its work; what each kill hit."""
    folder, hits = running.ask(seed), Counter[str]()
    for number in range(kills):
        until(folder, has_spent(seconds * (number + dice.random()) / kills))
        hits[kill(running, folder) or "just ended"] += 1
    until(folder, is_done)
    return hits


def results(workspace: Path, seeds: range) -> dict[str, Any]:
    """All that the runs of these seeds left in the database, but how long things took."""
    with Store.open(workspace) as store, store.read() as connection:
        table = schema.run.c
        mine = select(table.id).where(
            table.dataset_id == "many", table.kind == "run", table.seed.in_(list(seeds))
        )
        found: dict[str, Any] = {"runs": sorted(connection.scalars(mine))}
        for kind in (schema.prediction, schema.selection, schema.exemplar, schema.influence):
            columns = [column for column in kind.columns if column.name != "seconds"]
            query = select(*columns).where(kind.c.run_id.in_(mine)).order_by(*kind.primary_key.columns)
            found[kind.name] = [tuple(row) for row in connection.execute(query)]
        jobs = list(connection.scalars(select(schema.job.c.id).where(schema.job.c.run_id.in_(mine))))
        paths = connection.scalars(select(schema.ingested.c.path).where(schema.ingested.c.job_id.in_(jobs)))
        return found | {"jobs": len(jobs), "files": sorted(path.rpartition("/")[2] for path in paths)}


def undisturbed(workspace: Path, seeds: range) -> float:
    """Carry the runs out in this process, as the command line does; seconds of work of one of them."""
    chosen = with_workspace(workspace)
    with Store.open(workspace) as store:
        for seed in seeds:
            run_here(store, chosen, Request("ssp", "many", {}, SOURCES, seed=seed), lambda *_: None)
        return min(run["meta"]["seconds"] for run in views.runs(store, "many") if run["kind"] == "run")


def stages(hits: Counter[str]) -> str:
    return ", ".join(f"{stage} {n}" for stage, n in hits.most_common())
