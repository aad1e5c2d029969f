"""`ssp loop`: what corrections reach, the round that takes them in, and how good runs are by blind audit."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated, Any

import typer

from core.cli.app import Json, Workspace, app, configured, opened
from core.cli.output import answer, percent, table
from core.cli.run_options import Set, Yes, settings_of
from core.cli.runs import run_request
from core.errors import StoreLocked
from core.jobs.request import Request
from core.loop.affected import affected as reached
from core.loop.affected import answering
from core.loop.audit import Audited, estimates
from core.loop.budget import budget
from core.loop.curve import Curve, curve
from core.loop.inference import Estimate
from core.loop.value import values
from core.store import Store

loop = typer.Typer(
    no_args_is_help=True, help="Corrections: what they reach, taking them in, what it was worth."
)
app.add_typer(loop, name="loop")
Run = Annotated[str, typer.Argument(metavar="RUN")]


@loop.command()
def status(run_id: Run, as_json: Json = False, workspace: Workspace = None) -> None:
    """The rounds of a run, how good each is, and how many more corrections its exemplars need."""
    with opened(workspace) as (store, _):
        found, noise = curve(store, run_id), budget(store, run_id)
    document = {"metric": found.metric, "measured_by": found.source, "items": found.judged}
    document |= {"points": [_point(found, at) for at in range(len(found.points))]}
    document |= {"budget": asdict(noise) | {"remark": noise.remark}}
    answer(document, f"{_lines(found)}\n{noise.remark}", as_json=as_json)


def _point(found: Curve, at: int) -> dict[str, Any]:
    return asdict(found.points[at]) | {"made": found.points[at].made.isoformat()}


def _lines(found: Curve) -> str:
    rows = [
        (
            point.run,
            point.corrections,
            f"{point.minutes:.1f}",
            _or_all(point.relabelled),
            _interval(point.gold),
            _interval(point.audit),
        )
        for point in found.points
    ]
    names = ("run", "corrections", "minutes", "labelled anew")
    return table(rows, (*names, f"{found.metric} by gold (%)", "by blind audit (%)"))


def _or_all(n: int | None) -> str:
    return "all" if n is None else f"{n:,}"


def _interval(found: Estimate | None) -> str:
    return f"{percent(found.value)} [{percent(found.low)}, {percent(found.high)}]" if found else "-"


@loop.command()
def affected(run_id: Run, as_json: Json = False, workspace: Workspace = None) -> None:
    """Which sentences the corrections since a run reach: a round labels exactly these anew."""
    with opened(workspace) as (store, _):
        found = reached(store, run_id)
    text = (
        f"{found.corrections:,} corrections reach {len(found.positions):,} sentences: {found.sets:,} get "
        f"other exemplars, {found.shown:,} show one that was corrected, {found.own:,} have words seen "
        "otherwise"
    )
    answer(asdict(found), text, as_json=as_json)


@loop.command()
def queue(
    run_id: Run,
    limit: Annotated[int, typer.Option(min=1, help="Items to list.")] = 20,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """The items whose correction is worth most, with the reason."""
    with opened(workspace) as (store, _):
        found = values(store, run_id)[:limit]
    rows = [(row.position, f"{row.value:.2f}", row.reason) for row in found]
    answer([asdict(row) for row in found], table(rows, ("item", "worth", "why")), as_json=as_json)


@loop.command("round")
def take_in(
    run_id: Run,
    setting: Set = None,
    yes: Yes = False,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """A new run with the corrections made since: Stage II anew where they reach, all else kept."""
    asked = settings_of(setting or [])
    request = Request(parent=run_id, corrected=True, overrides=asked)
    try:
        with opened(workspace) as (store, _):
            request = _answered(store, request)
    except StoreLocked:
        pass  # the dashboard that has it open carries the round out, and says what is missing
    document = run_request(configured(workspace), request, workspace, yes=yes)
    for warning in document["warnings"]:
        print(f"warning: {warning}", file=sys.stderr)
    text = f"run {document['run']}; compare with: ssp compare {run_id}@stage2 {document['run']}@stage2"
    answer(document | {"parent": run_id}, text, as_json=as_json)


def _answered(store: Store, request: Request) -> Request:
    if request.overrides:
        return request
    return Request(parent=request.parent, corrected=True, overrides=answering(store, request.parent))


@loop.command("audit")
def audit(
    run_id: Run,
    stage: Annotated[str, typer.Option(help="stage1, consensus or stage2 (default: the last).")] = "",
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """How good a run is, from blind items combined with all its predictions; 95 % intervals."""
    with opened(workspace) as (store, _):
        found = estimates(store, run_id, stage or None)
    document = [asdict(row) | {"remark": row.remark} for row in found]
    answer(document, _audited(found), as_json=as_json)


def _audited(found: list[Audited]) -> str:
    if not found:
        return "nothing was labelled blind yet: the page Annotate draws a random sample"
    rows = [
        (row.stage, row.metric, _interval(row.combined), _interval(row.alone), percent(row.said))
        for row in found
    ]
    names = ("stage", "metric", "sample and all predictions (%)", "sample alone (%)", "run says (%)")
    return f"{table(rows, names)}\n{found[0].remark}"
