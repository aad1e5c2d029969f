"""Small data sets of every task with labels of a run, of people, and of people apart from each other."""

from __future__ import annotations

from typing import Any

from core.store import Store, facts
from core.types import Dataset, Instance, Labels, Prediction, Record, TaskName

EMOJI = "\N{PILE OF POO}"
LABELS: dict[TaskName, Labels] = {
    "pos": ("NOUN", "VERB", "PUNCT"),
    "ner": ("O", "B-PER", "I-PER", "B-LOC", "I-LOC"),
    "nli": ("entailment", "neutral", "contradiction"),
    "topic": ("health", "sports"),
}
GOLD: dict[TaskName, list[Labels]] = {
    "pos": [("NOUN", "VERB", "PUNCT"), ("VERB", "NOUN", "PUNCT"), ("NOUN", "NOUN", "VERB"), ("VERB",) * 3],
    "ner": [("B-PER", "I-PER", "O"), ("O", "B-LOC", "I-LOC"), ("B-PER", "B-PER", "O"), ("O", "O", "O")],
    "nli": [("entailment",), ("neutral",), ("contradiction",), ("neutral",)],
    "topic": [("health",), ("sports",), ("health",), ("sports",)],
}
WORDS = [("Anna", "\u1e62u", EMOJI), ("=1+1", "a|b", "."), ("x", "\u0628\u064a", "!"), ("c", "d", "e")]


def instance(task: TaskName, n: int, **more: Any) -> Instance:
    words = WORDS[n]
    tokens = words if task in ("pos", "ner") else ()
    second = " ".join(reversed(words)) if task == "nli" else None
    return Instance(n, "test", tokens, " ".join(words), second, **more)


def put(store: Store, task: TaskName, name: str = "own") -> str:
    """Four items: 0 said by Anna, 1 by the run alone, 2 by Bo after Anna, 3 by nobody; the run's id."""
    gold = GOLD[task]
    dataset = Dataset(name, name, "fao", task, LABELS[task], licence=name)
    facts.add_dataset(store, dataset, (Record(instance(task, n)) for n in range(4)))
    found = [
        Prediction(n, gold[n], tuple(0.5 + 0.01 * n + 0.1 * m for m in range(len(gold[n])))) for n in range(3)
    ]
    run = facts.add_import_run(store, name, "guess", stage1=found, stage2=None)
    facts.annotate(store, name, 0, gold[0], author="Anna", seconds=2.5, keys=4)
    facts.annotate(store, name, 2, gold[2], author="Anna")
    other = next(label for label in LABELS[task] if label != gold[2][-1])
    facts.annotate(store, name, 2, (*gold[2][:-1], other), author="B|o \\s")
    return run
