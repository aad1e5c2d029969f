"""`ssp import-labels`: labels made elsewhere for a data set that is here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from core.cli.app import Json, Workspace, app, opened, progress
from core.cli.options import decisions, pairs, readable
from core.cli.output import answer
from core.errors import UnknownName
from core.label_import import LabelChoice, Stage, import_labels
from core.types import ReadOptions

STAGES: tuple[Stage, ...] = ("stage1", "stage2")


@app.command(name="import-labels")
def import_labels_command(
    file: Annotated[Path, typer.Argument(help="A file with labels (.gz and .zip, too).")],
    dataset: Annotated[str, typer.Option(help="The data set they are of")],
    name: Annotated[str, typer.Option(help="What to call these labels")],
    file_format: Annotated[str | None, typer.Option("--format", help="Default: detected")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            help="Of a table, FIELD=COLUMN: tokens, labels, confidences ...; may be given several times"
        ),
    ] = None,
    mapped: Annotated[
        list[str] | None, typer.Option("--map", help="A label the data set lacks, OLD=NEW; several times")
    ] = None,
    drop: Annotated[
        list[str] | None, typer.Option(help="A label to drop (pos: X, ner: O); several times")
    ] = None,
    confidences: Annotated[
        Path | None, typer.Option(help="A file of confidences beside it (.npy, padded with -1, or JSON)")
    ] = None,
    map_suggested: Annotated[
        bool, typer.Option("--map-suggested", help="Map labels the data set lacks to what they seem to mean.")
    ] = False,
    stage: Annotated[str, typer.Option(help="Which stage they are of: stage1 | stage2")] = "stage1",
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Import labels of a data set that is in the workspace, as a Stage I for runs."""
    choice = LabelChoice(
        path=readable(file),
        dataset=dataset,
        name=name,
        shown=file.name.encode("utf-8", "replace").decode(),  # a name on disk may be any bytes
        format=file_format,
        options=ReadOptions(columns=pairs("--column", column or ())),
        decisions=decisions(mapped or (), (), drop or ()),
        suggestions=map_suggested,
        stage=_stage(stage),
        confidences=readable(confidences) if confidences else None,
    )
    with progress() as report, opened(workspace) as (store, _):
        done = import_labels(store, choice, report)
    answer(done, _text(done), as_json=as_json)


def _stage(value: str) -> Stage:
    for stage in STAGES:
        if stage == value:
            return stage
    raise UnknownName("stage", value, STAGES)


def _text(done: dict[str, Any]) -> str:
    ways = {"order": "in the order of the data set", "id": "by their ids", "text": "by their text"}
    sure = f"{done['confidences']} with confidences" if done["confidences"] else "without confidences"
    use = f"ssp run ssp --dataset {done['dataset']} --set stage1=imported --set stage1.labels={done['name']}"
    lines = [
        f"{done['run']}: labels of {done['instances']} of {done['of']} items, {sure}, "
        f"found {ways[done['matched']]}{'' if done['created'] else ' (they were here already)'}"
    ]
    if done["unlabelled"]:
        lines.append(f"{done['unlabelled']} items of the file have no labels and were left out")
    return "\n".join([*lines, f"use them: {use}" if done["stage"] == "stage1" else ""]).rstrip()
