"""The table of a sweep: mean and spread over seeds, and how far each row is from the first.

The interval of a difference draws sentences with replacement, the same for both rows (Koehn 2004,
aclanthology.org/W04-3250), and seeds with replacement as well (Davison and Hinkley 1997, section 3.8). With
few seeds it is still too narrow: so it is told in how many of them a row is better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, stdev

import numpy as np

from core.comparison import GOLD, Side, load, main_metric
from core.comparison.counting import judged
from core.comparison.scores import coded_of
from core.comparison.significance import Paired
from core.guessing import Floor, floor
from core.intervals import DRAWS, LEVEL
from core.score_intervals import tallied
from core.store import Store, views
from core.sweeps.planning import Row
from core.sweeps.running import Done
from core.sweeps.stored import last_score
from core.types import Score


@dataclass(frozen=True, slots=True)
class Gain:
    """A row's mean score less the first row's, over the seeds both have, with its 95 % interval.

    `better` counts the seeds in which it is higher, of `seeds`.
    """

    value: float
    low: float
    high: float
    better: int
    seeds: int


@dataclass(frozen=True, slots=True)
class Measured:
    """One row: its runs as (seed, run, score), seeds ascending; `failed` as (seed, why).

    `sd` is the standard deviation over seeds (of the sample), None with fewer than two; `gain` is None for
    the first row, and where there is nothing to compare.
    """

    name: str
    settings: Mapping[str, str]
    runs: tuple[tuple[int, str, float], ...] = ()
    failed: tuple[tuple[int, str], ...] = ()
    gain: Gain | None = None

    @property
    def scores(self) -> tuple[float, ...]:
        return tuple(score for _, _, score in self.runs)

    @property
    def mean(self) -> float | None:
        return fmean(self.scores) if self.runs else None

    @property
    def sd(self) -> float | None:
        return stdev(self.scores) if len(self.runs) > 1 else None


@dataclass(frozen=True, slots=True)
class Figures:
    """A sweep's table, and what its figures were counted from; `metric` "" where there is no gold.

    `n` and `labels`: items scored and size of the label set; `floor`: what knowing nothing would score.
    """

    lines: tuple[Measured, ...]
    metric: str = ""
    n: int = 0
    labels: int = 0
    gold: str = ""
    floor: Floor | None = None
    unscored: tuple[str, ...] = field(default=())


def figures(store: Store, dataset: str, rows: Sequence[Row], done: Sequence[Done]) -> Figures:
    """The table of what was carried out.

    Raises:
        UnknownName: no such data set.
        StudioError: two runs of it have no sentence in common.
    """
    metric = main_metric(views.dataset(store, dataset).task)
    found = views.scores_of(store, [one.run for one in done if one.run])
    scores = {run: last_score(given, metric) for run, given in found.items()}
    lines = [_line(place, row, done, scores) for place, row in enumerate(rows)]
    some = next((score for score in scores.values() if score), None)
    unscored = tuple(one.run for one in done if one.run and not scores.get(one.run))
    if some is None:
        return Figures(tuple(lines), unscored=unscored)
    stages = {run: score.stage for run, score in scores.items() if score}
    first = lines[0]
    compared = [first, *(_with_gain(store, dataset, metric, stages, first, line) for line in lines[1:])]
    gold = views.predictions(store, some.gold, GOLD)
    counts: dict[str, int] = {}
    for position in views.predictions(store, next(iter(stages)), some.stage):
        for label in gold[position].labels if position in gold else ():
            counts[label] = counts.get(label, 0) + 1
    size = len(some.label_set)
    known = floor(metric, counts, size)
    return Figures(tuple(compared), metric, some.n_instances, size, some.gold, known, unscored)


def _line(place: int, row: Row, done: Sequence[Done], scores: Mapping[str, Score | None]) -> Measured:
    mine = sorted((one for one in done if one.row == place), key=lambda one: one.seed)
    told = [(one.seed, one.run, scores.get(one.run)) for one in mine]
    return Measured(
        row.name,
        row.settings,
        tuple((seed, run, score.value) for seed, run, score in told if score),
        tuple((one.seed, one.error) for one in mine if one.error),
    )


def _with_gain(
    store: Store, dataset: str, metric: str, stages: Mapping[str, str], first: Measured, line: Measured
) -> Measured:
    before = {seed: (run, score) for seed, run, score in first.runs}
    pairs = [(before[seed], (run, score)) for seed, run, score in line.runs if seed in before]
    if not pairs:
        return line
    apart = [new - old for (_, old), (_, new) in pairs]
    drawn = [
        _drawn(store, dataset, metric, Side(old, stages[old]), Side(new, stages[new]))
        for (old, _), (new, _) in pairs
    ]
    dice = np.random.default_rng(len(pairs))
    seeds = dice.integers(0, len(pairs), (len(pairs), DRAWS))
    means = np.take_along_axis(np.stack(drawn), seeds, axis=0).mean(axis=0)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    gain = Gain(fmean(apart), float(low), float(high), sum(value > 0 for value in apart), len(pairs))
    return Measured(line.name, line.settings, line.runs, line.failed, gain)


def _drawn(
    store: Store, dataset: str, metric: str, old: Side, new: Side
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The difference of two runs in every draw of the sentences, (DRAWS,); the same draws for every pair."""
    if old == new:
        return np.zeros(DRAWS)
    compared = load(store, dataset, [old, new], GOLD)
    known = judged(compared)
    assert known is not None, "runs that were scored have gold"
    task = compared.dataset.task
    sides = [tallied(task, coded_of(compared, known, side), [metric])[metric] for side in (0, 1)]
    found: np.ndarray[tuple[int], np.dtype[np.float64]] = Paired.of(*sides).drawn(DRAWS, 0, lambda *_: None)
    return found
