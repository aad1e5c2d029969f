"""`ssp iterate`: Stage III, IV, ... until labels settle or corrected items get no better."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from core.cli.app import Json, Workspace, app, opened, progress
from core.cli.confirming import confirmed
from core.cli.output import answer, percent, table
from core.cli.run_options import Set, Yes, settings_of
from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.trust.iterating import NUMERALS
from core.trust.iterating import iterate as iterated
from core.trust.stopping import ROUNDS, Round, best


@app.command()
def iterate(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="A run with a Stage II to go on from.")],
    rounds: Annotated[int, typer.Option(min=1, max=len(NUMERALS) - 1, help="Runs at most.")] = ROUNDS,
    setting: Set = None,
    yes: Yes = False,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Label again with the run's own Stage-II labels as exemplars, as runs of the recipe `iterate`.

    Stops when under 1 % of the labels move, or when corrected items do not get better. Gold is not looked at.
    """
    found: list[tuple[Round, str]] = []
    with progress() as report, opened(workspace) as (store, chosen):

        def run(request: Request) -> str:
            made, _ = run_here(store, chosen, confirmed(store, chosen, request, yes=yes), report)
            return made

        found += iterated(store, run_id, run, overrides=settings_of(setting or []), at_most=rounds)
    made, why = [one for one, _ in found], found[-1][1]
    use = best(made)
    document = {"rounds": [asdict(one) for one in made], "stopped": why, "best": use.run}
    text = f"{_table(made)}\n{why}\nuse the labels of Stage {use.stage}: run {use.run}"
    answer(document, text, as_json=as_json)


def _table(found: list[Round]) -> str:
    rows = [(one.stage, one.run, percent(one.moved), percent(one.audit), one.audited or "-") for one in found]
    return table(rows, ("stage", "run", "labels moved (%)", "corrected items right (%)", "of labels"))
