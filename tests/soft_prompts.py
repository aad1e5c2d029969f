"""Small data for labelers that learn soft prompts: topics told by words, in a language and in its mirror."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.labelers import Beside, build
from core.types import Instance, Prediction, Record
from tests.tiny_masked import CONTENT, OTHERS, TOPICS

FAST: dict[str, Any] = {"shots": 4, "steps": 4, "prompt_length": 2, "batch_size": 6, "max_length": 48}
SOURCE, TARGET = "eng", "fao"
NOISE = OTHERS[9:]


def silent(message: str, done: int, total: int) -> None:
    assert message
    assert 0 <= done <= total


def texts(count: int, seed: int, *, mirrored: bool = False) -> list[Record]:
    """Texts of four words, two of them of the topic; mirrored: the words in the reverse order."""
    dice = random.Random(seed)
    found = []
    for at in range(count):
        label = TOPICS[at % len(TOPICS)]
        words = [
            dice.choice(CONTENT[label]),
            dice.choice(CONTENT[label]),
            dice.choice(NOISE),
            dice.choice(NOISE),
        ]
        found.append(
            Record(Instance(at, "train", (), " ".join(words[::-1] if mirrored else words)), (label,))
        )
    return found


def pairs(count: int, seed: int = 5) -> list[tuple[str, str]]:
    """Texts and their mirror images."""
    both = zip(texts(count, seed), texts(count, seed, mirrored=True), strict=True)
    return [(one.instance.text, other.instance.text) for one, other in both]


@dataclass
class Run:
    """One labeler, what it noted and how it labelled 9 texts of the target."""

    folder: Path
    notes: dict[str, Mapping[str, object]] = field(default_factory=dict)
    found: list[Prediction] = field(default_factory=list)

    @property
    def note(self) -> Mapping[str, Any]:
        return self.notes["training"]

    @property
    def rows(self) -> np.ndarray[Any, Any]:
        return np.array([row.posterior[0] for row in self.found if row.posterior])

    @property
    def artefact(self) -> Path:
        return self.folder / "prompts" / str(self.note["artefact"])


def run(
    name: str,
    model: Path,
    folder: Path,
    *,
    seed: int = 0,
    own: int = 0,
    keep: Path | None = None,
    report: Any = silent,
    parallel: Sequence[tuple[str, str]] = (),
    items: Sequence[Instance] = (),
    **settings: Any,
) -> Run:
    """Fit on 24 texts of the source (and `own` of the target), label the target."""
    made = Run(folder)
    beside = Beside(TARGET, parallel, folder / "prompts", lambda key, said: made.notes.update({key: said}))
    labeler = build(name, {"model": str(model), **FAST, **settings})
    sources = [(SOURCE, texts(24, 1))] + ([(TARGET, texts(own, 2, mirrored=True))] if own else [])
    target = list(items) or [record.instance for record in texts(9, 3, mirrored=True)]
    labeler.fit(sources, target, TOPICS, seed=seed, report=report, keep=keep, beside=beside)
    made.found = labeler.label(target, silent)
    return made
