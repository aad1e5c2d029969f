"""Choosing again: the pool of a run, of a data set or of plain files, asked with other settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from core.choosing import QUERIES_AT_A_TIME, Candidates, candidates, in_rows
from core.errors import RecipeError
from core.pipeline import pool_of, strip_gold
from core.run_input import RunInput
from core.selectors import Selector, build
from core.selectors.problem import IntArray, SelectionProblem
from core.store import Store, views
from core.types import Dataset, Exemplar, Instance, Prediction, Report, Selection

NOISY = ("consensus", "stage1", "stage2")
"""Whose labels the pool has: the first of these that a run holds."""
EMBEDDER: Mapping[str, Any] = {"name": "ngrams"}
REMEMBERED = 12_000_000
"""Similarities a workbench keeps, so that other settings for the same queries need none: 96 MB."""


def silent(doing: str, done: int, total: int) -> None:
    """A report nobody reads."""


@dataclass(frozen=True)
class Workbench:
    """The queries of a run or data set, its pool, and everything selection asks of it.

    `settings` are those of the run's own selector, empty where its exemplars were recorded.
    """

    dataset: Dataset
    queries: Sequence[Instance]
    pool: Sequence[Exemplar]
    ready: Candidates
    settings: Mapping[str, Any]
    seed: int = 0
    _problems: dict[tuple[int, ...], SelectionProblem] = field(
        default_factory=dict, repr=False, compare=False
    )

    def blocks(self, rows: Sequence[int] | None = None) -> Iterator[tuple[list[int], SelectionProblem]]:
        """Query rows and their selection problem, a block at a time."""
        wanted = list(range(len(self.queries))) if rows is None else list(rows)
        for start in range(0, len(wanted), QUERIES_AT_A_TIME):
            block = wanted[start : start + QUERIES_AT_A_TIME]
            yield block, self.problem(block)

    @cached_property
    def positions(self) -> IntArray:
        """(N,) positions of the pool's items in the data set."""
        return np.array([item.instance.position for item in self.pool], dtype=np.int64)

    def row_of(self, position: int) -> int:
        """The query row of a sentence, -1 if it is none."""
        return self._rows.get(position, -1)

    @cached_property
    def _rows(self) -> dict[int, int]:
        return {item.position: row for row, item in enumerate(self.queries)}

    def problem(self, rows: Sequence[int]) -> SelectionProblem:
        """The selection problem of these query rows; the latest are remembered."""
        key = tuple(rows)
        known = self._problems.pop(key, None)
        found = known or self.ready.problem([self.queries[row] for row in rows])
        kept = {**self._problems, key: found}
        while len(kept) > 1 and sum(item.similarity.size for item in kept.values()) > REMEMBERED:
            del kept[next(iter(kept))]
        self._problems.clear()
        self._problems.update(kept)
        return found

    def selector(self, settings: Mapping[str, Any]) -> Selector:
        """The selector these settings ask for ("ilp" where none is named); pins and bans by position.

        Raises:
            UnknownName, RecipeError: a setting that does not exist or cannot be.
        """
        asked = in_rows(self.pool, dict(settings))
        return build(str(asked.pop("name", "ilp")), asked)

    def choose(
        self, settings: Mapping[str, Any], report: Report, *, rows: Sequence[int] | None = None
    ) -> list[Selection]:
        """The exemplars these settings choose; `Selection.query` is the row of the query.

        Args:
            settings: of a selector, with its `name` ("ilp" where none is given).
            rows: which queries; None = all.
        """
        selector = self.selector(settings)
        found: list[Selection] = []
        for block, problem in self.blocks(rows):
            chosen = selector.select(problem, seed=self.seed, report=silent)
            found += [replace(selection, query=block[selection.query]) for selection in chosen]
            report("choosing exemplars", len(found), len(self.queries if rows is None else rows))
        return found


def over(own: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """A run's own settings with those given over them; another selector starts from its defaults."""
    same = given.get("name", own.get("name", "ilp")) == own.get("name", "ilp")
    return {**(own if same else {}), **given}


def of_run(store: Store, run_id: str) -> Workbench:
    """The workbench of a run: its noisy labels with human ones in their place, its embedder, its settings.

    Raises:
        UnknownName: no such run. RecipeError: it holds no labels to choose by.
    """
    run = views.run(store, run_id)
    dataset = views.dataset(store, run["dataset"])
    stage = next((name for name in NOISY if name in run["stages"]), None)
    if stage is None:
        raise RecipeError(
            f"run {run_id} holds no noisy labels to choose exemplars by.", "Choose another run."
        )
    recipe = run["params"] if "selector" in run["params"] else {}
    selector = recipe.get("selector", {})
    settings = {} if selector.get("name") in {None, "recorded", "none"} else dict(selector)
    noisy = views.predictions(store, run_id, stage, hand_on=True)
    return _bench(
        store, dataset, noisy, recipe.get("embedder", EMBEDDER), settings, seed=int(run["seed"] or 0)
    )


def of_dataset(store: Store, dataset_id: str) -> Workbench:
    """The workbench of a data set: its imported Stage-I labels, else its newest run, else its gold.

    Raises:
        UnknownName: no such data set. RecipeError: it has no labels.
    """
    dataset = views.dataset(store, dataset_id)
    runs = views.runs(store, dataset_id)
    imported = [run["id"] for run in runs if run["kind"] == "import" and "stage1" in run["stages"]]
    if imported:
        found = views.predictions(store, imported[0], "stage1", hand_on=True)
        return _bench(store, dataset, found, EMBEDDER, {})
    computed = [run["id"] for run in runs if run["kind"] == "run" and {*NOISY} & {*run["stages"]}]
    if computed:
        return replace(of_run(store, computed[-1]), settings={})
    gold = next((run["id"] for run in runs if run["kind"] == "gold"), None)
    if gold is None:
        raise RecipeError(
            f"{dataset_id} has no labels to choose by.", f"Run it: ssp run ssp --dataset {dataset_id}"
        )
    return _bench(store, dataset, views.predictions(store, gold, "gold", hand_on=True), EMBEDDER, {})


def _bench(
    store: Store,
    dataset: Dataset,
    noisy: Mapping[int, Prediction],
    embedder: Mapping[str, Any],
    settings: Mapping[str, Any],
    *,
    seed: int = 0,
) -> Workbench:
    everything = strip_gold(views.records(store, dataset.id, with_gold=False))
    queries = [item for item in everything if item.position in noisy]
    corrections = {
        position: labels
        for position, labels in views.annotations(store, dataset.id).items()
        if position in noisy
    }
    job = RunInput("", dataset, {}, seed, queries, corrections=corrections)
    pool = pool_of(job, list(noisy.values()))
    return Workbench(dataset, queries, pool, candidates(dataset, embedder, pool), settings, seed)


@dataclass(frozen=True, slots=True)
class Audit:
    """How far the engine's objective is from that of a solver on the full pool.

    `differences` holds one (query position, engine's value, solver's value) per audited query.
    """

    solver: str
    differences: tuple[tuple[int, float, float], ...]

    @property
    def largest(self) -> float:
        """The largest absolute difference; 0 without queries."""
        return max((abs(ours - theirs) for _, ours, theirs in self.differences), default=0.0)


def audit(
    bench: Workbench,
    settings: Mapping[str, Any],
    report: Report,
    *,
    sample: int,
    seed: int = 0,
    solver: str = "highs",
) -> Audit:
    """Solve sampled queries again with the whole pool in a solver ("prove it").

    Args:
        settings: of the ilp selector. sample: how many queries at most. solver: highs or cbc.

    Raises:
        RecipeError: the settings are not those of the integer program.
    """
    if settings.get("name", "ilp") != "ilp":
        raise RecipeError(f"selector {settings['name']} solves no program: there is nothing to audit.")
    dice = np.random.default_rng(seed)
    n = len(bench.queries)
    rows = sorted(int(row) for row in dice.permutation(n)[:sample])
    ours = bench.choose(settings, report, rows=rows)
    theirs = bench.choose({**settings, "full_pool": True, "solver": solver}, report, rows=rows)
    return Audit(
        solver,
        tuple(
            (bench.queries[here.query].position, _value(here), _value(there))
            for here, there in zip(ours, theirs, strict=True)
        ),
    )


def _value(selection: Selection) -> float:
    return float("nan") if selection.value is None else selection.value
