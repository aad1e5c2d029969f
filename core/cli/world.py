"""`ssp world`: the demo world, a made-up place where every method can be tried without a download."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from core import catalog
from core import world as demo
from core.cli.app import Json, Workspace, app, opened, progress
from core.cli.output import answer, table
from core.importing import import_catalog
from core.store import views
from core.world import corpora
from core.world.concepts import CUES, concepts

LARGE = 10_000
"""Pairs from which on a data set is not prepared unless it is asked for."""

world = typer.Typer(
    invoke_without_command=True,
    help="The demo world: made-up languages, tiny models, data sets; `prepare` makes all of it.",
)
app.add_typer(world, name="world")


@world.callback()
def described(context: typer.Context, as_json: Json = False, workspace: Workspace = None) -> None:
    """What the demo world is made of: its words, models and data sets, and what of it is here."""
    if context.invoked_subcommand:
        return
    with opened(workspace) as (store, settings), demo.kept_in(settings.models):
        here = {item.id for item in views.datasets(store)}
        document = _document(here)
    answer(document, _text(document), as_json=as_json)


@world.command()
def prepare(
    large: Annotated[bool, typer.Option("--large", help="The sets of 64,000 pairs, too.")] = False,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Make up the data sets and train the models: about two minutes on one core. What is here is kept."""
    with opened(workspace) as (store, settings), demo.kept_in(settings.models), progress() as report:
        here = {item.id for item in views.datasets(store)}
        for entry in _entries(large=large):
            if entry.id not in here:
                import_catalog(store, settings, entry.id, report)
        for name in demo.MODELS:
            demo.ensure(name, report)
        document = _document({item.id for item in views.datasets(store)})
    answer(document, _text(document), as_json=as_json)


def _entries(*, large: bool) -> list[catalog.CatalogEntry]:
    found = [entry for entry in catalog.entries().values() if entry.kind == "world"]
    return [entry for entry in found if large or int(str(entry.meta.get("pairs", 0))) < LARGE]


def _document(here: set[str]) -> dict[str, Any]:
    known = concepts(demo.WORLD)
    return {
        "languages": {
            code: {
                "name": catalog.language(code).name,
                "topics": known.names_in(code),
                "cues": {asks: known.cue(code, asks) for asks in CUES},
            }
            for code in demo.LANGUAGES
        },
        "models": [
            {"name": name, "ready": demo.is_ready(name), "folder": str(demo.folder(name))}
            for name in demo.MODELS
        ],
        "datasets": [
            {"id": entry.id, "name": entry.name, "here": entry.id in here} for entry in _entries(large=True)
        ],
        "template": corpora.template(demo.WORLD),
        "world": asdict(demo.WORLD),
    }


def _text(document: dict[str, Any]) -> str:
    spoken = document["languages"].values()
    words = [
        (f"topic {number}", *names)
        for number, names in enumerate(zip(*(one["topics"] for one in spoken), strict=True), 1)
    ]
    words += [(f"cue: {asks}", *(one["cues"][asks] for one in spoken)) for asks in CUES]
    states = {True: "ready", False: "trained at first use"}
    models = [(row["name"], states[row["ready"]]) for row in document["models"]]
    sets = [(row["id"], row["name"], "here" if row["here"] else "") for row in document["datasets"]]
    return "\n\n".join(
        (
            "A made-up world: nothing in it is a fact about a real language (docs/world.md).",
            table(words, ("word for", *(one["name"] for one in spoken))),
            table(models, ("model", "")),
            table(sets, ("data set", "", "")),
            "Everything at once: ssp world prepare",
        )
    )
