"""Real sources and targets of Stage I, the first sentences of their files, as the acceptance states them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

import numpy as np

from core.evaluation import evaluate
from core.formats import formats
from core.tasks import tasks
from core.types import Labels, Prediction, Record, TaskName

UPOS, BIO = tasks["pos"].labels, tasks["ner"].labels
UD = "UniversalDependencies"
NER = "masakhane-io/masakhane-ner/data"
POS_SOURCES = {
    "isl": ("UD_Icelandic-Modern/is_modern-ud-dev", "UD_Icelandic-Modern/is_modern-ud-test"),
    "deu": ("UD_German-GSD/de_gsd-ud-dev", "UD_German-GSD/de_gsd-ud-test"),
    "eng": ("UD_English-EWT/en_ewt-ud-dev", "UD_English-EWT/en_ewt-ud-test"),
    "dan": ("UD_Danish-DDT/da_ddt-ud-dev", "UD_Danish-DDT/da_ddt-ud-test"),
    "nno": ("UD_Norwegian-Nynorsk/no_nynorsk-ud-dev",),
}
POS_TARGETS = {"fao": "UD_Faroese-OFT/fo_oft-ud-test", "gsw": "UD_Swiss_German-UZH/gsw_uzh-ud-test"}
NER_SOURCES, NER_TARGETS = ("swa", "wol", "eng"), ("hau", "ibo", "lug")

Sources = list[tuple[str, list[Record]]]


def pos_sources(mirror: Path, limit: int = 400) -> Sources:
    return [
        (code, _read([mirror / UD / f"{name}.conllu" for name in names], "conllu", "pos", limit))
        for code, names in POS_SOURCES.items()
    ]


def pos_target(mirror: Path, code: str, limit: int = 400) -> list[Record]:
    return _read([mirror / UD / f"{POS_TARGETS[code]}.conllu"], "conllu", "pos", limit)


def ner_sources(mirror: Path, codes: Sequence[str] = NER_SOURCES, limit: int = 2000) -> Sources:
    """MasakhaNER 1 train; English is UNER dev and test, which has no dates."""
    home = mirror / "UniversalNER/UNER_English-EWT"
    english = [home / "en_ewt-ud-dev.iob2", home / "en_ewt-ud-test.iob2"]
    return [
        (
            code,
            _read(english, "iob2", "ner", limit)
            if code == "eng"
            else _read([mirror / NER / code / "train.txt"], "bio", "ner", limit),
        )
        for code in codes
    ]


def ner_target(mirror: Path, code: str, limit: int = 300) -> list[Record]:
    return _read([mirror / NER / code / "test.txt"], "bio", "ner", limit)


def _read(paths: Sequence[Path], name: str, task: TaskName, limit: int) -> list[Record]:
    rows = chain.from_iterable(formats[name].read(path, task=task, split="test") for path in paths)
    return [
        replace(row, instance=replace(row.instance, position=at))
        for at, row in enumerate(islice(rows, limit))
    ]


def score(task: TaskName, gold: Sequence[Labels], found: Sequence[Labels]) -> float:
    metric = {"pos": "token_accuracy", "ner": "span_f1"}.get(task, "accuracy")
    return evaluate(task, gold, found)[metric]


def interval(
    task: TaskName, gold: Sequence[Labels], found: Sequence[Labels], draws: int = 200
) -> tuple[float, float]:
    """95 % by sentence bootstrap."""
    dice = np.random.default_rng(0)
    values = []
    for _ in range(draws):
        rows = dice.integers(0, len(gold), len(gold))
        values.append(score(task, [gold[at] for at in rows], [found[at] for at in rows]))
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def sureness(gold: Sequence[Record], found: Sequence[Prediction]) -> tuple[np.ndarray, np.ndarray]:
    """Confidence of every label given, and whether it was right."""
    pairs = list(zip(gold, found, strict=True))
    sure = [p for _, answer in pairs for p in answer.confidences or ()]
    right = [a == b for row, answer in pairs for a, b in zip(row.labels or (), answer.labels, strict=True)]
    return np.array(sure), np.array(right, dtype=np.float64)


def leave_one_out(sources: Sources) -> list[tuple[str, list[Record], Sources]]:
    return [(code, rows, [other for other in sources if other[0] != code]) for code, rows in sources]


silent: Callable[[str, int, int], None] = lambda stage, done, total: None  # noqa: E731
