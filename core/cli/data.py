"""Commands about data: catalog, datasets, import, export, show, delete, prefetch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core import catalog as facts_of_catalog
from core import demo
from core.cli.app import Json, Workspace, app, configured, opened, progress
from core.cli.options import task_named
from core.cli.output import answer, table
from core.errors import StudioError, UnknownName
from core.exporting import export as export_labels
from core.handover.human import export_human
from core.handover.pieces import Asked
from core.settings import with_workspace
from core.store import facts, views
from core.types import Dataset


@app.command()
def catalog(
    task: Annotated[str | None, typer.Option(help="pos | ner | nli | topic")] = None,
    language: Annotated[str | None, typer.Option(help="ISO 639-1/-3 code or BCP 47 tag")] = None,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Public data sets that can be imported, with their licences."""
    configured(workspace)
    wanted = task_named(task) if task else None
    code = facts_of_catalog.language(language).code if language else None
    found = [
        entry
        for entry in facts_of_catalog.entries().values()
        if (wanted is None or entry.task == wanted)
        and (code is None or entry.language in facts_of_catalog.related(code))
    ]
    rows = [
        {
            "id": entry.id,
            "name": entry.name,
            "language": entry.language,
            "task": entry.task,
            "licence": entry.licence,
            "citation": entry.citation,
            "splits": sorted({file.split for file in entry.files}),
        }
        for entry in found
    ]
    text = table([(row["id"], row["task"], row["language"], row["licence"]) for row in rows], _CATALOG_HEADER)
    answer({"datasets": rows}, text, as_json=as_json)


_CATALOG_HEADER = ("data set", "task", "language", "licence")


@app.command()
def datasets(as_json: Json = False, workspace: Workspace = None) -> None:
    """Data sets in the workspace."""
    with opened(workspace) as (store, _):
        found = views.datasets(store)
    rows = [
        (item.id, item.task, item.language, item.n_instances, item.n_tokens, item.licence) for item in found
    ]
    text = table(rows, ("data set", "task", "language", "instances", "tokens", "licence"))
    answer({"datasets": [_as_dict(item) for item in found]}, text, as_json=as_json)


@app.command()
def export(
    what: Annotated[str, typer.Argument(help="A data set or a run.")],
    out: Annotated[Path, typer.Option("--out", help="File to write.")],
    file_format: Annotated[
        str,
        typer.Option("--format", help="conllu, bio, jsonl, csv ...; with --human also label-studio, argilla"),
    ],
    split: Annotated[str | None, typer.Option(help="Only this split (A+B for several)")] = None,
    originals: Annotated[
        bool, typer.Option("--original-labels", help="Labels as they were in the imported file.")
    ] = False,
    human: Annotated[
        bool,
        typer.Option("--human", help="What people said, over the labels of a run (--run), over nothing."),
    ] = False,
    run: Annotated[str, typer.Option(help="With --human: the run whose labels stand behind")] = "",
    only_human: Annotated[
        bool, typer.Option("--only-human", help="With --human: only items of which people said something.")
    ] = False,
    provenance: Annotated[
        bool, typer.Option(help="With --human: say of each label where it is from, where the format can.")
    ] = True,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Write a data set (gold), a run (its labels) or human work to a file, licence and citation beside."""
    out = out.expanduser()
    if human and originals:
        raise StudioError("--original-labels is about the imported file, --human about what people said.")
    if not human and (run or only_human):
        raise StudioError(
            "--run and --only-human need --human.", "Say --human, or give the run as the first word."
        )
    with opened(workspace) as (store, _):
        if human:
            asked = Asked(what, run, only_human, tuple(split.split("+")) if split else ())
            done = export_human(store, asked, file_format, out, provenance=provenance)
        else:
            done = export_labels(store, what, file_format, out, split=split, originals=originals)
    answer(done, f"{done['instances']} instances to {done['file']}", as_json=as_json)


@app.command()
def show(what: str, as_json: Json = False, workspace: Workspace = None) -> None:
    """Everything about one data set or run."""
    with opened(workspace) as (store, _):
        document = _describe(store, what)
    text = "\n".join(f"{key:14} {value}" for key, value in document.items())
    answer(document, text, as_json=as_json)


@app.command()
def delete(
    what: str,
    force: Annotated[bool, typer.Option("--force", help="Even if it carries human labels.")] = False,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Delete a data set (with its runs) or a run."""
    with opened(workspace) as (store, _):
        if any(item.id == what for item in views.datasets(store)):
            facts.delete_dataset(store, what, force=force)
        else:
            _describe(store, what)
            facts.delete_run(store, what)
    answer({"deleted": what}, f"{what} deleted", as_json=as_json)


@app.command()
def prefetch(
    what: Annotated[str, typer.Argument(help="demo")],
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Fetch what the demo needs, so that it runs without a network."""
    if what != "demo":
        raise UnknownName("thing to prefetch", what, ["demo"])
    chosen = with_workspace(demo.folder(configured(workspace)))
    with progress() as report:
        files = demo.prefetch(chosen, report)
    answer({"files": files}, f"{files} files are in {chosen.workspace}", as_json=as_json)


def _as_dict(dataset: Dataset) -> dict[str, Any]:
    return {
        "id": dataset.id,
        "name": dataset.name,
        "language": dataset.language,
        "task": dataset.task,
        "labels": list(dataset.labels),
        "licence": dataset.licence,
        "citation": dataset.citation,
        "source": dataset.source,
        "illustrative": dataset.illustrative,
        "instances": dataset.n_instances,
        "tokens": dataset.n_tokens,
        "splits": dict(dataset.splits),
        "fingerprint": dataset.fingerprint,
        "egress": dataset.egress,
        "meta": dict(dataset.meta),
    }


def _describe(store: Any, what: str) -> dict[str, Any]:
    found = {item.id: item for item in views.datasets(store)}
    runs = {run["id"]: run for run in views.runs(store)}
    if what in found:
        mine = [run["id"] for run in runs.values() if run["dataset"] == what]
        return _as_dict(found[what]) | {"runs": mine}
    if what in runs:
        return _plain(views.run(store, what))
    raise UnknownName("data set or run", what, [*found, *runs])


def _plain(run: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value if isinstance(value, (str, int, float, list, dict, type(None))) else str(value)
        for key, value in run.items()
    }
