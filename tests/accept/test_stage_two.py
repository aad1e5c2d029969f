"""Acceptance: what Stage II is worth offline. Prints the full table (`pytest -s`); floors are asserted.

Targets are scored with the shipped kernel; no constant was chosen on them. Leaving one source language
out: neither Stage I nor the kernel has seen the language. Gold corrections are those of the least confident
sentences, scored on the others. Intervals: 95 %, sentence bootstrap, 300 samples.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from core.corpora import Corpus, records
from core.evaluation import evaluate
from core.kernel_training.course import judged_world, left_out_kernels
from core.kernel_training.figures import METRIC, figures, score, second_stage
from core.kernel_training.plan import COURSES, read_corpora
from core.kernel_training.worlds import Corpora, Cut, World, world
from core.labelers.kernel.weights import shipped
from core.settings import with_workspace
from core.types import Prediction, TaskName
from tests.needs import needs

pytestmark = [pytest.mark.real, pytest.mark.slow]

CURVE = (5, 10, 20, 40)
SEEDS = (0, 1, 2)
POS = ("isl", "deu", "eng", "dan", "nno")
NER = ("swa", "wol", "eng")
FAROESE_REACHED = 0.825
"""The aim was .845: not reached with a Stage I of .805 (see docs/decisions/0011-learned-kernel.md)."""
CUT = Cut(target=400, source=400, corrections=CURVE, raw=False)
TARGETS = {
    "fao": Corpus("ud-faroese-oft", ("test",), 400),
    "gsw": Corpus("ud-swiss_german-uzh", ("test",), 100),
    "hau": Corpus("masakhaner1-hau", ("test",), 300),
    "ibo": Corpus("masakhaner1-ibo", ("test",), 300),
    "lug": Corpus("masakhaner1-lug", ("test",), 300),
}


def silent(message: str, done: int, total: int) -> None:
    """Progress goes nowhere."""


@dataclass(frozen=True)
class Row:
    """A target's stages, and the others' gain by corrections."""

    stages: tuple[float, float, float]
    gains: tuple[float, ...]
    curve: tuple[float, ...]


@pytest.fixture(scope="module")
def corpora(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[TaskName], Corpora]:
    """Sources and targets of a task, read as `ssp train-kernel` reads them."""
    os.environ["SSP_MIRROR"] = str(mirror)
    settings = with_workspace(tmp_path_factory.mktemp("workspace"))
    extra = {"pos": ("fao", "gsw"), "ner": ("hau", "ibo", "lug")}

    def read(task: TaskName) -> Corpora:
        found = dict(read_corpora(COURSES[task], settings, silent))
        return found | {code: records(TARGETS[code], settings, silent) for code in extra[task]}

    return read


def interval(made: World, predictions: Sequence[Prediction], kept: Sequence[int]) -> tuple[float, float]:
    dice = np.random.default_rng(0)
    draws = [dice.choice(kept, len(kept)) for _ in range(300)]
    values = [
        evaluate(made.task, [made.gold[at] for at in rows], [predictions[at].labels for at in rows])[
            METRIC[made.task]
        ]
        for rows in draws
    ]
    return float(np.quantile(values, 0.025)), float(np.quantile(values, 0.975))


def measured(task: TaskName, code: str, sources: Sequence[str], texts: Corpora) -> Row:
    """Print and return the stages of a target and its curve of corrections."""
    made = world(task, code, sources, texts, CUT, 0, silent)
    kernel, first = shipped(task), made.states[0]
    started = time.process_time()
    found = second_stage(made, first, kernel)
    each = 1000 * (time.process_time() - started) / len(found)
    every = range(len(found))
    print(f"\n{task} {code} from {'+'.join(sources)}, n={len(found)}, seed 0, {each:.1f} CPU ms per sentence")
    stages = (made.noisy, first.priors, found)
    for name, answers in zip(("Stage I", "consensus", "Stage II"), stages, strict=True):
        low, high = interval(made, answers, every)
        print(f"  {name:10} {score(made, answers):.4f} [{low:.4f}, {high:.4f}]")
    for name, target, source in (("8 target", 8, 0), ("8 source", 0, 8)):
        only = second_stage(made, first, kernel, target=target, source=source)
        print(f"  only {name:9} {score(made, only):.4f}")
    gains, curve = [], []
    for size, state in zip(CURVE, made.states[1:], strict=True):
        after = second_stage(made, state, kernel)
        before, now = score(made, found, state.corrected), score(made, after, state.corrected)
        low, high = interval(made, after, [at for at in every if at not in state.corrected])
        print(f"  {size:2} corrected: others {before:.4f} -> {now:.4f} [{low:.4f}, {high:.4f}]")
        gains.append(now - before)
        curve.append(now)
    one, two, three = (score(made, answers) for answers in stages)
    return Row((one, two, three), tuple(gains), tuple(curve))


def test_parts_of_speech(corpora: Callable[[TaskName], Corpora]) -> None:
    texts = corpora("pos")
    faroese = measured("pos", "fao", POS, texts)
    related = measured("pos", "fao", ("isl", "dan", "nno"), texts)
    swiss = measured("pos", "gsw", ("deu", "eng"), texts)
    all_five = measured("pos", "gsw", POS, texts)
    assert faroese.stages[0] >= 0.80
    assert min(faroese.stages[2], related.stages[2]) >= FAROESE_REACHED
    assert swiss.stages[0] >= 0.60
    assert swiss.stages[2] >= 0.64
    assert faroese.gains[-1] >= 0.03
    assert all_five.gains[-1] >= 0.12
    assert swiss.curve[-1] >= 0.72


def test_entities(corpora: Callable[[TaskName], Corpora]) -> None:
    texts = corpora("ner")
    rows = [measured("ner", code, NER, texts) for code in ("hau", "ibo", "lug")]
    means = np.mean([row.stages for row in rows], axis=0)
    print(f"\nner mean: Stage I, consensus, Stage II: {np.round(means, 4).tolist()}")
    assert means[2] >= 0.457
    assert means[2] > means[0]


@needs("torch")
@pytest.mark.parametrize(("task", "least"), [("pos", 0.010), ("ner", 0.025)])
def test_languages_left_out(corpora: Callable[[TaskName], Corpora], task: TaskName, least: float) -> None:
    """Kernels of seed 0 without the language; Stage I of three seeds."""
    course = replace(COURSES[task])
    texts = {code: found for code, found in corpora(task).items() if code not in TARGETS}
    kernels = left_out_kernels(course, texts, 0, silent)
    gains: dict[str, list[float]] = {code: [] for code in kernels}
    for seed in SEEDS:
        for code, kernel in kernels.items():
            found = figures(judged_world(course, texts, code, seed, silent), kernel)
            gains[code].append(found.gain)
            print(f"\n{task} without {code}, seed {seed}, n={found.sentences}: {found}", end="")
    means = {code: float(np.mean(values)) for code, values in gains.items()}
    print(f"\n{task}: mean gain {np.mean(list(means.values())):.4f}, by language {means}")
    assert np.mean(list(means.values())) >= least
    assert min(means.values()) > 0
