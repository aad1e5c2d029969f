"""`ssp advise`: which data sets to learn from."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from core.advice.sources import advise as rank
from core.cli.app import Json, Workspace, app, opened
from core.cli.output import answer, table


@app.command()
def advise(
    dataset: Annotated[str, typer.Argument(help="The data set that is to be labelled")],
    candidate: Annotated[
        list[str] | None, typer.Option("--candidate", help="Rank only these data sets.")
    ] = None,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Rank the labelled data sets at hand as sources for one that is to be labelled."""
    with opened(workspace) as (store, _):
        found = rank(store, dataset, candidates=candidate)
    rows = [
        (
            "take" if item.chosen else "-",
            item.dataset,
            item.language,
            f"{item.score:.2f}",
            "; ".join(item.reasons),
        )
        for item in found
    ]
    text = table(rows, ("advice", "data set", "language", "score", "why"))
    none = "No labelled data set of the same task in another language; import one, or `ssp catalog`."
    answer(
        {"dataset": dataset, "advice": [asdict(item) for item in found]},
        text if rows else none,
        as_json=as_json,
    )
