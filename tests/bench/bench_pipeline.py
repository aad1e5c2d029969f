"""The offline pipeline at 400, 10,000 and 100,000 sentences: milliseconds per sentence by stage, and memory.

    python -m tests.bench.bench_pipeline [--large]

Each size runs in a process of its own. Sentences are halves of the embedded sample's, joined at random, with
made-up words in between, so that the vocabulary grows as it does in text. The cost per sentence must not grow
with their number: that of 10,000 is held against that of 400, from one run.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from core import catalog
from core.pipeline import run
from core.recipes import Context, resolve
from core.run_input import RunInput, Source
from core.types import Dataset, Instance
from tests.sample_sentences import sample_sentences

SIZES, LARGE = (400, 10_000), 100_000
WORDS = 200_000
DEAREST = 2.0
"""How much more a sentence may cost among 10,000 than among 400."""
STAGE_TWO_MS = 4.0
STAGES = ("stage1", "consensus", "selections", "stage2")


class Clock:
    """A sink that notes when each stage was complete."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}

    def _note(self, name: str) -> None:
        self.at[name] = time.perf_counter()

    def predictions(self, stage: str, found: Sequence[object]) -> None:
        self._note(stage)

    def selections(self, found: Sequence[object], pool: Sequence[object]) -> None:
        self._note("selections")

    def influences(self, found: Sequence[object]) -> None:
        self._note("stage2")

    def completions(self, found: Iterable[object]) -> None:
        """None offline."""

    def note(self, name: str, said: Mapping[str, object]) -> None:
        """Not kept."""


def sentences(n: int) -> list[Instance]:
    """So many sentences of the sample's Faroese, cut, joined and mixed with made-up words."""
    dice = random.Random(0)
    known = [record.instance.tokens for record in sample_sentences("sample-pos-fao")]
    found = []
    for position in range(n):
        first, second = dice.choice(known), dice.choice(known)
        made = f"orð{int(dice.paretovariate(0.7)) % WORDS}"
        tokens = (*first[: len(first) // 2], made, *second[len(second) // 2 :])
        found.append(Instance(position, "test", tokens, " ".join(tokens)))
    return found


def measure(n: int) -> dict[str, float]:
    """Milliseconds per sentence by stage, training in seconds, and the peak of memory in MB."""
    target = catalog.entry("sample-pos-fao")
    sources = [
        Source(name, catalog.entry(name).language, sample_sentences(name))
        for name in ("sample-pos-isl", "sample-pos-dan")
    ]
    labels = tuple(
        sorted({label for item in sources for record in item.records for label in record.labels or ()})
    )
    data = Dataset(target.id, target.name, target.language, "pos", labels)
    job = RunInput("bench", data, resolve("ssp", {}, Context(data)), 0, sentences(n), sources)
    trained, clock = [0.0], Clock()

    def report(doing: str, done: int, total: int) -> None:
        if doing != "labelling":
            trained[0] = trained[0] if "stage1" in clock.at else time.perf_counter()

    began = time.perf_counter()
    run(replace(job), clock, report)
    moments = [trained[0], *(clock.at[stage] for stage in STAGES)]
    spent = {stage: 1000 * (b - a) / n for stage, (a, b) in zip(STAGES, pairwise(moments), strict=True)}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"n": n, "training_s": trained[0] - began, **spent, "peak_mb": peak}


def _measured(n: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.bench_pipeline", "--one", str(n)]
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, env=os.environ | threads, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main(*, large: bool = False) -> bool:
    """Print the table; whether the limits were kept."""
    rows = [_measured(n) for n in (*SIZES, *([LARGE] if large else []))]
    print("offline pipeline, ms per sentence (one thread)")
    head = ("n", "train s", "Stage I", "cons.", "select", "Stage II", "all", "MB")
    print(" ".join(f"{name:>8}" for name in head))
    for row in rows:
        whole = sum(row[stage] for stage in STAGES)
        figures = " ".join(f"{row[stage]:8.2f}" for stage in STAGES)
        print(f"{row['n']:8.0f} {row['training_s']:8.1f} {figures} {whole:8.2f} {row['peak_mb']:7.0f}")
    few, many = (sum(row[stage] for stage in STAGES) for row in rows[:2])
    print(f"10,000 / 400: {many / few:.2f} (at most {DEAREST}); Stage II at most {STAGE_TWO_MS} ms")
    return many <= DEAREST * few and all(row["stage2"] <= STAGE_TWO_MS for row in rows)


if __name__ == "__main__":
    if "--one" in sys.argv:
        print(json.dumps(measure(int(sys.argv[-1]))))
    else:
        sys.exit(0 if main(large="--large" in sys.argv) else 1)
