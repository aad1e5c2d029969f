"""`ssp import`, and what is said of a data set afterwards: `ssp egress`, `ssp tagset`."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from core import catalog, egress, tagsets
from core.cli.app import Json, Workspace, app, opened, progress
from core.cli.options import decisions, pairs, readable, required, spoken, tagset_file, task_named
from core.cli.output import answer, table
from core.decisions import Decision
from core.errors import StudioError, UnknownName
from core.importing import import_catalog, import_file, licence_note
from core.inspection import FileChoice, Inspection, inspect
from core.settings import Settings
from core.store import Store, facts, views
from core.types import Egress, ReadOptions, Report, Tokenization

_REPEAT = "; may be given several times"


@app.command(name="import")
def import_command(
    what: Annotated[str, typer.Argument(help="A data set of the catalog, or a file (.gz and .zip, too).")],
    task: Annotated[
        str | None, typer.Option(help="For a file, or text without labels: pos | ner | nli | topic")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="For a file: ISO 639-1/-3 code, BCP 47 tag or Glottolog code")
    ] = None,
    language_name: Annotated[
        str | None, typer.Option(help="Name of a language of your own (its code: x-NAME or qaa to qtz)")
    ] = None,
    script: Annotated[str | None, typer.Option(help="Its script, ISO 15924 (default: Latn)")] = None,
    direction: Annotated[str | None, typer.Option(help="Its direction: ltr | rtl")] = None,
    file_format: Annotated[
        str | None, typer.Option("--format", help="For a file (default: detected)")
    ] = None,
    name: Annotated[str | None, typer.Option("--id", help="For a file: id of the data set")] = None,
    split: Annotated[str | None, typer.Option(help="For a file: its split (default: from the name)")] = None,
    column: Annotated[
        list[str] | None, typer.Option(help=f"Of a table, FIELD=COLUMN: tokens, labels, text ...{_REPEAT}")
    ] = None,
    tokenize: Annotated[
        str, typer.Option(help="How text without tokens is split: whitespace | unicode")
    ] = "whitespace",
    translations: Annotated[
        Path | None, typer.Option(help="Of plain text: a file with a translation of each line")
    ] = None,
    translation_language: Annotated[str, typer.Option(help="The language of those translations")] = "",
    mapped: Annotated[
        list[str] | None, typer.Option("--map", help=f"An unknown label, OLD=NEW{_REPEAT}")
    ] = None,
    keep: Annotated[
        list[str] | None, typer.Option(help=f"An unknown label to keep as a new one{_REPEAT}")
    ] = None,
    drop: Annotated[list[str] | None, typer.Option(help=f"An unknown label to drop{_REPEAT}")] = None,
    keep_unknown: Annotated[bool, typer.Option("--keep-unknown", help="Keep every unknown label.")] = False,
    tagset: Annotated[
        Path | None, typer.Option(help="TOML file with description, key and color of labels")
    ] = None,
    licence: Annotated[str, typer.Option(help="For a file: the licence it is under")] = "",
    citation: Annotated[str, typer.Option(help="For a file: whom to cite")] = "",
    may_go: Annotated[str, typer.Option("--egress", help="Where the text may go: local | ask | any")] = "ask",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what the file holds and store nothing.")
    ] = False,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Import a data set of the catalog or a file of your own."""
    path = Path(what)
    with progress() as report, opened(workspace) as (store, chosen):
        if not path.is_file() and (task is None or what in catalog.entries()):
            _refuse_file_options(file_format, name, dry_run=dry_run)
            done = _from_catalog(store, chosen, what, task, _egress(may_go), report)
        else:
            known = views.datasets(store)
            choice = FileChoice(
                path=readable(path),
                name=path.name.encode("utf-8", "replace").decode(),  # a name on disk may be any bytes
                task=task_named(task),
                language=spoken(
                    required("--language", language),
                    known,
                    name=language_name,
                    script=script,
                    direction=direction,
                ),
                format=file_format,
                split=split,
                dataset_id=name,
                options=ReadOptions(
                    columns=pairs("--column", column or ()),
                    tokenization=_tokenization(tokenize),
                    partner_language=translation_language,
                ),
                decisions=decisions(mapped or (), keep or (), drop or ()),
                tagset=tagset_file(tagset),
                egress=_egress(may_go),
                translations=readable(translations) if translations else None,
                licence=licence,
                citation=citation,
            )
            choice = _keeping(choice, report) if keep_unknown else choice
            if dry_run:
                _answer_dry(inspect(choice, report), as_json=as_json)
                return
            done = import_file(store, choice, report)
    answer(done, f"{done['dataset']}: {done['instances']} instances", as_json=as_json)


def _from_catalog(
    store: Store, chosen: Settings, what: str, task: str | None, may_go: Egress, report: Report
) -> dict[str, Any]:
    report(licence_note(catalog.entry(what)), 0, 0)
    wanted = task_named(task) if task else None
    done = import_catalog(store, chosen, what, report, task=wanted)
    if may_go != views.dataset(store, done["dataset"]).egress and done["created"]:
        facts.set_egress(store, done["dataset"], may_go)
    return done


def _refuse_file_options(file_format: str | None, name: str | None, *, dry_run: bool) -> None:
    if file_format or name or dry_run:
        raise StudioError(
            "--format, --id and --dry-run are for files, and no file of that name is there.",
            "Check the path, and give --task and --language.",
        )


def _keeping(choice: FileChoice, report: Report) -> FileChoice:
    """The choice with every label kept that is not decided yet."""
    found = inspect(choice, report)
    kept = tuple(Decision(label, "keep") for label in found.unknown)
    return replace(choice, decisions=(*choice.decisions, *kept))


def _answer_dry(found: Inspection, *, as_json: bool) -> None:
    document = {
        "format": found.format,
        "instances": found.n_instances,
        "tokens": found.n_tokens,
        "splits": dict(found.splits),
        "labels": dict(found.labels),
        "unknown": dict(found.unknown),
        "suggested": [decision.as_json() for decision in found.suggested],
        "label_set": list(found.label_set),
        "columns": list(found.columns),
        "problems": [asdict(problem) for problem in found.problems],
        "counts": dict(found.counts),
        "importable": found.importable,
    }
    rows = [(problem.where, problem.severity, problem.message, problem.done) for problem in found.problems]
    text = "\n".join(
        [
            f"{found.format}: {found.n_instances} items, {found.n_tokens} tokens; nothing was stored.",
            table(rows, ("where", "", "what", "what is done")) if rows else "Nothing is odd.",
        ]
    )
    answer(document, text, as_json=as_json)
    if not found.importable:
        raise typer.Exit(2)


@app.command(name="egress")
def egress_command(
    dataset: str,
    choice: Annotated[str | None, typer.Argument(help="local | ask | any (without: say what it is)")] = None,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Where the text of a data set may go."""
    with opened(workspace) as (store, _):
        if choice is not None:
            facts.set_egress(store, dataset, _egress(choice))
        now = views.dataset(store, dataset).egress
    answer({"dataset": dataset, "egress": now}, f"{dataset}: {now}. {egress.MEANING[now]}", as_json=as_json)


@app.command(name="tagset")
def tagset_command(
    dataset: str,
    file: Annotated[Path | None, typer.Option("--set", help="TOML file with description, key, color")] = None,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """The labels of a data set, with the guideline, key and colour of each."""
    with opened(workspace) as (store, _):
        if file is not None:
            facts.set_tagset(store, dataset, tagset_file(file))
        infos = tagsets.of(views.dataset(store, dataset))
    rows = [(info.label, info.key, info.color, info.description) for info in infos]
    document = {"dataset": dataset, "labels": [asdict(info) for info in infos]}
    answer(document, table(rows, ("label", "key", "color", "description")), as_json=as_json)


def _egress(value: str) -> Egress:
    for choice in egress.CHOICES:
        if value == choice:
            return choice
    raise UnknownName("place for text to go", value, egress.CHOICES)


def _tokenization(value: str) -> Tokenization:
    if value == "whitespace":
        return "whitespace"
    if value == "unicode":
        return "unicode"
    raise UnknownName("tokenisation", value, ("whitespace", "unicode"))
