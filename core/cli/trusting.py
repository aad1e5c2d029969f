"""`ssp llm probe`, `contamination` and `formats`: what a model can do, what it has seen, what sways it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from core.cli.app import Json, Workspace, configured, opened, progress
from core.cli.asking_models import Named, connected, named
from core.cli.llm import llm
from core.cli.output import answer, percent, table
from core.cli.run_options import Seed, Set, Yes, settings_of
from core.costs.leaving import Text
from core.errors import StudioError
from core.language_model import connect_model
from core.probing.capabilities import capabilities_rows
from core.recipes import model_settings
from core.store import Store, views
from core.trust import contamination as probing
from core.trust import formats as trying
from core.trust import keep, reports
from core.trust.findings import SHUFFLED
from core.types import Dataset

Items = Annotated[int, typer.Option(min=2, help="Items that are asked about.")]


@llm.command()
def probe(setting: Set = None, as_json: Json = False, workspace: Workspace = None) -> None:
    """Find out what a server or model does, and what it only seems to take. No text of yours is sent."""
    asked = named(setting)
    with progress() as report, opened(workspace) as (_, chosen):
        report("asking the model", 0, 1)
        model = connect_model(asked.name, asked.settings, [], chosen.workspace)
        found = model.capabilities(anew=True)
    if found is None:
        raise StudioError(f"there is nothing to find out about {model.llm.name}.")
    rows = [list(row) for row in capabilities_rows(found)]
    document = {"host": model.host, "model": model.llm.name, "features": rows, "notes": list(found.notes)}
    text = "\n".join([table(rows, ("feature", "state", "what that means")), *found.notes])
    answer(document, text, as_json=as_json)


@llm.command()
def contamination(
    dataset_id: Annotated[str, typer.Argument(metavar="DATASET")],
    setting: Set = None,
    split: Annotated[str, typer.Option(help="Split to ask about.")] = "test",
    items: Items = probing.ASKED,
    control: Annotated[
        str | None, typer.Option(help="A data set the model cannot have seen (default: shuffled words).")
    ] = None,
    seed: Seed = 0,
    yes: Yes = False,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Does the model know the test data? It is asked to go on with sentences, and for labels by number."""
    asked = named(setting)
    with opened(workspace) as (store, chosen):
        dataset = views.dataset(store, dataset_id)
        others = [views.dataset(store, control)] if control else []
        made = probing.questions(
            _items(store, dataset, split),
            dataset.labels,
            n=items,
            seed=seed,
            others=[item for other in others for item in _items(store, other, None)],
        )
        owners = [dataset, *others]
        texts = [Text(one.id, _parts(made, control=one is not dataset), one.egress) for one in owners]
        model = connected(asked, owners, texts, [one.request for one in made], chosen.workspace, yes=yes)
        against = f"items of {others[0].name}" if others else SHUFFLED
        with progress() as report:
            found = probing.probe(
                model.llm, made, dataset.labels, lambda: report("asking", 0, 0), seed=seed, control=against
            )
        document = found.document() | {"split": split}
        path = keep(chosen.workspace, "contamination", dataset.id, model.llm.name, model.host, document)
    answer(document | {"file": str(path)}, f"{found.verdict}: {found.words}", as_json=as_json)


def _parts(made: Sequence[probing.Asked], *, control: bool) -> int:
    return sum(one.piece is not None and one.control == control for one in made)


def _items(store: Store, dataset: Dataset, split: str | None) -> list[probing.Item]:
    """All items with their numbers; of one split, where it is named."""
    rows = [(record.instance, record.labels or ()) for record in views.records(store, dataset.id)]
    found = [
        item for item in probing.numbered(dataset, rows) if split is None or item.instance.split == split
    ]
    if not found:
        raise StudioError(f"{dataset.id} has no split {split!r}.", f"It has: {', '.join(dataset.splits)}.")
    return found


@llm.command("formats")
def formats(
    run_id: Annotated[str, typer.Argument(metavar="RUN")],
    setting: Set = None,
    items: Items = trying.ITEMS,
    language: Annotated[
        list[str] | None, typer.Option(help="Of the instructions (ISO 639-3); repeatable.")
    ] = None,
    seed: Seed = 0,
    yes: Yes = False,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Ask about some items of a run in every form (output, order, language): how much does that decide?"""
    with opened(workspace) as (store, chosen):
        what = trying.trial(
            store,
            run_id,
            n=items,
            seed=seed,
            languages=language or ["eng"],
            overrides=settings_of(setting or []),
        )
        recipe = what.job.recipe
        told = {key.removeprefix("llm."): value for key, value in settings_of(setting or []).items()}
        asked = Named(str(recipe["stage2"]["llm"]), model_settings(recipe), told)
        model = connected(asked, what.owners, what.texts, what.requests(), chosen.workspace, yes=yes)
        with progress() as report:
            document = trying.tried(model.llm, what, lambda: report("asking", 0, 0), seed=seed) | {
                "run": run_id
            }
        keep(chosen.workspace, "formats", what.job.dataset.id, model.llm.name, model.host, document)
    answer(document, _formats_text(document), as_json=as_json)


def _formats_text(document: Mapping[str, Any]) -> str:
    score, outcomes = document["score"], document["outcomes"]
    rows = [
        (name, percent(score.get(name)), ", ".join(f"{n} {said}" for said, n in sorted(ended.items())))
        for name, ended in outcomes.items()
    ]
    header = ("form", f"{document['metric']} (x 100)", "outcomes")
    return f"{table(rows, header)}\n{document['words']}"


@llm.command("trust")
def trusted(
    dataset_id: Annotated[str | None, typer.Argument(metavar="DATASET")] = None,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """What was found so far: contamination and sensitivity to the form, per data set and model."""
    found = reports(configured(workspace).workspace, dataset_id)
    rows = [(one["kind"], one["dataset"], one["model"], one["words"]) for one in found]
    answer({"reports": found}, table(rows, ("what", "data set", "model", "found")), as_json=as_json)
