"""The command `across`: runs by languages, with the papers' figures where the data are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from core import across as side_by_side
from core.cli.app import Json, Workspace, app, opened
from core.cli.options import task_named
from core.cli.output import answer, percent, table
from core.errors import UnknownName
from core.types import TaskName

MAIN: Mapping[TaskName, str] = {
    "pos": "token_accuracy",
    "ner": "span_f1",
    "nli": "accuracy",
    "topic": "accuracy",
}
HEADER = ("language", "data set", "method", "run", "n", "before", "score", "gain", "published")


@app.command()
def across(
    task: Annotated[str, typer.Option("--task", help="pos | ner | nli | topic")],
    metric: Annotated[
        str | None, typer.Option(help="Only this score (a text shows the task's main one).")
    ] = None,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Every scored run of every language, published figures beside those of the same data."""
    named = task_named(task)
    with opened(workspace) as (store, _):
        found = side_by_side.records(side_by_side.across(store, named))
    known = {row["metric"] for row in found}
    if metric and found and metric not in known:
        raise UnknownName("metric", metric, sorted(known))
    shown = metric or MAIN[named]
    rows = [row for row in found if row["metric"] == shown]
    document = {"task": named, "runs": rows if metric else found}
    answer(document, table(map(_cells, rows), HEADER), as_json=as_json)


def _cells(row: Mapping[str, Any]) -> Sequence[object]:
    gain = "-" if row["gain"] is None else f"{100 * row['gain']:+.2f}"
    names = (row["language"], row["dataset"], row["method"], row["run"], row["n"])
    return (*names, percent(row["before"]), percent(row["value"]), gain, percent(row["published"]))
