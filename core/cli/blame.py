"""`ssp blame` and `ssp rerun`: which exemplars broke what, and the run without them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from core import blame as blaming
from core.cli.app import Json, Workspace, app, configured, opened
from core.cli.output import answer, table
from core.cli.run_options import Set, Yes, settings_of
from core.cli.runs import run_request
from core.errors import StoreLocked
from core.jobs.request import Request
from core.jobs.without import change_of
from core.store import Store, views

MOST = 20
"""Exemplars that a list shows; `--json` has all of them."""
WIDTH = 50
"""Signs of an exemplar's text that a list shows."""
Run = Annotated[str, typer.Argument(metavar="RUN")]


@app.command()
def blame(
    run_id: Run,
    position: Annotated[int | None, typer.Option(help="The errors of one sentence, by its position.")] = None,
    against: Annotated[str, typer.Option(help="gold or human (default: gold where there is some)")] = "",
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Which exemplars show the wrong labels that Stage II gave, and which broke or fixed most."""
    with opened(workspace) as (store, _):
        run = views.run(store, run_id)
        held = against or blaming.reference_of(store, str(run["dataset"]))
        material = blaming.load(store, run_id, held)
        if position is None:
            document, text = _all(store, material)
        else:
            document, text = _one(material, position)
    head = {"run": run_id, "against": held, "recorded": material.recorded}
    answer(head | document, text, as_json=as_json)


def _all(store: Store, material: blaming.Material) -> tuple[dict[str, Any], str]:
    found, told = blaming.by_exemplar(material), blaming.told(material)
    rows = json.loads(found.to_json(orient="records"))
    lines = [
        (
            f"{row['dataset']}@{row['position']}",
            row["origin"],
            row["uses"],
            row["errors"],
            _or_dash(row["broken"]),
            _or_dash(row["fixed"]),
            row["same_word"],
            "-" if row["wrong"] is None else f"{row['wrong']:.0%}",
            _text(store, row),
        )
        for row in rows[:MOST]
    ]
    names = ("exemplar", "origin", "uses", "errors", "broken", "fixed", "same word", "own wrong", "text")
    more = f"\n{len(rows) - MOST:,} more with --json" if len(rows) > MOST else ""
    return {"errors": told, "exemplars": rows}, f"{said(told)}\n{table(lines, names)}{more}"


def said(told: dict[str, int]) -> str:
    """The errors of Stage II in a sentence: what can be said of their prompts."""
    parts = [
        (told["recorded"], "with a record that words of exemplars spoke for the wrong label"),
        (told["same_word"], "with an exemplar that shows the same word so"),
        (told["itself_wrong"], "with an exemplar where the label is itself wrong"),
        (told["carries"], "with an exemplar that merely carries the label"),
        (told["none"], "with none that shows it"),
        (told["no_prompt"], "without exemplars"),
    ]
    return f"{told['errors']:,} wrong labels: " + ", ".join(f"{n:,} {what}" for n, what in parts if n)


def _or_dash(value: object) -> object:
    return "-" if value is None else value


def _text(store: Store, row: dict[str, Any]) -> str:
    found = views.instances(store, row["dataset"], [row["position"]])
    text = found[row["position"]].text if found else "(no longer in this workspace)"
    return "".join(sign if sign.isprintable() else " " for sign in text[:WIDTH])


def _one(material: blaming.Material, position: int) -> tuple[dict[str, Any], str]:
    rows = json.loads(blaming.suspects(material, position).to_json(orient="records"))
    wrong = len(blaming.errors_of(material, position))
    lines = [
        (
            row["token"],
            row["word"][:WIDTH],
            row["given"],
            row["right"],
            f"{row['dataset']}@{row['exemplar']}",
            row["place"],
            f"{row['share']:.0%}" if row["share"] else "-",
            row["why"],
            row["theirs"][:WIDTH],
        )
        for row in rows
    ]
    names = ("token", "word", "given", "right", "exemplar", "place", "evidence", "why", "its words")
    head = f"{wrong} wrong labels in sentence {position}"
    return {"position": position, "wrong": wrong, "suspects": rows}, f"{head}\n{table(lines, names)}"


@app.command()
def rerun(
    run_id: Run,
    ban: Annotated[
        list[str] | None, typer.Option(help="An exemplar, as POSITION or DATASET@POSITION; 3,17 or repeated.")
    ] = None,
    pin: Annotated[
        list[str] | None, typer.Option(help="What takes its place; without --ban, shown in every prompt.")
    ] = None,
    setting: Set = None,
    yes: Yes = False,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Label again, without some exemplars, the sentences that showed them; all others keep their labels."""
    request = Request(overrides=settings_of(setting or []), parent=run_id, ban=_listed(ban), pin=_listed(pin))
    _tell(request, workspace)
    document = run_request(configured(workspace), request, workspace, yes=yes)
    for warning in document["warnings"]:
        print(f"warning: {warning}", file=sys.stderr)
    made = document["run"]
    text = f"run {made}; compare with: ssp compare {run_id}@stage2 {made}@stage2"
    answer(document | {"parent": run_id}, text, as_json=as_json)


def _listed(named: list[str] | None) -> tuple[str, ...]:
    return tuple(word for text in named or () for word in text.replace(",", " ").split())


def _tell(request: Request, workspace: Path | None) -> None:
    """Say how much changes before it does; whoever has a dashboard open reads it there."""
    try:
        with opened(workspace) as (store, _):
            n = len(change_of(store, request).positions)
    except StoreLocked:
        return
    print(f"{n:,} sentences get other exemplars", file=sys.stderr)
