"""Each source language left out in turn: Stage I trained on the others, and its labels made worse."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.formats import formats
from core.labelers.crf import Crf
from core.tasks import tasks
from core.types import Labels, Prediction, Record, TaskName

FILES: dict[TaskName, dict[str, tuple[str, ...]]] = {
    "pos": {
        "is": ("UD_Icelandic-Modern/is_modern-ud-dev.conllu", "UD_Icelandic-Modern/is_modern-ud-test.conllu"),
        "de": ("UD_German-GSD/de_gsd-ud-dev.conllu", "UD_German-GSD/de_gsd-ud-test.conllu"),
        "en": ("UD_English-EWT/en_ewt-ud-dev.conllu", "UD_English-EWT/en_ewt-ud-test.conllu"),
        "da": ("UD_Danish-DDT/da_ddt-ud-dev.conllu", "UD_Danish-DDT/da_ddt-ud-test.conllu"),
        "no": ("UD_Norwegian-Nynorsk/no_nynorsk-ud-dev.conllu",),
        "fo": ("UD_Faroese-OFT/fo_oft-ud-test.conllu",),
        "gsw": ("UD_Swiss_German-UZH/gsw_uzh-ud-test.conllu",),
    },
    "ner": {
        **{code: (f"data/{code}/dev.txt", f"data/{code}/test.txt") for code in ("swa", "wol", "pcm", "yor")},
        "eng": ("UNER_English-EWT/en_ewt-ud-dev.iob2", "UNER_English-EWT/en_ewt-ud-test.iob2"),
        **{code: (f"data/{code}/test.txt",) for code in ("hau", "ibo", "lug")},
    },
}
FOLDERS = {".conllu": "UniversalDependencies", ".iob2": "UniversalNER", ".txt": "masakhane-io/masakhane-ner"}
READERS = {".conllu": "conllu", ".iob2": "iob2", ".txt": "bio"}
SOURCES: dict[TaskName, tuple[str, ...]] = {
    "pos": ("is", "de", "en", "da", "no"),
    "ner": ("swa", "wol", "eng", "pcm", "yor"),
}
SIZE = 400
"""Sentences of a language that are trained on or labelled."""


def read(mirror: Path, task: TaskName, code: str, limit: int = SIZE) -> list[Record]:
    """The first labelled sentences of a language, positions from 0."""
    found: list[Record] = []
    for name in FILES[task][code]:
        suffix = Path(name).suffix
        path = mirror / FOLDERS[suffix] / name
        for record in formats[READERS[suffix]].read(path, task=task, split="test"):
            if record.labels and len(found) < limit:
                item = replace(record.instance, position=len(found), raw=None)
                found.append(replace(record, instance=item))
    return found


def label_set(task: TaskName) -> Labels:
    """The task's labels; dates among the entities, as in MasakhaNER."""
    return tasks[task].labels


def stage_one(
    task: TaskName, sources: Sequence[tuple[str, Sequence[Record]]], target: Sequence[Record], seed: int = 0
) -> list[Prediction]:
    """The target as the CRF labels it after the sources."""
    labeler, items = Crf(), [record.instance for record in target]
    labeler.fit(sources, items, label_set(task), seed=seed, report=silent)
    return labeler.label(items, silent)


def silent(doing: str, done: int, total: int) -> None:
    """Progress goes nowhere."""


def corrupted(found: Sequence[Prediction], rate: float, names: Labels, seed: str) -> list[Prediction]:
    """A share of labels replaced by others drawn uniformly; confidences stay, so that they mean nothing."""
    dice = random.Random(seed)

    def one(label: str) -> str:
        if dice.random() >= rate:
            return label
        return dice.choice([name for name in names if name != label])

    return [Prediction(row.position, tuple(map(one, row.labels)), row.confidences) for row in found]


@dataclass(frozen=True)
class LeftOut:
    """A language, what the CRF trained on the others says of it, and the others."""

    code: str
    records: list[Record]
    labels: list[Prediction]
    others: list[tuple[str, list[Record]]]


def each_left_out(mirror: Path, task: TaskName) -> Iterator[LeftOut]:
    data = {code: read(mirror, task, code) for code in SOURCES[task]}
    for code in SOURCES[task]:
        others = [(other, data[other]) for other in SOURCES[task] if other != code]
        yield LeftOut(code, data[code], stage_one(task, others, data[code]), others)
