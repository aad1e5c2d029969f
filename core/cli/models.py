"""Commands about pretrained encoders: which there are, and fetching one, which nothing does by itself."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from core import catalog, hub
from core.availability import require
from core.cli.app import Json, Workspace, app, configured, progress
from core.cli.output import answer, table

MB = 1_000_000

models = typer.Typer(invoke_without_command=True, help="Encoders to fine-tune; `download NAME` fetches one.")
app.add_typer(models, name="models")


@models.callback()
def listed(
    context: typer.Context,
    language: Annotated[str | None, typer.Option(help="Say of each whether it saw this language.")] = None,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Encoders that are suggested for fine-tuning, with their sizes; any other folder or name will do too."""
    if context.invoked_subcommand:
        return
    configured(workspace)
    seen = _seen(language) if language else {}
    rows = [
        {
            "name": entry.name,
            "title": entry.title,
            "parameters_million": entry.parameters,
            "download_mb": entry.megabytes,
            "languages": entry.languages,
            "saw_language": seen.get(entry.name),
            "licence": entry.licence,
            "best_for": entry.best_for,
            "source": entry.source,
        }
        for entry in catalog.models().values()
    ]
    answer({"models": rows}, _table(rows, language), as_json=as_json)


@models.command()
def download(
    name: Annotated[str, typer.Argument(help="As `ssp models` lists it, or any OWNER/MODEL of the hub.")],
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Fetch an encoder into this machine's cache: weights in safetensors, settings and vocabulary only."""
    configured(workspace)
    require("transformers", purpose="Fetching an encoder")
    with progress() as report:
        report(f"asking the hub for {name}", 0, 1)
        size = hub.missing_bytes(name)
        report(f"fetching {name}: {size / MB:,.0f} MB", 0, 1)
        folder = hub.fetch(name)
    document = {"model": name, "folder": str(folder), "fetched_mb": round(size / MB, 1)}
    text = f"{name} is in {folder} ({size / MB:,.0f} MB fetched); use it with --set stage1.model={name}"
    answer(document, text, as_json=as_json)


def _seen(language: str) -> dict[str, bool]:
    """Whether an encoder's published list names a language; an encoder without a list is not in it."""
    code = catalog.language(language).code
    return {name: found.covered for found in catalog.coverage(code) for name in found.models}


def _table(rows: list[dict[str, Any]], language: str | None) -> str:
    words = {True: "yes", False: "no", None: "no list"}
    header = [
        "model",
        "parameters",
        "download",
        "languages",
        *([f"saw {language}"] if language else []),
        "for",
    ]
    lines = [
        [
            row["name"],
            f"{row['parameters_million']} M",
            f"about {row['download_mb']:,} MB",
            row["languages"],
            *([words[row["saw_language"]]] if language else []),
            row["best_for"],
        ]
        for row in rows
    ]
    return table(lines, header)
