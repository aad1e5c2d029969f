"""Choosing again: the pool of a run, of a data set or of plain files, asked with other settings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core.choosing import QUERIES_AT_A_TIME, Candidates, candidates, in_rows
from core.errors import FormatError, RecipeError
from core.pipeline import pool_of, strip_gold
from core.run_input import RunInput
from core.selectors import build
from core.selectors.problem import FloatArray, SelectionProblem
from core.selectors.statistics import counts_and_confidence
from core.store import Store, views
from core.types import Dataset, Exemplar, Instance, Prediction, Report, Selection

NOISY = ("consensus", "stage1", "stage2")
"""Whose labels the pool has: the first of these that a run holds."""
EMBEDDER: Mapping[str, Any] = {"name": "ngrams"}


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

    def blocks(self, rows: Sequence[int] | None = None) -> Iterator[tuple[list[int], SelectionProblem]]:
        """Query rows and their selection problem, a block at a time."""
        wanted = list(range(len(self.queries))) if rows is None else list(rows)
        for start in range(0, len(wanted), QUERIES_AT_A_TIME):
            block = wanted[start : start + QUERIES_AT_A_TIME]
            yield block, self.ready.problem([self.queries[row] for row in block])

    def choose(
        self, settings: Mapping[str, Any], report: Report, *, rows: Sequence[int] | None = None
    ) -> list[Selection]:
        """The exemplars these settings choose; `Selection.query` is the row of the query.

        Args:
            settings: of a selector, with its `name` ("ilp" where none is given).
            rows: which queries; None = all.
        """
        asked = in_rows(self.pool, dict(settings))
        selector = build(str(asked.pop("name", "ilp")), asked)
        found: list[Selection] = []
        for block, problem in self.blocks(rows):
            chosen = selector.select(problem, seed=self.seed, report=_silent)
            found += [replace(selection, query=block[selection.query]) for selection in chosen]
            report("choosing exemplars", len(found), len(self.queries if rows is None else rows))
        return found


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
    noisy = views.predictions(store, run_id, stage)
    return _bench(
        store, dataset, noisy, recipe.get("embedder", EMBEDDER), settings, seed=int(run["seed"] or 0)
    )


def of_dataset(store: Store, dataset_id: str) -> Workbench:
    """The workbench of a data set: imported Stage-I labels where it has some, else its gold.

    Raises:
        UnknownName: no such data set. RecipeError: it has no labels.
    """
    dataset = views.dataset(store, dataset_id)
    runs = views.runs(store, dataset_id)
    imported = [run["id"] for run in runs if run["kind"] == "import" and "stage1" in run["stages"]]
    if imported:
        return _bench(store, dataset, views.predictions(store, imported[0], "stage1"), EMBEDDER, {})
    gold = next((run["id"] for run in runs if run["kind"] == "gold"), None)
    if gold is None:
        raise RecipeError(
            f"{dataset_id} has no labels to choose by.", f"Run it: ssp run ssp --dataset {dataset_id}"
        )
    return _bench(store, dataset, views.predictions(store, gold, "gold"), EMBEDDER, {})


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


def of_files(similarity: Path, labels: Path, confidence: Path | None) -> SelectionProblem:
    """A selection problem without a data set: an (N, N) or (Q, N) matrix and one line per item.

    Args:
        similarity: `.npy` file of floats; square = the queries are the items themselves.
        labels: JSON Lines, a list of labels per item; repeats are counts.
        confidence: JSON Lines, a list of probabilities parallel to the labels; None = all 1.

    Raises:
        FormatError: a file does not hold that, or the counts do not fit.
    """
    matrix = _matrix(similarity)
    tags = [tuple(map(str, row)) for row in _lists(labels, str)]
    if len(tags) != matrix.shape[1]:
        problem = f"{len(tags)} lines, and the similarities have {matrix.shape[1]} columns."
        raise FormatError(labels.name, 0, problem, "Give one line per item.")
    given = (
        [[float(str(value)) for value in row] for row in _lists(confidence, float)] if confidence else None
    )
    if confidence and given is not None:
        _check_parallel(confidence, given, tags)
    names = tuple(sorted({tag for row in tags for tag in row}))
    probabilities: Sequence[Sequence[float] | None] = given if given is not None else [None] * len(tags)
    counts, means = counts_and_confidence(tags, probabilities, names)
    square = matrix.shape[0] == matrix.shape[1]
    return SelectionProblem(
        similarity=matrix,
        own=np.arange(len(matrix)) if square else np.full(len(matrix), -1),
        counts=counts,
        confidence=means,
        item_confidence=np.array([float(np.mean(row)) if row else 1.0 for row in probabilities]),
        labels=names,
    )


def _matrix(path: Path) -> FloatArray:
    hint = "Save a matrix of floats with numpy.save: a row per query, a column per item."
    try:
        matrix = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise FormatError(path.name, 0, f"not a readable NumPy array ({error}).", hint) from error
    if (
        not isinstance(matrix, np.ndarray)
        or matrix.ndim != 2
        or matrix.dtype.kind not in "fiu"
        or not matrix.size
    ):
        raise FormatError(path.name, 0, "not a matrix of numbers.", hint)
    if not np.isfinite(matrix).all():
        raise FormatError(path.name, 0, "holds values that are not finite.", hint)
    return matrix.astype(np.float64)


def _lists(path: Path, kind: type) -> list[list[object]]:
    hint = "Write a JSON list per line, and nothing else."
    rows = []
    try:
        with path.open(encoding="utf8") as file:
            for number, line in enumerate(file, 1):
                row = json.loads(line)
                if not isinstance(row, list) or not all(_is(value, kind) for value in row):
                    raise FormatError(path.name, number, f"not a list of {_NAMES[kind]}.", hint)
                rows.append(row)
    except (OSError, ValueError, RecursionError) as error:
        raise FormatError(path.name, len(rows) + 1, f"not readable JSON Lines ({error}).", hint) from error
    return rows


_NAMES = {str: "labels", float: "probabilities from 0 to 1"}


def _is(value: object, kind: type) -> bool:
    if kind is str:
        return isinstance(value, str)
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _check_parallel(path: Path, given: list[list[float]], tags: Sequence[Sequence[str]]) -> None:
    hint = "Give one probability per label, line by line."
    if len(given) != len(tags):
        raise FormatError(path.name, 0, f"{len(given)} lines, and {len(tags)} items have labels.", hint)
    for number, (numbers, labels) in enumerate(zip(given, tags, strict=True), 1):
        if len(numbers) != len(labels):
            raise FormatError(path.name, number, f"{len(numbers)} values for {len(labels)} labels.", hint)


def _silent(doing: str, done: int, total: int) -> None:
    """A report nobody reads."""


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
