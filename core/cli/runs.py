"""Commands about runs: run, runs, evaluate, selections, sample, demo."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from core import demo as the_demo
from core.cli.app import Json, Workspace, app, configured, opened, progress
from core.cli.confirming import confirmed, confirmed_unseen
from core.cli.handing import open_dashboard, run_there, sample_there
from core.cli.output import answer, percent, table
from core.cli.run_options import Limit, Named, Seed, Set, Sources, Split, Yes, request_of
from core.errors import StoreLocked
from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.jobs.storing import outcome
from core.sample import prepare_sample
from core.scoring import STAGES, score_run
from core.settings import Settings
from core.store import views


@app.command()
def run(
    recipe: Annotated[str, typer.Argument(help="ssp | transfer | nearest | random")],
    dataset: Named,
    source: Sources = None,
    split: Split = None,
    limit: Limit = None,
    seed: Seed = 0,
    setting: Set = None,
    yes: Yes = False,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Label a data set: Stage I, exemplar selection, Stage II. A run that was interrupted goes on."""
    request = request_of(recipe, dataset, source, split, limit, seed, setting)
    document = run_request(configured(workspace), request, workspace, yes=yes)
    left = document["left_out"]
    note = "" if document["computed"] else " (stored already)"
    note += f" ({left} source rows left out: translations of what was labelled)" if left else ""
    for warning in document["warnings"]:
        print(f"warning: {warning}", file=sys.stderr)
    run_id = document["run"]
    answer(document, f"run {run_id}{note}; see it with: ssp evaluate {run_id}", as_json=as_json)


def run_request(
    chosen: Settings, request: Request, workspace: Path | None, *, yes: bool = False
) -> dict[str, Any]:
    """By the dashboard that has the workspace open; where there is none, here.

    Raises:
        StudioError: nobody agreed to what leaves or costs, or what the run raises.
    """
    with progress() as report:
        try:
            with opened(workspace) as (store, here):
                request = confirmed(store, here, request, yes=yes)
                run_id, computed = run_here(store, here, request, report)
                return outcome(store, run_id, computed=computed)
        except StoreLocked as locked:
            if not open_dashboard(chosen, locked):
                raise
            return run_there(chosen, confirmed_unseen(request, yes=yes), report)


@app.command()
def runs(
    dataset: Annotated[str | None, typer.Option("--dataset", help="Only runs of this data set.")] = None,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Runs in the workspace: computed ones, imported labels and gold."""
    with opened(workspace) as (store, _):
        found = views.runs(store, views.dataset(store, dataset).id if dataset else None)
    keys = ("id", "dataset", "kind", "recipe", "status", "seed", "stages")
    rows = [{key: row[key] for key in keys} | {"created_at": str(row["created_at"])} for row in found]
    text = table(
        [(row["id"], row["dataset"], row["kind"], row["recipe"] or "-", row["status"]) for row in rows],
        ("run", "data set", "kind", "recipe", "status"),
    )
    answer({"runs": rows}, text, as_json=as_json)


@app.command()
def evaluate(
    run_id: Annotated[str, typer.Argument(metavar="RUN")], as_json: Json = False, workspace: Workspace = None
) -> None:
    """Scores of a run's stages against the gold of its data set."""
    with opened(workspace) as (store, _):
        document = score_run(store, run_id)
    answer(document, _scores_table(document), as_json=as_json)


@app.command()
def selections(
    run_id: Annotated[str, typer.Argument(metavar="RUN")], as_json: Json = False, workspace: Workspace = None
) -> None:
    """The exemplars chosen for each instance of a run, and why."""
    with opened(workspace) as (store, _):
        views.run(store, run_id)
        rows = [_plain_selection(row) for row in views.selections(store, run_id)]
    text = table(
        [
            (
                row["query"],
                row["status"],
                " ".join(map(str, row["ids"])),
                len(row["source_ids"]),
                " ".join(row["uncovered"]),
            )
            for row in rows
        ],
        ("query", "status", "exemplars", "of sources", "uncovered labels"),
    )
    answer({"selections": rows}, text, as_json=as_json)


@app.command()
def sample(as_json: Json = False, workspace: Workspace = None) -> None:
    """Import the embedded (illustrative) sample and run both stages on it."""
    chosen = configured(workspace)
    with progress() as report:
        try:
            with opened(workspace) as (store, here):
                done = prepare_sample(store, here, report)
        except StoreLocked as locked:
            if not open_dashboard(chosen, locked):
                raise
            done = sample_there(chosen, report)
    answer({"runs": done}, f"{len(done)} runs on the sample; open them with: ssp serve", as_json=as_json)


@app.command()
def demo(as_json: Json = False, workspace: Workspace = None) -> None:
    """Replay the recorded GPT-4 run of one released language in a workspace of its own."""
    folder = the_demo.folder(configured(workspace))
    with progress() as report, opened(folder) as (store, chosen):
        run_id = the_demo.prepare_demo(store, chosen, report)
    document = {"run": run_id, "workspace": str(folder), "path": f"/?run={run_id}&tour=1"}
    answer(document, f"demo ready in {folder}: ssp serve --workspace {folder} --tour", as_json=as_json)


def _plain_selection(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "query": row["position"],
        "ids": [item["position"] for item in row["exemplars"] if item["origin"] != "source"],
        "source_ids": [
            [item["dataset"], item["position"]] for item in row["exemplars"] if item["origin"] == "source"
        ],
        "value": row["value"],
        "bound": row["upper_bound"],
        "status": row["status"],
        "uncovered": list(row["uncovered"]),
        "uncoverable": list(row["uncoverable"]),
        "exemplars": row["exemplars"],
    }


def _scores_table(document: dict[str, Any]) -> str:
    if document["gold"] is None:
        return "no gold labels: nothing to score against"
    stages = [stage for stage in STAGES if document.get(stage)]
    metrics = sorted({metric for stage in stages for metric in document[stage]})
    rows = [(metric, *(percent(document[stage].get(metric)) for stage in stages)) for metric in metrics]
    size = f"{document['n_instances']} instances, {len(document['label_set'])} labels"
    head = f"against {document['gold']}, {size}"
    return f"{head}\n{table(rows, ('metric (x 100)', *stages))}"
