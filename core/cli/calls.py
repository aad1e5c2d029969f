"""`ssp calls` and `ssp ask-again`: what was asked and answered, verbatim, and asking anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.app import Json, Workspace, app, configured, opened
from core.cli.output import answer, table
from core.cli.run_options import Yes
from core.cli.runs import run_request
from core.errors import StudioError, UnknownName
from core.jobs.again import asked_again
from core.jobs.prepare import Request
from core.store import Store, views
from core.trust.runs import without_leave
from core.types import OUTCOMES, Completion
from core.whole_files import whole

calls = typer.Typer(no_args_is_help=True, help="Calls of language models that a run made.")
app.add_typer(calls, name="calls")

Run = Annotated[str, typer.Argument(metavar="RUN")]
Stage = Annotated[str, typer.Option(help="stage1 or stage2")]
EVERY = 1_000_000_000
UNUSABLE = ("unparseable", "refused", "truncated", "failed")
WIDTH = 60
"""Signs of an item's text that a list shows."""


@calls.command()
def export(
    run_id: Run,
    out: Annotated[Path, typer.Option(help="A file of JSON lines.")],
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Every call of a run, repairs and samples included, verbatim: one JSON document per line."""
    with opened(workspace) as (store, _):
        run = views.run(store, run_id)
        written = 0
        target = _plain_file(out)
        with whole(target) as part, part.open("w", encoding="utf8") as file:
            for call in views.call_log(store, run_id, run["stages"]):
                file.write(json.dumps(_line(call), ensure_ascii=False) + "\n")
                written += 1
    if not written:
        target.unlink()
        raise StudioError(f"{run_id} asked no language model: there is nothing to export.")
    document = {"run": run_id, "calls": written, "file": str(target)}
    answer(document, f"{written:,} calls in {target}", as_json=as_json)


def _plain_file(out: Path) -> Path:
    target = out.expanduser()
    if target.exists() and not target.is_file():
        raise StudioError(f"{target} is not a file.", "Give the name of a file.")
    if not target.absolute().parent.is_dir():
        raise StudioError(f"there is no folder {target.parent}.", "Make it, or give another name.")
    return target


def _line(call: Completion) -> dict[str, Any]:
    """A call as JSON; what was asked besides the prompt as a table, not as text in text."""
    said = asdict(call)
    return said | {"parameters": json.loads(call.parameters) if call.parameters else {}}


@calls.command("list")
def listed(
    run_id: Run,
    outcome: Annotated[str | None, typer.Option(help=f"Only these: {', '.join(OUTCOMES)}")] = None,
    stage: Stage = "stage2",
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """The items of a run that a model was asked about, how that ended, and what was wrong."""
    with opened(workspace) as (store, _):
        views.run(store, run_id)
        rows = list(_items(store, run_id, stage, _known(outcome)))
        counts = views.outcomes(store, run_id, stage)
    lines = [
        (row["position"], row["outcome"] or "-", _shown(row["problem"] or ""), _shown(row["text"][:WIDTH]))
        for row in rows
    ]
    said = ", ".join(f"{n:,} {name or 'recorded'}" for name, n in sorted(counts.items()))
    text = f"{said or 'nothing was asked'}\n{table(lines, ('item', 'outcome', 'problem', 'text'))}"
    answer({"run": run_id, "outcomes": counts, "items": rows}, text, as_json=as_json)


def _shown(text: str) -> str:
    """What a model or a file says cannot steer the terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _known(outcome: str | None) -> str | None:
    if outcome is not None and outcome not in OUTCOMES:
        raise UnknownName("outcome", outcome, OUTCOMES)
    return outcome


def _items(store: Store, run_id: str, stage: str, outcome: str | None) -> Iterator[dict[str, Any]]:
    found = views.calls(store, run_id, stage, limit=EVERY, offset=0, outcome=outcome)
    for row in json.loads(found.to_json(orient="records")):
        yield {key: _whole(value) for key, value in row.items()}


def _whole(value: Any) -> Any:
    """Counts come as floats where one of them is missing."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


@app.command("ask-again")
def ask_again(
    run_id: Run,
    outcome: Annotated[list[str] | None, typer.Option(help="Items that ended so; repeatable.")] = None,
    position: Annotated[list[int] | None, typer.Option(help="One item, by its position; repeatable.")] = None,
    template: Annotated[str, typer.Option(help="A template of yours for these items alone.")] = "",
    stage: Stage = "stage2",
    yes: Yes = False,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Ask the model anew about some items of a run (default: all without a usable answer); a new run.

    Everything else is answered by the log of calls and costs nothing.
    """
    with opened(workspace) as (store, _):
        request, n = _anew(store, run_id, outcome or [], position or [], template, stage)
    document = run_request(configured(workspace), request, workspace, yes=yes) | {"asked_again": n}
    said = f"{n:,} items asked again in run {document['run']}; see it with: ssp calls list {document['run']}"
    answer(document, said, as_json=as_json)


def _anew(
    store: Store, run_id: str, outcomes: list[str], positions: list[int], template: str, stage: str
) -> tuple[Request, int]:
    views.run(store, run_id)
    wanted = [_known(name) for name in outcomes] or ([] if positions else list(UNUSABLE))
    found = set(positions)
    for name in wanted:
        found.update(views.asked_positions(store, run_id, stage, name))
    asked = set(views.asked_positions(store, run_id, stage))
    if strange := sorted(found - asked):
        raise StudioError(
            f"run {run_id} did not ask about item {strange[0]}.", "`ssp calls list` shows them."
        )
    if not found:
        raise StudioError(f"run {run_id} has no items to ask again about.", "Name some: --position 3")
    request = without_leave(asked_again(store, run_id, sorted(found), template=template))
    return request, len(found)
