"""`ssp sweep`: one recipe under several settings, seed after seed; their scores as a table."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.app import Json, Workspace, app, configured, opened, progress
from core.cli.confirming import confirmed, confirmed_unseen
from core.cli.handing import open_dashboard, run_there
from core.cli.output import answer, percent, table
from core.cli.run_options import Limit, Named, Set, Sources, Split, Yes, request_of
from core.errors import StoreLocked
from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.settings import Settings
from core.sweeps import (
    Done,
    Figures,
    Gain,
    Measured,
    Row,
    carried_out,
    checked,
    figures,
    over_of,
    rows_of,
    variant_of,
)
from core.sweeps.running import told_as
from core.types import Report
from core.whole_files import whole

Over = Annotated[
    list[str] | None,
    typer.Option(
        "--over", help="KEY=VALUE,VALUE: a setting (or source, recipe) under several values; repeatable."
    ),
]
Variants = Annotated[
    list[str] | None,
    typer.Option(
        "--variant", help='"NAME: KEY=VALUE KEY=VALUE": a row of its own; the first is compared with.'
    ),
]
HEADER = ("row", "mean", "sd", "lowest", "highest", "seeds", "to the first", "95 %", "better in")


@app.command()
def sweep(
    recipe: Annotated[str, typer.Argument(help="The recipe, as for `ssp run`.")],
    dataset: Named,
    source: Sources = None,
    setting: Set = None,
    over: Over = None,
    variant: Variants = None,
    seeds: Annotated[int, typer.Option(min=1, help="Seeds 0, 1, ...: so many of each row.")] = 3,
    split: Split = None,
    limit: Limit = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the runs and their scores here, as CSV.")
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Run a recipe under several settings and seeds; mean, spread, and differences to the first row.

    Every run is an ordinary one: what is stored already is not made again, and the same command goes on where
    it was stopped.
    """
    base = request_of(recipe, dataset, source, split, limit, 0, setting)
    rows = rows_of(base, over_of(over or []), dict(map(variant_of, variant or [])) or None)
    chosen = configured(workspace)
    done, found = _all(chosen, workspace, dataset, rows, range(seeds), yes=yes)
    if out and found:
        _write(out.expanduser(), found)
    answer(_document(rows, done, found), _text(done, found), as_json=as_json)
    if any(one.error for one in done):
        raise typer.Exit(1)


def _all(
    chosen: Settings,
    workspace: Path | None,
    dataset: str,
    rows: Sequence[Row],
    seeds: Sequence[int],
    *,
    yes: bool,
) -> tuple[list[Done], Figures | None]:
    """Every run and the table; no table where a dashboard has the workspace open and carries the runs out."""
    done: list[Done] = []
    try:
        with progress() as report, opened(workspace) as (store, here):
            checked(store, rows)

            def run(request: Request, called: str) -> str:
                asked = confirmed(store, here, request, yes=yes)
                return run_here(store, here, asked, told_as(report, called))[0]

            done += carried_out(rows, seeds, run)
            return done, figures(store, dataset, rows, done)
    except StoreLocked as locked:
        if not open_dashboard(chosen, locked):
            raise
    with progress() as report:
        done += carried_out(rows, seeds, _there(chosen, report, yes=yes))
    return done, None


def _there(chosen: Settings, report: Report, *, yes: bool) -> Any:
    def run(request: Request, called: str) -> str:
        told = run_there(chosen, confirmed_unseen(request, yes=yes), told_as(report, called))
        return str(told["run"])

    return run


def _document(rows: Sequence[Row], done: Sequence[Done], found: Figures | None) -> dict[str, Any]:
    runs = [asdict(one) | {"row": rows[one.row].name} for one in done]
    if found is None:
        return {"rows": None, "runs": runs}
    lines = [
        {
            "name": line.name,
            "settings": dict(line.settings),
            "mean": line.mean,
            "sd": line.sd,
            "scores": [{"seed": seed, "run": run, "score": score} for seed, run, score in line.runs],
            "gain": asdict(line.gain) if line.gain else None,
            "failed": [{"seed": seed, "why": why} for seed, why in line.failed],
        }
        for line in found.lines
    ]
    about = {"metric": found.metric, "n": found.n, "labels": found.labels, "gold": found.gold or None}
    return {**about, "floor": asdict(found.floor) if found.floor else None, "rows": lines, "runs": runs}


def _text(done: Sequence[Done], found: Figures | None) -> str:
    failed = [f"failed, seed {one.seed}: {one.error}" for one in done if one.error]
    if found is None:
        return "\n".join(
            [
                f"{len(done)} runs, carried out by the open dashboard: its page Method compares them.",
                *failed,
            ]
        )
    if not found.metric:
        return "\n".join([f"{len(done)} runs; no gold labels: nothing to score against", *failed])
    head = f"{found.metric} (x 100) against {found.gold}, {found.n} items, {found.labels} labels"
    if found.floor:
        floor = found.floor
        head += f"; always {floor.label!r}: {percent(floor.majority)}, chance {percent(floor.chance)}"
    return "\n".join([head, table(map(_cells, found.lines), HEADER), *failed])


def _cells(line: Measured) -> Sequence[object]:
    lowest, highest = (min(line.scores), max(line.scores)) if line.runs else (None, None)
    figures = (percent(line.mean), percent(line.sd), percent(lowest), percent(highest))
    return (line.name, *figures, len(line.runs), *_gain(line.gain))


def _gain(gain: Gain | None) -> Sequence[str]:
    if gain is None:
        return "-", "-", "-"
    low, high = (f"{100 * bound:+.2f}" for bound in (gain.low, gain.high))
    return f"{100 * gain.value:+.2f}", f"{low} .. {high}", f"{gain.better} of {gain.seeds}"


def _write(path: Path, found: Figures) -> None:
    import csv

    keys = list(dict.fromkeys(key for line in found.lines for key in line.settings))
    with whole(path) as part, part.open("w", encoding="utf8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", *keys, "seed", "run", found.metric or "score", "n", "gold"])
        for line in found.lines:
            for seed, run, score in line.runs:
                settings = [line.settings.get(key, "") for key in keys]
                writer.writerow([line.name, *settings, seed, run, score, found.n, found.gold])
    print(f"written: {path}", file=sys.stderr)
