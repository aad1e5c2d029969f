"""Selections outside a run: of a stored run or data set under other settings, or of plain files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core.choosing import in_rows, problems
from core.errors import FormatError, RecipeError, StudioError
from core.run_input import RunInput
from core.selectors import build
from core.selectors.exact import STATUS, Answers, Matrix, solve
from core.selectors.ilp import Ilp
from core.selectors.problem import IntArray, SelectionProblem
from core.selectors.statistics import counts_and_confidence
from core.store import Store, views
from core.types import Exemplar, Instance, Prediction, Report

Row = dict[str, Any]


def of_files(
    similarity: Path, labels: Path, confidence: Path | None, settings: Mapping[str, Any]
) -> list[Row]:
    """The selection of every row of a similarity file, as `plain` gives it; ids are row numbers."""
    problem = given(similarity, labels, confidence)
    selector = _ilp(settings)
    answers = solve(Matrix(problem.similarity), problem.own, selector.wish(problem), selector.effort())
    return plain(answers, problem.labels, np.arange(len(problem.own)), np.arange(len(problem.counts)))


def of_stored(store: Store, name: str, settings: Mapping[str, Any], report: Report) -> list[Row]:
    """The selection of every instance of a run (by its Stage I labels) or of a data set's imported labels."""
    job, pool = stored_pool(store, name)
    selector = _ilp(in_rows(pool, dict(settings)))
    places = np.array([item.instance.position for item in pool], dtype=np.int64)
    rows: list[Row] = []
    for start, problem in problems(job, pool, report):
        answers = solve(Matrix(problem.similarity), problem.own, selector.wish(problem), selector.effort())
        queries = [item.position for item in job.instances[start : start + len(problem.own)]]
        rows += plain(answers, problem.labels, np.array(queries), places)
    return rows


def audit(store: Store, name: str, settings: Mapping[str, Any], sample: int, report: Report) -> Row:
    """Largest difference between the engine and a solver on the full pool, over `sample` queries."""
    job, pool = stored_pool(store, name)
    selector = _ilp(in_rows(pool, dict(settings)))
    drawn = np.random.default_rng(job.seed).permutation(len(job.instances))[:sample]
    job = replace(job, instances=[job.instances[row] for row in sorted(drawn.tolist())])
    worst, seen = 0.0, 0
    for start, problem in problems(job, pool, report):
        scores, wish = Matrix(problem.similarity), selector.wish(problem)
        fast = solve(scores, problem.own, wish, selector.effort())
        proof = solve(scores, problem.own, wish, replace(selector.effort(), full_pool=True))
        worst = max(worst, float(np.abs(fast.value - proof.value).max(initial=0.0)))
        seen += len(fast.value)
        report("proving", start + len(fast.value), len(job.instances))
    return {"run": name, "sample": seen, "solver": selector.solver, "largest_difference": worst}


def plain(answers: Answers, labels: Sequence[str], queries: IntArray, ids: IntArray) -> list[Row]:
    """Answers as plain rows; `queries` and `ids` name the queries and the pool's rows."""
    names = np.array(labels, dtype=object)
    return [
        {
            "query": int(query),
            "ids": [int(ids[row]) for row in answers.chosen[place] if row >= 0],
            "value": float(answers.value[place]),
            "bound": float(answers.bound[place]),
            "status": STATUS[answers.status[place]],
            "uncovered": names[answers.uncovered[place]].tolist(),
            "uncoverable": names[answers.uncoverable[place]].tolist(),
            "nodes": int(answers.nodes[place]),
        }
        for place, query in enumerate(queries)
    ]


def given(similarity: Path, labels: Path, confidence: Path | None) -> SelectionProblem:
    """The problem that three files describe.

    Args:
        similarity: .npy of (N, N), row = query; a query is never its own exemplar. Another number
            of rows means queries that are not in the pool.
        labels: JSON Lines, per item a list of labels; repeats count.
        confidence: JSON Lines, per item a parallel list of probabilities; None = all certain.

    Raises:
        FormatError: a file cannot be read or does not fit the others.
    """
    table = _matrix(similarity)
    tags = [tuple(str(name) for name in row) for _, row in _lists(labels)]
    sure: list[tuple[float, ...] | None] = [None] * len(tags)
    if confidence is not None:
        sure = [_probabilities(confidence, line, row) for line, row in _lists(confidence)]
    if len(tags) != table.shape[1] or len(sure) != len(tags):
        sizes = f"{len(tags)} items, {len(sure)} lines of confidences, {table.shape[1]} columns of similarity"
        raise FormatError(str(labels), 0, f"these do not fit together: {sizes}.")
    for line, (names, known) in enumerate(zip(tags, sure, strict=True), start=1):
        if confidence is not None and known is not None and len(known) != len(names):
            raise FormatError(str(confidence), line, f"{len(known)} probabilities for {len(names)} labels.")
    kinds = tuple(dict.fromkeys(name for names in tags for name in names))
    counts, means = counts_and_confidence(tags, sure, kinds)
    own = np.arange(len(table)) if table.shape[0] == table.shape[1] else np.full(len(table), -1)
    overall = np.array([float(np.mean(row)) if row else 1.0 for row in sure])
    return SelectionProblem(table, own, counts, means, overall, kinds)


def stored_pool(store: Store, name: str) -> tuple[RunInput, list[Exemplar]]:
    """The instances and exemplars of a run, or of the imported Stage I labels of a data set."""
    run = views.run(store, _run_of(store, name))
    dataset = views.dataset(store, run["dataset"])
    stage = "consensus" if "consensus" in run["stages"] else "stage1"
    noisy = views.predictions(store, run["id"], stage)
    if not noisy:
        raise StudioError(f"run {run['id']} has no Stage I labels to choose by.", "Give a run that has.")
    human = views.annotations(store, dataset.id)
    records = views.records(store, dataset.id, with_gold=False)
    instances = [record.instance for record in records if record.instance.position in noisy]
    pool = [_exemplar(dataset.id, item, noisy[item.position], human) for item in instances]
    embedder = (run["recipe"] or {}).get("embedder") if isinstance(run["recipe"], Mapping) else None
    recipe = {"selector": {"name": "ilp"}, "embedder": embedder or {"name": "ngrams"}}
    return RunInput(run["id"], dataset, recipe, int(run["seed"] or 0), instances), pool


def _run_of(store: Store, name: str) -> str:
    """The run of that name, or the first imported labels of the data set of that name."""
    if name not in {item.id for item in views.datasets(store)}:
        return name
    for run in views.runs(store, name):
        if "stage1" in run["stages"]:
            return str(run["id"])
    raise StudioError(
        f"{name} has no Stage I labels yet.",
        f"Make some: ssp run ssp --dataset {name}; then select on the run.",
    )


def _exemplar(
    dataset: str, instance: Instance, noisy: Prediction, human: Mapping[int, tuple[str, ...]]
) -> Exemplar:
    said = human.get(instance.position)
    if said is not None:
        return Exemplar(dataset, instance, said, (1.0,) * len(said), "corrected")
    return Exemplar(dataset, instance, noisy.labels, noisy.confidences or (1.0,) * len(noisy.labels))


def _ilp(settings: Mapping[str, Any]) -> Ilp:
    made = build("ilp", settings)
    if not isinstance(made, Ilp):
        raise RecipeError("selector ilp is not the integer program.")
    return made


def _matrix(path: Path) -> np.ndarray[Any, np.dtype[np.float64]]:
    try:
        table = np.load(path, allow_pickle=False)
    except (OSError, ValueError) as problem:
        raise FormatError(str(path), 0, f"cannot be read ({problem}).", "Save it with numpy.save.") from None
    if table.ndim != 2 or not np.issubdtype(table.dtype, np.number) or not np.isfinite(table).all():
        raise FormatError(str(path), 0, "is not a table of finite numbers.", "One row per query.")
    return np.asarray(table, dtype=np.float64)


def _lists(path: Path) -> Iterator[tuple[int, list[Any]]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as problem:
        raise FormatError(str(path), 0, f"cannot be read ({problem}).") from None
    while lines and not lines[-1].strip():
        lines.pop()
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, list):
            raise FormatError(str(path), number, "this line is not a JSON list.", "One list per item.")
        yield number, row


def _probabilities(path: Path, line: int, row: list[Any]) -> tuple[float, ...]:
    if not all(isinstance(p, (int, float)) and not isinstance(p, bool) and 0 <= p <= 1 for p in row):
        raise FormatError(str(path), line, "a confidence is not a number between 0 and 1.")
    return tuple(float(p) for p in row)
