"""Acceptance: the loop on real data, and the audit's intervals. Prints its tables (`pytest -s`).

A simulated annotator gives gold labels. Every round is a real one (`core.loop.round`): corrections into the
pool, consensus and selection again, Stage II for the sentences they reach. Gains are those of other items,
before and after on the same ones. No weight of the value queue was chosen on these targets.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.evaluation import evaluate
from core.jobs.launch import run_here
from core.jobs.request import Request
from core.jobs.tending import poll
from core.loop import round as loop_round
from core.loop.audit import known_items
from core.loop.inference import alone, combined
from core.loop.material import said_of
from core.loop.value import values
from core.settings import Settings, with_workspace
from core.store import Store, facts, views
from core.types import Dataset, Labels, Prediction, TaskName
from tests.lolo import SOURCES, label_set, read, silent

pytestmark = [pytest.mark.real, pytest.mark.slow]

SEEDS = (0, 1, 2, 3, 4)
CORRECTED = 20
SIZES = {"fo": 400, "gsw": 100, "hau": 300, "ibo": 300, "lug": 300}
TASKS: dict[str, TaskName] = {"fo": "pos", "gsw": "pos", "hau": "ner", "ibo": "ner", "lug": "ner"}
METRIC = {"pos": "token_accuracy", "ner": "span_f1"}
ROUND_SECONDS = 10.0
"""From the last save to new scores, worker start included; told, never failed on a busy machine."""
SIMULATIONS, SAMPLE = 1000, 50
SHORT = {"hau": -0.26}
"""Where value does not reach lowest confidence, and by how many points: +5.78 for +6.05, a difference of
-0.26 [-2.18, +1.65]. The least sure items of Hausa are headlines full of names; long ones have dates, which
corrections carry to other items in halves (seed 0, before length counted: 70 false dates more, 12 other false
spans fewer). Figures of Hausa chose nothing, so this stays until something chosen elsewhere mends it."""
SAME = 0.25
"""Points by which such a figure may move unnoticed; less than what would strike the exception."""
T_OF_FIVE = 2.776
"""Student's t at 97.5 %, 4 degrees of freedom."""
Place = tuple[Store, Settings]


@pytest.fixture(scope="module")
def place(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    settings = with_workspace(tmp_path_factory.mktemp("loop"))
    with Store.open(settings.workspace) as store:
        for task, codes in SOURCES.items():
            for code in codes:
                _add(store, mirror, task, code, f"source-{task}-{code}", 400)
        for code, task in TASKS.items():
            _add(store, mirror, task, code, code, SIZES[code])
        yield store, settings


def _add(store: Store, mirror: Path, task: TaskName, code: str, name: str, size: int) -> None:
    facts.add_dataset(store, Dataset(name, name, code, task, label_set(task)), read(mirror, task, code, size))


def _first(place: Place, code: str, seed: int) -> str:
    sources = [f"source-{TASKS[code]}-{other}" for other in SOURCES[TASKS[code]]]
    return run_here(*place, Request("ssp", code, sources=sources, seed=seed), silent)[0]


def _gold(store: Store, code: str) -> dict[int, Labels]:
    return {at: row.labels for at, row in views.predictions(store, f"{code}/gold", "gold").items()}


def _queues(store: Store, run: str, seed: int) -> dict[str, list[int]]:
    """Twenty items of each order."""
    every = views.positions(store, run, "stage2")
    dice = np.random.default_rng(seed)
    return {
        "value": [row.position for row in values(store, run)[:CORRECTED]],
        "unsure": views.positions(store, run, "stage2", order="least_confident")[:CORRECTED],
        "random": [every[int(row)] for row in dice.permutation(len(every))[:CORRECTED]],
    }


def _round(place: Place, code: str, run: str, queue: list[int]) -> tuple[dict[int, Prediction], float]:
    """Labels of Stage II once these were corrected, and the seconds from the last save; all is taken back."""
    store, _ = place
    gold = _gold(store, code)
    for at in queue:
        facts.annotate(store, code, at, gold[at], author="simulated")
    started = time.monotonic()
    made = loop_round.here(*place, run, silent)
    seconds = time.monotonic() - started
    for at in queue:
        facts.annotate(store, code, at, None, author="simulated", action="undo")
    return views.predictions(store, made, "stage2"), seconds


def _score(code: str, gold: dict[int, Labels], found: dict[int, Prediction], among: list[int]) -> float:
    task = TASKS[code]
    metrics = evaluate(task, [gold[at] for at in among], [found[at].labels for at in among])
    return 100 * metrics[METRIC[task]]


def _seed(place: Place, code: str, seed: int) -> dict[str, tuple[float, float, int, float]]:
    """By queue: gain of the items it left, gain of the items that all queues left, its labels, seconds."""
    store, _ = place
    gold, run = _gold(store, code), _first(place, code, seed)
    before, queues = views.predictions(store, run, "stage2"), _queues(store, run, seed)
    touched = {at for queue in queues.values() for at in queue}
    shared = [at for at in gold if at not in touched]
    found = {}
    for name, queue in queues.items():
        after, seconds = _round(place, code, run, queue)
        others = [at for at in gold if at not in queue]
        gains = [
            _score(code, gold, after, rows) - _score(code, gold, before, rows) for rows in (others, shared)
        ]
        found[name] = (gains[0], gains[1], sum(len(gold[at]) for at in queue), seconds)
    return found


def _mean(values_: list[float]) -> str:
    half = T_OF_FIVE * float(np.std(values_, ddof=1)) / math.sqrt(len(values_))
    return f"{np.mean(values_):+5.2f} [{np.mean(values_) - half:+5.2f}, {np.mean(values_) + half:+5.2f}]"


@pytest.mark.parametrize("code", ["fo", "gsw", "ibo", "hau"])
def test_twenty_by_value_teach_the_others_most(place: Place, code: str) -> None:
    rows = [_seed(place, code, seed) for seed in SEEDS]
    print(f"\n{code} ({METRIC[TASKS[code]]}, points), {CORRECTED} corrected, seeds {SEEDS}: mean [95 %]")
    gains: dict[str, list[float]] = {name: [row[name][0] for row in rows] for name in rows[0]}
    for name in rows[0]:
        shared, labels = [row[name][1] for row in rows], np.mean([row[name][2] for row in rows])
        seconds = max(row[name][3] for row in rows)
        print(
            f"  {name:7} others {_mean(gains[name])}  items all queues left {_mean(shared)}"
            f"  {labels:4.0f} words corrected, {100 * np.mean(gains[name]) / labels:.2f} points per 100"
            f"  round at most {seconds:.1f} s"
        )
    for name in ("unsure", "random"):
        over = [mine - other for mine, other in zip(gains["value"], gains[name], strict=True)]
        print(f"  value over {name:7} {_mean(over)}")
    short = SHORT.get(code)
    if short is not None:
        margin = float(np.mean(gains["value"]) - np.mean(gains["unsure"]))
        print(f"  known: value does not reach lowest confidence here ({short:+.2f} when this was written)")
        assert margin == pytest.approx(short, abs=SAME), "note the new figure, or strike the exception"
    else:
        assert np.mean(gains["value"]) >= np.mean(gains["unsure"])
    assert np.mean(gains["value"]) > np.mean(gains["random"])


def test_a_round_in_a_worker(place: Place) -> None:
    """From the last save to new scores, as a dashboard does it: worker start and polling included."""
    store, settings = place
    run, gold = _first(place, "fo", 0), _gold(store, "fo")
    for at in [row.position for row in values(store, run)[:CORRECTED]]:
        facts.annotate(store, "fo", at, gold[at], author="simulated")
    started = time.monotonic()
    loop_round.start(store, settings, run)
    made: list[str] = []
    while not made and time.monotonic() - started < 300:
        made = poll(store, settings)
        time.sleep(0.1)
    seconds = time.monotonic() - started
    print(f"\nfo, 400 sentences: {seconds:.1f} s from last save to new scores (budget {ROUND_SECONDS:.0f} s)")
    assert {score.stage for score in views.scores(store, made[0])} >= {"consensus", "stage2"}
    for at, _ in views.annotations(store, "fo").items():
        facts.annotate(store, "fo", at, None, author="simulated", action="undo")


@pytest.mark.parametrize("code", list(TASKS))
def test_the_audits_interval_covers(place: Place, code: str) -> None:
    """Real gold, real predictions: SAMPLE items drawn at random SIMULATIONS times."""
    store, _ = place
    run, gold = _first(place, code, 0), _gold(store, code)
    said = said_of(views.column(store, run, "stage2"))
    for metric in dict.fromkeys([METRIC[TASKS[code]], "token_accuracy"]):
        whole, _ = known_items(metric, said, gold)
        truth, dice = float(whole.top.sum() / whole.bottom.sum()), np.random.default_rng(0)
        held, widths = np.zeros(2), np.zeros(2)
        for _ in range(SIMULATIONS):
            rows = dice.permutation(whole.of)[:SAMPLE]
            drawn = replace(
                whole,
                **{name: getattr(whole, name)[rows] for name in ("top", "bottom", "top_said", "bottom_said")},
            )
            found = [combined(drawn), alone(drawn)]
            held += [one.low <= truth <= one.high for one in found]
            widths += [one.high - one.low for one in found]
        held, widths = held / SIMULATIONS, widths / SIMULATIONS
        print(
            f"\n{code} {metric}: truth {truth:.3f}, said {whole.ratio_said:.3f}, {SAMPLE} of {whole.of}; "
            f"covered {held[0]:.3f} (sample alone {held[1]:.3f}), width {widths[0]:.4f} ({widths[1]:.4f})",
            end="",
        )
        assert held[0] >= 0.93
        assert widths[0] <= widths[1]
