"""`ssp select`: exemplars for every query under any settings. `ssp audit`: the same by a full-pool solver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from core import selection_files, workbench
from core.cli.app import Json, Workspace, app, opened, progress
from core.cli.options import pairs, readable
from core.cli.output import answer, table
from core.errors import StudioError, UnknownName
from core.selectors import build
from core.store import Store, views
from core.types import Report, Selection
from core.workbench import Workbench

Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="key=value: k, lambda, percentile, demand, price, coverage, confidence, preset ..."
    ),
]


@app.command()
def select(
    what: Annotated[str | None, typer.Argument(help="A run, or a data set.")] = None,
    setting: Settings = None,
    similarity: Annotated[
        Path | None, typer.Option(help="Instead: a .npy matrix of similarities, a row per query")
    ] = None,
    labels: Annotated[Path | None, typer.Option(help="Its labels: a JSON list per item and line")] = None,
    confidence: Annotated[
        Path | None, typer.Option(help="Its confidences: a JSON list per item and line")
    ] = None,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Choose exemplars for every query, and store nothing."""
    settings = selector_settings(setting)
    with progress() as report:
        if similarity or labels:
            rows = _from_files(similarity, labels, confidence, settings, report)
        else:
            with _bench(what, workspace) as bench:
                rows = _from_bench(bench, workbench.over(bench.settings, settings), report)
    text = table(
        [
            (row["query"], row["status"], " ".join(map(str, row["ids"])), " ".join(row["uncovered"]))
            for row in rows
        ],
        ("query", "status", "exemplars", "uncovered labels"),
    )
    answer({"selections": rows}, text, as_json=as_json)


@app.command()
def audit(
    what: Annotated[str, typer.Argument(metavar="RUN", help="A run, or a data set.")],
    sample: Annotated[int, typer.Option(min=1, help="How many queries at most.")] = 20,
    seed: Annotated[int, typer.Option(help="Seed of the sample")] = 0,
    solver: Annotated[str, typer.Option(help="highs | cbc")] = "highs",
    setting: Settings = None,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Solve a sample of the queries with the whole pool in a solver, and compare the objectives."""
    with progress() as report, _bench(what, workspace) as bench:
        settings = workbench.over(bench.settings, selector_settings(setting))
        done = workbench.audit(bench, settings, report, sample=sample, seed=seed, solver=solver)
        n = len(bench.pool)
    document = {
        "audited": what,
        "solver": done.solver,
        "sample": len(done.differences),
        "pool": n,
        "largest_difference": done.largest,
        "queries": [
            {"query": position, "engine": ours, "full_pool": theirs}
            for position, ours, theirs in done.differences
        ],
    }
    said = f"{len(done.differences)} queries, pool of {n}, {solver}: largest difference {done.largest:.2e}"
    answer(document, said, as_json=as_json)


def selector_settings(given: list[str] | None) -> dict[str, Any]:
    """`--set` as settings of a selector, `selector=NAME` its name."""
    settings: dict[str, Any] = dict(pairs("--set", given or ()))
    if "selector" in settings:
        settings["name"] = settings.pop("selector")
    return settings


@contextmanager
def _bench(what: str | None, workspace: Path | None) -> Iterator[Workbench]:
    if what is None:
        raise StudioError(
            "nothing to choose for.",
            "Give a run or a data set, or --similarity FILE.npy with --labels FILE.jsonl.",
        )
    with opened(workspace) as (store, _):
        yield _found(store, what)


def _found(store: Store, what: str) -> Workbench:
    datasets = [item.id for item in views.datasets(store)]
    if what in datasets:
        return workbench.of_dataset(store, what)
    runs = [run["id"] for run in views.runs(store)]
    if what not in runs:
        raise UnknownName("data set or run", what, [*datasets, *runs])
    return workbench.of_run(store, what)


def _from_bench(bench: Workbench, settings: Mapping[str, Any], report: Report) -> list[dict[str, Any]]:
    rows = []
    for selection in bench.choose(settings, report):
        ids = [bench.pool[row].instance.position for row in selection.chosen]
        rows.append(_row(bench.queries[selection.query].position, ids, selection))
    return rows


def _from_files(
    similarity: Path | None,
    labels: Path | None,
    confidence: Path | None,
    settings: dict[str, Any],
    report: Report,
) -> list[dict[str, Any]]:
    if similarity is None or labels is None:
        raise StudioError("--similarity and --labels belong together.", "Give both files.")
    problem = selection_files.read_problem(
        readable(similarity), readable(labels), readable(confidence) if confidence else None
    )
    asked = dict(settings)
    selector = build(str(asked.pop("name", "ilp")), asked)
    found = selector.select(problem, seed=0, report=report)
    return [_row(selection.query, list(selection.chosen), selection) for selection in found]


def _row(query: int, ids: list[int], selection: Selection) -> dict[str, Any]:
    return {
        "query": query,
        "ids": ids,
        "value": selection.value,
        "bound": selection.upper_bound,
        "status": selection.status,
        "uncovered": list(selection.uncovered),
        "uncoverable": list(selection.uncoverable),
    }
