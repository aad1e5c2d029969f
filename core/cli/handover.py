"""Handing over: whole data sets as archives, and what people did in other annotation programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.app import Json, Workspace, app, opened
from core.cli.options import readable, required, spoken, task_named
from core.cli.output import answer
from core.errors import StudioError
from core.handover.archive import SUFFIX
from core.handover.archive import archive as write_archive
from core.handover.opening import unarchive as open_archive
from core.handover.received import READERS, new_dataset, receive_new
from core.handover.received import receive as receive_work
from core.store import views


@app.command()
def archive(
    dataset: str,
    out: Annotated[Path | None, typer.Argument(help=f"File to write (default: DATASET{SUFFIX})")] = None,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Write a data set with its runs and everything people did to one file, for `ssp unarchive`."""
    target = (out or Path(f"{dataset}{SUFFIX}")).expanduser()
    with opened(workspace) as (store, _):
        done = write_archive(store, dataset, target)
    text = f"{dataset}: {done['rows']['instance']} items, {done['bytes']:,} bytes, to {done['file']}"
    answer(done, text + _elsewhere(done["elsewhere"]), as_json=as_json)


@app.command()
def unarchive(file: Path, as_json: Json = False, workspace: Workspace = None) -> None:
    """Open an archive in this workspace, exactly as it was."""
    with opened(workspace) as (store, _):
        done = open_archive(store, readable(file))
    text = f"{done['dataset']}: {done['rows']['instance']} items, {done['rows']['run']} runs"
    answer(done, text + _elsewhere(done["elsewhere"]), as_json=as_json)


def _elsewhere(names: list[str]) -> str:
    if not names:
        return ""
    return f"\nNot in it, though its runs show exemplars of them: {', '.join(names)}. Archive them, too."


@app.command()
def receive(
    file: Annotated[Path, typer.Argument(help="What another annotation program exported (JSON).")],
    program: Annotated[str, typer.Option("--from", help=" | ".join(READERS))],
    dataset: Annotated[str | None, typer.Option(help="The data set here that it is about")] = None,
    new: Annotated[str | None, typer.Option(help="Or: the id of a new data set of its items")] = None,
    task: Annotated[str | None, typer.Option(help="Of a new one: pos | ner | nli | topic")] = None,
    language: Annotated[str | None, typer.Option(help="Of a new one: ISO 639 code or BCP 47 tag")] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out items that cannot be read.")
    ] = False,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Take in what people labelled in Label Studio or Argilla. Nothing said here is overwritten."""
    if (dataset is None) == (new is None):
        raise StudioError("say which data set it is about.", "Give --dataset ID, or --new ID for a new one.")
    with opened(workspace) as (store, _):
        if dataset is not None:
            done = receive_work(store, readable(file), program, dataset, skip_bad=skip_bad)
        else:
            tongue = spoken(required("--language", language), views.datasets(store))
            made = new_dataset(new or "", task_named(required("--task", task)), tongue)
            done = receive_new(store, readable(file), program, made, skip_bad=skip_bad)
    answer(done, _told(done), as_json=as_json)


def _told(done: dict[str, Any]) -> str:
    people = ", ".join(f"{name} {n}" for name, n in done["people"].items()) or "nobody"
    lines = [f"{done['dataset']}: items by {people}; {done['same']} said what was known already."]
    if done["apart"]:
        lines.append(f"{done['apart']} are kept beside what others said: adjudicate them.")
    return "\n".join([*lines, *(f"left out: {problem}" for problem in done["problems"])])
