"""Data sets shaped like those of the SSP release (same ids, sizes and label sets), of invented sentences."""

from __future__ import annotations

from core.scoring import score_run
from core.store import Store, facts
from core.types import Dataset, Instance, Prediction, Record

ENTITIES = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-DATE", "I-DATE")
RIGHT = ("B-DATE", "I-DATE", "O")
N = 100


def release(store: Store, code: str, *, name: str = "") -> str:
    """`ssp-release-CODE` with a date in each of its sentences; with a `name`, somebody's own data set."""
    rows = [
        Record(Instance(place, "test", ("ranar", f"{name}{place}", "."), f"ranar {name}{place} ."), RIGHT)
        for place in range(N)
    ]
    known = f"ssp-release-{code}", f"SSP release {code}"
    dataset = Dataset(*((name.lower(), name) if name else known), code, "ner", ENTITIES)
    return facts.add_dataset(store, dataset, rows)[0]


def labelled(right: int, n: int = N) -> list[Prediction]:
    """Labels that found the first `right` dates and nothing else."""
    return [Prediction(place, RIGHT if place < right else ("O", "O", "O")) for place in range(n)]


def span_f1(right: int, n: int = N) -> float:
    """What `labelled` scores: every date it found is right."""
    return 2 * right / (right + n)


def imported(store: Store, dataset: str, name: str, first: int | None, second: int | None) -> str:
    """Imported labels that found so many dates in each stage, scored."""
    stages = [None if right is None else labelled(right) for right in (first, second)]
    run = facts.add_import_run(store, dataset, name, stage1=stages[0], stage2=stages[1], meta={})
    score_run(store, run)
    return run
