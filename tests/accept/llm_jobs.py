"""Runs of a language model in real workers: a project, a fake server, and workers that are killed."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from core import jobs
from core.calls import CallLog
from core.jobs import tending
from core.jobs.board import folder_of, worker
from core.settings import Settings, with_workspace
from core.store import Store, facts, views
from core.types import Dataset, Egress, Instance, Record
from tests.fake_llm import FakeLLM

LABELS = ("NOUN", "VERB", "PRON", "ADV", "PUNCT")
WORDS = (("Hon", "PRON"), ("syngur", "VERB"), ("nú", "ADV"), ("fagurt", "ADV"), (".", "PUNCT"))
PATIENCE = 300.0
"""Seconds a job may take."""


def project(workspace: Path, sentences: int, egress: Egress = "local") -> Settings:
    """A target of sentences that all differ, and a source."""
    with Store.open(workspace) as store:
        target = Dataset("target", "Target", "fao", "pos", LABELS, egress=egress)
        facts.add_dataset(store, target, _records(sentences, "test"))
        source = Dataset("source", "Source", "isl", "pos", LABELS, egress=egress)
        facts.add_dataset(store, source, _records(60, "train"))
        for name in ("target", "source"):
            facts.set_egress(store, name, egress)
    return with_workspace(workspace)


def _records(count: int, split: str) -> Iterator[Record]:
    for position in range(count):
        words = [*WORDS[: 2 + position % 3], (f"orð{position}", "NOUN"), WORDS[-1]]
        tokens, labels = zip(*words, strict=True)
        yield Record(Instance(position, split, tokens, " ".join(tokens)), labels)


def asking(fake: FakeLLM, **settings: Any) -> dict[str, str]:
    """Settings of a run that asks this server for every sentence."""
    said: dict[str, Any] = {
        "llm": "endpoint",
        "llm.base_url": fake.url,
        "llm.model": fake.model,
        "llm.constrain": "none",
        "llm.logprobs": "off",
        "llm.concurrency": 32,
        "llm.timeout": 5.0,
        "selector": "random",
    }
    named = {f"llm.{key}": value for key, value in settings.items()}
    return {key: str(value) for key, value in (said | named).items()}


class Job:
    """A job that is tended by this process, as a dashboard would."""

    def __init__(self, store: Store, chosen: Settings, overrides: dict[str, str]) -> None:
        self.store, self.chosen = store, chosen
        self.id = jobs.start(store, chosen, "random", "target", overrides, sources=["source"])
        self.folder = folder_of(chosen, self.id)
        self.log = CallLog(chosen.calls)

    def until(self, reached: Callable[[], bool]) -> None:
        """Tend the job until something is so."""
        end = time.monotonic() + PATIENCE
        while not reached():
            jobs.poll(self.store, self.chosen)
            status = jobs.status(self.chosen, self.id)
            assert status.state != "failed", f"{status.message}\n{jobs.log_tail(self.chosen, self.id)}"
            assert time.monotonic() < end, status
            time.sleep(0.05)

    @property
    def is_done(self) -> bool:
        return jobs.status(self.chosen, self.id).state == "done"

    def kill(self) -> None:
        """`kill -9` of the worker; it is gone when this returns."""
        holder = worker(self.folder)
        assert holder is not None
        os.kill(holder.pid, signal.SIGKILL)
        tending._started[self.folder].wait(10)

    def kept(self) -> int:
        """Finished calls in the log."""
        return self.log.totals(self.id).calls

    def prompts(self) -> set[str]:
        """What the finished calls in the log asked."""
        lines = map(json.loads, self.log.lines())
        return {line["prompt"] for line in lines if line["status"] != "failed"}

    def outcomes(self) -> Counter[str]:
        """How asking ended, over the sentences."""
        run = jobs.status(self.chosen, self.id).run_id
        rows = views.predictions(self.store, run, "stage2")
        return Counter(str(row.outcome) for row in rows.values())
