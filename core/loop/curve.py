"""What the corrections were worth: a run, its rounds, and how good each of them is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from core.comparison.scores import main_metric
from core.jobs.parents import TABLE
from core.loop.audit import estimates
from core.loop.inference import Estimate
from core.score_intervals import Coded, intervals, tallied
from core.store import Store, views
from core.store.views_columns import Column
from core.types import TaskName

LONGEST_PAUSE = 120.0
"""Seconds that one item counts for at most: whoever took longer was away."""


@dataclass(frozen=True, slots=True)
class Point:
    """A run of the loop.

    Attributes:
        corrections: items with human labels that it had. minutes: of annotation until then.
        gold: its main metric on the items that nobody corrected in any run of the curve: all points are of
            the same items; with a sentence bootstrap interval; None without gold.
        audit: the same from blind items and the run's own confidence; None with too few.
        relabelled: sentences that Stage II labelled anew, of `n`; None for the first run.
    """

    run: str
    made: datetime
    corrections: int
    minutes: float
    gold: Estimate | None
    audit: Estimate | None
    relabelled: int | None
    n: int


@dataclass(frozen=True, slots=True)
class Curve:
    """The points of a loop, oldest first; `judged` items have gold and were never corrected."""

    metric: str
    points: tuple[Point, ...]
    judged: int

    @property
    def source(self) -> str:
        """gold, audit or "" where nothing says how good the runs are."""
        if any(point.gold for point in self.points):
            return "gold"
        return "audit" if any(point.audit for point in self.points) else ""


def rounds(store: Store, run_id: str) -> list[Mapping[str, Any]]:
    """The first run, the rounds up to this one and the newest of those that followed it, oldest first."""
    run = views.run(store, run_id)
    every = {row["id"]: row for row in views.runs(store, run["dataset"])}
    line: list[Mapping[str, Any]] = [every[run_id]]
    while _is_round(line[0]) and line[0]["parent"] in every:
        line.insert(0, every[line[0]["parent"]])
    while following := [row for row in every.values() if row["parent"] == line[-1]["id"] and _is_round(row)]:
        line.append(following[-1])
    return line


def _is_round(row: Mapping[str, Any]) -> bool:
    return bool(row["params"].get(TABLE, {}).get("corrected"))


def curve(store: Store, run_id: str) -> Curve:
    """The points of the loop that a run is part of. Raises UnknownName."""
    line = rounds(store, run_id)
    dataset = views.dataset(store, line[-1]["dataset"])
    said = [views.said_until(store, row["id"]) for row in line]
    human = [views.annotations(store, dataset.id, until=until) for until in said]
    touched = {at for labels in human for at in labels}
    metric, gold = main_metric(dataset.task), _gold(store, dataset.id)
    spent = _minutes(store, dataset.id, said)
    points, judged = [], 0
    for row, labels, minutes in zip(line, human, spent, strict=True):
        stage = _last(row)
        given = views.column(store, row["id"], stage)
        score, judged = _scored(dataset.task, metric, gold, given, touched) if gold else (None, 0)
        audited = estimates(store, row["id"], stage)
        points.append(
            Point(
                run=row["id"],
                made=row["created_at"],
                corrections=len(labels),
                minutes=minutes,
                gold=score,
                audit=audited[0].combined if audited else None,
                relabelled=row["meta"].get("rerun", {}).get("sentences"),
                n=row["n"],
            )
        )
    return Curve(metric, tuple(points), judged)


def _last(row: Mapping[str, Any]) -> str:
    return str([stage for stage in row["stages"] if stage != "pool"][-1])


def _gold(store: Store, dataset_id: str) -> Column | None:
    known = {row["id"] for row in views.runs(store, dataset_id)}
    name = f"{dataset_id}/gold"
    return views.column(store, name, "gold") if name in known else None


def _minutes(store: Store, dataset_id: str, until: Sequence[datetime]) -> list[float]:
    """Minutes of annotation up to each moment."""
    log = [
        (row["created_at"], min(float(row["seconds"]), LONGEST_PAUSE))
        for row in views.annotation_log(store, dataset_id)
        if row["seconds"]
    ]
    return [sum(seconds for at, seconds in log if at <= moment) / 60.0 for moment in until]


def _scored(
    task: TaskName, metric: str, gold: Column, given: Column, touched: set[int]
) -> tuple[Estimate | None, int]:
    """The metric on items that nobody corrected, and how many these are."""
    coded = paired(gold, given, touched)
    found = tallied(task, coded, [metric])
    if metric not in found:
        return None, 0
    score = intervals({metric: found[metric]}, draws=200)[metric]
    return Estimate(score.value, score.low, score.high), coded.n


def paired(gold: Column, given: Column, without: set[int]) -> Coded:
    """Gold and labels of the items that have both, as many of each, without these positions."""
    rows = np.searchsorted(gold.positions, given.positions)
    rows = np.minimum(rows, max(len(gold.positions) - 1, 0))
    sizes, there = np.diff(given.offsets), np.diff(gold.offsets)[rows]
    keep = (gold.positions[rows] == given.positions) & (sizes == there)
    keep &= ~np.isin(given.positions, list(without))
    names = sorted({*gold.names, *given.names, "O"})
    number = {name: at for at, name in enumerate(names)}
    tokens = np.repeat(keep, sizes)
    inside = np.arange(len(given.codes)) - np.repeat(given.offsets[:-1], sizes)
    places = (np.repeat(gold.offsets[rows], sizes) + inside)[tokens]
    true = np.array([number[name] for name in gold.names])[gold.codes[places]]
    said = np.array([number[name] for name in given.names])[given.codes[tokens]]
    owners = np.repeat(np.arange(int(keep.sum())), sizes[keep])
    known = (true != number.get("", -1)) & (said != number.get("", -1))
    return Coded(names, true[known], said[known], owners[known], int(keep.sum()))
