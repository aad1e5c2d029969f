"""A topic data set with stored runs of a method and of what it is held against, made without any model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core.jobs.facts_files import FileSink
from core.scoring import score_run
from core.store import Store, facts, views
from core.types import Dataset, Instance, Prediction, Record
from core.whole_files import replace_json

LABELS = ("health", "politics", "sports", "travel")
N = 80
TOPICS = "topics"
WORDS = {label: [[label, [f"▁{label}"], True]] for label in LABELS} | {
    "travel": [["travel", ["▁tra", "vel"], False], ["viaje", ["▁viaje"], True]]
}
NOTE: Mapping[str, Any] = {
    "method": "mpt",
    "curve": [
        {
            "step": step,
            "loss": 2.0 / (step + 1),
            "parts": {"classification": 1.4 / (step + 1), "alignment": 0.6 / (step + 1)},
            "score": 0.5 + step / 100 if step % 10 == 0 else None,
            "on": "held-out source items",
        }
        for step in range(0, 41, 2)
    ],
    "best": 30,
    "stopped": "early",
    "seconds": 12.3,
    "model": "demo-world/masked",
    "artefact": "0123456789abcdef.safetensors",
    "words": WORDS,
    "near": {
        "source prompt": [[["about", 0.91], ["topic", 0.4]], [["the", 0.3], ["of", 0.2]]],
        "target prompt": [[["über", 0.88], ["Thema", 0.5]], [["das", 0.3], ["von", 0.1]]],
    },
    "shots": dict.fromkeys(LABELS, 16),
    "pairs": 200,
    "seen": None,
}
BASE: Mapping[str, Any] = {
    "consensus": {"use": False},
    "selector": {"name": "none"},
    "embedder": {"name": "ngrams"},
    "stage2": {"labeler": "none", "llm": "none", "template": "auto", "from_sources": 0},
    "llm": {},
    "translation": {},
}


def topics(store: Store, name: str = TOPICS, language: str = "qab", *, illustrative: bool = True) -> str:
    """The data set with its gold labels: every fourth item is of the same class."""
    rows = [
        Record(Instance(place, "test", (), f"text number {place}"), (LABELS[place % len(LABELS)],))
        for place in range(N)
    ]
    dataset = Dataset(name, f"Topics of {language}", language, "topic", LABELS, illustrative=illustrative)
    return facts.add_dataset(store, dataset, rows)[0]


def stored(
    store: Store,
    folder: Path,
    recipe: str,
    *,
    right: float,
    seed: int = 0,
    dataset: str = TOPICS,
    stage1: Mapping[str, Any] | None = None,
    embedder: Mapping[str, Any] | None = None,
    note: Mapping[str, Any] | None = None,
    wrong: tuple[str, ...] = (),
) -> str:
    """A run that labelled about a share `right` of the items rightly, and never those of the classes `wrong`.

    It goes the way of every job: a folder with what a worker writes, brought in and scored.
    """
    known = sum(1 for path in folder.iterdir()) if folder.is_dir() else 0
    run = f"{known:016x}"
    job = folder / run
    instances = list(views.instances(store, dataset, range(N)).values())
    settings = {"labeler": recipe, "labels": "none", **(stage1 or {})}
    table = {"name": recipe, **BASE, "stage1": settings, "embedder": {"name": "ngrams", **(embedder or {})}}
    sink = FileSink(job, instances)
    sink.predictions("stage1", _labelled(len(instances), right, seed, wrong))
    if note is not None:
        sink.note("retriever" if table["embedder"]["name"] == "xampler" else "training", note)
    sources = [{"dataset": "elsewhere", "language": "qaa", "splits": ["train"]}]
    said = {
        "run_id": run,
        "dataset_id": dataset,
        "recipe": table,
        "seed": seed,
        "code_version": "1",
        "sources": sources,
    }
    replace_json(job / "job.json", said)
    done = {"run_id": run, "status": "done", "seconds": 1.0, "stages": sink.stages, "notes": sink.notes}
    replace_json(job / "out" / "done.json", done)
    score_run(store, facts.ingest(store, job))
    return run


def _labelled(n: int, right: float, seed: int, wrong: tuple[str, ...]) -> list[Prediction]:
    draws = np.random.default_rng(seed).random(n)
    found = []
    for place in range(n):
        gold = LABELS[place % len(LABELS)]
        good = draws[place] < right and gold not in wrong
        label = gold if good else LABELS[(place + 1) % len(LABELS)]
        rest = 0.4 / (len(LABELS) - 1)
        posterior = tuple(0.6 if name == label else rest for name in LABELS)
        found.append(Prediction(place, (label,), (0.6,), (posterior,)))
    return found


def mpt_runs(store: Store, folder: Path) -> dict[str, str]:
    """MPT at three numbers of shots and two seeds, a soft prompt and a hard prompt beside it."""
    topics(store)
    made = {}
    for shots, right in ((1, 0.6), (4, 0.7), (16, 0.8)):
        for seed in (0, 1):
            settings = {"model": "demo-world/masked", "shots": shots, "alpha": 0.3, "parallel": "pairs"}
            name = f"mpt-{shots}-{seed}"
            made[name] = stored(store, folder, "mpt", right=right, seed=seed, stage1=settings, note=NOTE)
    soft = {"model": "demo-world/masked", "shots": 16}
    note = {**NOTE, "method": "soft_prompt", "near": {}, "pairs": None}
    for seed in (0, 1):
        made[f"soft-{seed}"] = stored(
            store, folder, "soft_prompt", right=0.55, seed=seed, stage1=soft, note=note
        )
    hard = {"model": "demo-world/masked"}
    made["hard"] = stored(
        store, folder, "hard_prompt", right=0.97, stage1=hard, note={**NOTE, "curve": [], "near": {}}
    )
    return made


def rosprompt_runs(store: Store, folder: Path) -> dict[str, str]:
    """RoSPrompt trained on two of four classes, NPPrompt beside it."""
    topics(store)
    seen = list(LABELS[:2])
    note = {
        **NOTE,
        "method": "rosprompt",
        "seen": seen,
        "near": {},
        "neighbours": {"sports": [["football", 0.2]]},
    }
    settings = {"model": "demo-world/masked", "shots": 8}
    return {
        "rosprompt": stored(
            store, folder, "rosprompt", right=1.0, stage1=settings, note=note, wrong=("travel",)
        ),
        "npprompt": stored(store, folder, "npprompt", right=1.0, stage1=settings, wrong=("health", "travel")),
    }
