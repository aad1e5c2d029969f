"""Commands about exact selection: select, audit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.app import Json, Workspace, app, opened, progress
from core.cli.output import answer, table
from core.cli.runs import settings_of
from core.errors import StudioError
from core.selecting import audit as audit_run
from core.selecting import of_files, of_stored

Setting = Annotated[
    list[str] | None,
    typer.Option("--set", help="key=value: k lambda percentile demand price coverage ...; repeatable."),
]


@app.command()
def select(
    name: Annotated[str | None, typer.Argument(metavar="DATASET|RUN")] = None,
    setting: Setting = None,
    similarity: Annotated[Path | None, typer.Option(help=".npy, row = query, column = item")] = None,
    labels: Annotated[Path | None, typer.Option(help="JSON Lines: per item a list of labels")] = None,
    confidence: Annotated[Path | None, typer.Option(help="JSON Lines: per item its probabilities")] = None,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Choose exemplars exactly, for stored sentences or for plain files; nothing is stored."""
    settings = settings_of(setting or [])
    if similarity is not None and labels is not None and name is None:
        rows = of_files(similarity, labels, confidence, settings)
    elif name is not None and similarity is None and labels is None:
        with progress() as report, opened(workspace) as (store, _):
            rows = of_stored(store, name, settings, report)
    else:
        raise StudioError("select what?", "Give a data set or run, or else both --similarity and --labels.")
    answer({"selections": rows}, _text(rows), as_json=as_json)


@app.command()
def audit(
    name: Annotated[str, typer.Argument(metavar="RUN")],
    sample: Annotated[int, typer.Option(min=1, help="How many queries to prove")] = 20,
    setting: Setting = None,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Prove it: solve sampled queries on the full pool with a solver and compare."""
    with progress() as report, opened(workspace) as (store, _):
        found = audit_run(store, name, settings_of(setting or []), sample, report)
    gap = f"{found['largest_difference']:.1e}"
    text = f"{found['sample']} queries, largest difference to {found['solver']}: {gap}"
    answer(found, text, as_json=as_json)


def _text(rows: list[dict[str, Any]]) -> str:
    cells = [
        (
            row["query"],
            row["status"],
            f"{row['value']:.6f}",
            " ".join(map(str, row["ids"])),
            " ".join(row["uncovered"]),
        )
        for row in rows
    ]
    return table(cells, ("query", "status", "value", "exemplars", "uncovered labels"))
