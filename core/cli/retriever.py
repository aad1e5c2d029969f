"""`ssp retriever`: trained retrievers of exemplars, and how good what they found is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, cast

import typer

from core.cli.app import Json, Workspace, app, opened
from core.cli.output import answer, percent, table
from core.retrieval import making, shares

retriever = typer.Typer(
    invoke_without_command=True,
    help="Trained retrievers of exemplars (XAMPLER); `report` says how often they find the right label.",
)
app.add_typer(retriever, name="retriever")


@retriever.callback()
def kept(context: typer.Context, as_json: Json = False, workspace: Workspace = None) -> None:
    """The retrievers that are kept: what each learned from, and by which name a recipe has it."""
    if context.invoked_subcommand:
        return
    with opened(workspace):
        rows = [making.facts(name) for name in making.all_kept()]
    cells = [
        (
            row["artefact"],
            row["model"],
            " ".join(name for name, *_ in row["sources"]),
            f"{row['pairs']['positive']}+{row['pairs']['negative']}",
            row["pairs"]["by"],
            f"{row['seconds']:.0f}",
        )
        for row in rows
    ]
    header = ("embedder.trained", "encoder", "learned from", "right+wrong pairs", "judged by", "seconds")
    none = "None yet: ssp run xampler --dataset D --source S --set embedder.base=MODEL trains one."
    answer({"retrievers": rows}, table(cells, header) if cells else none, as_json=as_json)


@retriever.command()
def remove(
    name: Annotated[str, typer.Argument(help="As `ssp retriever` lists it.")],
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Delete a trained retriever; a run that needs it trains it again."""
    with opened(workspace):
        freed = making.remove(name)
    answer({"removed": name, "bytes": freed}, f"{name} removed: {freed / 1e6:.1f} MB.", as_json=as_json)


@retriever.command()
def report(
    dataset: Annotated[str | None, typer.Option("--dataset", help="Only runs on this data set.")] = None,
    recipe: Annotated[str | None, typer.Option("--recipe", help="Only runs of this recipe.")] = None,
    by: Annotated[str, typer.Option("--by", help="run | language | script | family")] = "language",
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """How often the source exemplars that runs were shown carry the query's own gold label."""
    with opened(workspace) as (store, _):
        rows = shares.of(store, recipe=recipe or "", dataset=dataset or "")
    found: list[Any] = rows if by == "run" else shares.grouped(rows, cast("shares.By", by))
    text = (_runs(rows) if by == "run" else _groups(found, by)) if found else NOTHING
    answer({"by": by, "shares": [asdict(row) for row in found]}, text, as_json=as_json)


NOTHING = "No finished run of a task with one label an item was shown exemplars of its sources, and has gold."


def _runs(rows: list[shares.Shares]) -> str:
    cells = [
        (
            row.run, row.dataset, row.retriever, row.base or "-", f"{row.k:g}", row.n,
            f"{percent(row.share)} [{percent(row.low)}, {percent(row.high)}]", percent(row.expected),
        )
        for row in rows
    ]  # fmt: skip
    return table(cells, ("run", "data set", "retriever", "model", "k", "n", "same label", "by chance"))


def _groups(rows: list[shares.Group], by: str) -> str:
    cells = [
        (
            row.group, row.retriever, row.base or "-", f"{row.k:g}", row.runs, row.n, percent(row.share),
            f"{percent(row.lowest)}-{percent(row.highest)}", percent(row.expected),
        )
        for row in rows
    ]  # fmt: skip
    header = (by, "retriever", "model", "k", "runs", "n", "same label", "lowest-highest", "by chance")
    return table(cells, header)
