"""Stage I on real languages: the table of its figures, and the floors it must keep (`pytest -s`)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from core import catalog
from core.advice.sources import Candidate, ranked
from core.labelers.calibration import calibration_error, tempered
from core.labelers.crf import Crf
from core.types import Labels, Prediction, Record, TaskName
from tests.stage_one_data import (
    BIO,
    NER_TARGETS,
    UPOS,
    Sources,
    interval,
    leave_one_out,
    ner_sources,
    ner_target,
    pos_sources,
    pos_target,
    score,
    silent,
    sureness,
)

pytestmark = [pytest.mark.real, pytest.mark.slow]

LABELS: dict[TaskName, Labels] = {"pos": UPOS, "ner": BIO}


@dataclass(frozen=True)
class Figures:
    """`before` and `after`: expected calibration error without and with the temperature."""

    score: float
    before: float
    after: float


class Clock:
    """Progress that remembers after how many CPU seconds each stage began."""

    def __init__(self) -> None:
        self._start = time.process_time()
        self._began: dict[str, float] = {}

    def __call__(self, stage: str, done: int, total: int) -> None:
        self._began.setdefault(stage, time.process_time() - self._start)

    def seconds(self, stage: str | None = None) -> float:
        """Until a stage began; until now."""
        return self._began[stage] if stage else time.process_time() - self._start


def untempered(found: Sequence[Prediction], degrees: float) -> list[Prediction]:
    """The confidences as they were before calibration."""
    plain = []
    for item in found:
        rows = tempered(np.array(item.posterior).reshape(len(item.labels), -1), 1 / degrees)
        given = [
            row.index(sure) for row, sure in zip(item.posterior or (), item.confidences or (), strict=True)
        ]
        plain.append(replace(item, confidences=tuple(rows[at, label] for at, label in enumerate(given))))
    return plain


def stage_one(name: str, task: TaskName, sources: Sources, gold: Sequence[Record]) -> Figures:
    """Train, label, print a line."""
    target = [row.instance for row in gold]
    tagger, clock = Crf(), Clock()
    tagger.fit(sources, target, LABELS[task], seed=0, report=clock)
    trained, seconds = clock.seconds("calibrating the confidences"), clock.seconds()
    found = tagger.label(target, silent)
    plain = untempered(found, tagger.calibration.temperature)
    labels, truth = [item.labels for item in found], [row.labels or () for row in gold]
    value, (low, high) = score(task, truth, labels), interval(task, truth, labels)
    before, after = (calibration_error(*sureness(gold, some)) for some in (plain, found))
    print(
        f"{task} {name:4} from {' '.join(code for code, _ in sources):20} n={len(gold)} {value:.4f} "
        f"[{low:.3f}, {high:.3f}]  ECE {before:.3f} -> {after:.3f} "
        f"(T {tagger.calibration.temperature:.2f})  "
        f"{trained:.1f} CPU s, with calibration {seconds:.1f}"
    )
    return Figures(value, before, after)


def advised(task: TaskName, code: str, gold: Sequence[Record], sources: Sources) -> Sources:
    """The sources taken by advice from the target's text."""
    candidates = [
        Candidate(
            name,
            name,
            catalog.language(name).family,
            [row.instance for row in rows[:400]],
            len(rows),
            frozenset(
                label.removeprefix("B-").removeprefix("I-") for row in rows for label in row.labels or ()
            ),
        )
        for name, rows in sources
    ]
    target = [row.instance for row in gold[:400]]
    advice = ranked(task, target, candidates, family=catalog.language(code).family)
    print(code, "advice:", ", ".join(f"{'+' if a.chosen else '-'}{a.dataset} {a.score:.2f}" for a in advice))
    assert [a.dataset for a in advice if a.dataset == "amh"] == [
        a.dataset for a in advice[-1:] if a.script < 0.5
    ]
    taken = {a.dataset for a in advice if a.chosen}
    return [source for source in sources if source[0] in taken]


def test_parts_of_speech(mirror: Path) -> None:
    """UD sources is, de, en, da (dev+test) and Nynorsk (dev), the first 400 sentences each; seed 0."""
    sources = pos_sources(mirror)
    print()
    figures = {}
    for code in ("fao", "gsw"):
        gold = pos_target(mirror, code)
        figures[code] = stage_one(code, "pos", sources, gold)
        figures[f"{code} advised"] = stage_one(code, "pos", advised("pos", code, gold, sources), gold)
    left_out = [stage_one(code, "pos", others, rows) for code, rows, others in leave_one_out(sources)]
    print(f"leave one out: mean {np.mean([item.score for item in left_out]):.4f}")
    assert figures["fao"].score >= 0.80
    assert figures["fao advised"].score >= figures["fao"].score - 0.002
    assert figures["gsw advised"].score >= max(0.60, figures["gsw"].score + 0.03)
    assert np.mean([item.after for item in left_out]) < 0.5 * np.mean([item.before for item in left_out])
    assert figures["fao"].after < figures["fao"].before + 0.01


def test_entities(mirror: Path) -> None:
    """MasakhaNER 1 (train; at most 1,600 of each, drawn by the seed) and UNER English; first 300 of test."""
    sources = ner_sources(mirror)
    more = ner_sources(mirror, ("swa", "wol", "eng", "pcm", "yor", "amh"))
    print()
    plain, better = [], []
    for code in NER_TARGETS:
        gold = ner_target(mirror, code)
        plain.append(stage_one(code, "ner", sources, gold).score)
        better.append(stage_one(code, "ner", advised("ner", code, gold, more), gold).score)
    for code, rows, others in leave_one_out(sources):
        stage_one(code, "ner", others, rows[:400])
    print(f"mean span F1: {np.mean(plain):.4f}, advised {np.mean(better):.4f}")
    assert np.mean(plain) >= 0.44
    assert np.mean(better) >= np.mean(plain)
