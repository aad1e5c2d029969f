"""Acceptance: MPT on the demo world, beside its baselines; prints what it measured.

Topics of 10 classes, learned in A (16 shots of each), labelled in B and C (300 test sentences each) with
the label words of B and C, and 1, 4 or 16 shots of each class in B and C. Prompts of two kinds: 4 vectors
begun at words drawn by the seed, and 3 begun at function words of A. Seeds 0, 1, 2. Time fails nothing.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import world
from core.labelers import Beside, build
from core.settings import reset
from core.types import Record
from core.world.concepts import concepts
from core.world.corpora import SPLITS, items, pairs
from core.world.plan import WORLD
from tests.needs import needs

pytestmark = [needs("torch", "transformers"), pytest.mark.slow]
SOURCE, TARGETS, SEEDS, PAIRS = "qaa", ("qab", "qac"), (0, 1, 2), 1000
MODEL = "demo-world/masked"
KNOWN = concepts(WORLD)
LABELS = tuple(sorted(KNOWN.names_in(SOURCE)))
STARTS: dict[str, dict[str, Any]] = {
    "drawn": {},
    "function": {
        "prompt_length": 3,
        "start": tuple(KNOWN.word(SOURCE, int(concept)) for concept in KNOWN.function[:3]),
    },
}
TUNED, MPT, WITHOUT = "soft prompt, tuned", "MPT", "MPT without KL"
METHODS: dict[str, tuple[str, dict[str, Any]]] = {
    TUNED: ("soft_prompt", {}),
    MPT: ("mpt", {}),
    WITHOUT: ("mpt", {"alpha": 0.0}),
}
ROWS = ((TUNED, (1, 4, 16)), (MPT, (1, 4, 16)), (WITHOUT, (1,)))
Scores = dict[tuple[str, int], Any]


def silent(_message: str, _done: int, _total: int) -> None:
    return


def records(language: str, split: str) -> list[Record]:
    return items(WORLD, language, split, SPLITS[split])


def score(method: str, start: str, language: str, shots: int, seed: int, place: Path) -> float:
    """Accuracy on the test sentences, in per cent."""
    name, settings = METHODS[method]
    stated = {"model": MODEL, "own_words": True, "target_shots": shots}
    labeler = build(name, {**stated, **STARTS[start], **settings})
    test = records(language, "test")
    said = list(pairs(WORLD, language, PAIRS))
    beside = Beside(language, said, place, lambda _name, _said: None)
    sources = [(SOURCE, records(SOURCE, "train")), (language, records(language, "train"))]
    texts = [record.instance for record in test]
    labeler.fit(sources, texts, LABELS, seed=seed, report=silent, beside=beside)
    found = labeler.label(texts, silent)
    right = [one.labels == other.labels for one, other in zip(found, test, strict=True)]
    return 100 * float(np.mean(right))


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """(method, shots) -> (starts, seeds, targets) accuracy."""
    place = tmp_path_factory.mktemp("mpt")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSP_WORKSPACE", str(place))
        reset()
        world.ensure(MODEL, silent)
        found: Scores = {}
        for method, counts in ROWS:
            for shots in counts:
                began = time.process_time()
                scores = [
                    [[score(method, start, one, shots, seed, place) for one in TARGETS] for seed in SEEDS]
                    for start in STARTS
                ]
                found[method, shots] = np.array(scores)
                told(method, shots, found[method, shots], time.process_time() - began)
        yield found
    reset()


def told(method: str, shots: int, scores: Any, seconds: float) -> None:
    for start, rows in zip(STARTS, scores, strict=True):
        by_target, by_seed = rows.mean(0), rows.mean(1)
        print(
            f"{method:20s} {start:9s} {shots:2d} shots: B {by_target[0]:.1f}  C {by_target[1]:.1f}  "
            f"mean {by_seed.mean():.1f} (sd over seeds {by_seed.std(ddof=1):.1f})"
        )
    print(f"{seconds / scores.size:.1f} CPU s a run")


def gain(measured: Scores, shots: int, other: str) -> float:
    """Points of MPT over the other, printed by kind of start; the mean over all."""
    by_start = (measured[MPT, shots] - measured[other, shots]).mean((1, 2))
    print(f"MPT over {other}, {shots} shots: " + ", ".join(f"{value:+.1f}" for value in by_start))
    return float(by_start.mean())


def test_with_one_shot_a_translated_prompt_beats_one_that_is_tuned(measured: Scores) -> None:
    assert gain(measured, 1, TUNED) >= 6


@pytest.mark.parametrize("shots", [4, 16])
def test_with_more_shots_it_is_no_worse(shots: int, measured: Scores) -> None:
    assert gain(measured, shots, TUNED) >= 0


def test_the_alignment_is_what_helps(measured: Scores) -> None:
    assert gain(measured, 1, WITHOUT) >= 4
