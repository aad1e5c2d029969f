"""Commands about pretrained encoders: which there are, fetching one, giving one a masked head."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from core import catalog, hub
from core.availability import require
from core.cli.app import Json, Workspace, app, configured, opened, progress
from core.cli.output import answer, table
from core.cloze import masked_head
from core.errors import RecipeError
from core.store import Store, views

MB = 1_000_000
TEST = "test"
HEAD = masked_head.Settings()

models = typer.Typer(
    invoke_without_command=True,
    help="Encoders to fine-tune; `download NAME` fetches one, `head NAME` teaches one to fill in words.",
)
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


@models.command()
def head(
    encoder: Annotated[str, typer.Argument(help="A folder, or the name of an encoder in the hub's cache.")],
    data: Annotated[list[str], typer.Option(help="Data sets whose text it is trained on; repeatable.")],
    out: Annotated[Path, typer.Option(help="Folder for the result, a masked language model.")],
    split: Annotated[
        list[str] | None, typer.Option(help="Only these splits; repeatable. Default: all but test.")
    ] = None,
    layers: Annotated[int, typer.Option(min=0, help="Top layers of the encoder to train with it.")] = 0,
    steps: Annotated[int, typer.Option(min=1, max=1_000_000)] = HEAD.steps,
    batch_size: Annotated[int, typer.Option(min=1, max=4096)] = HEAD.batch_size,
    learning_rate: Annotated[float, typer.Option(min=1e-8, max=1)] = HEAD.learning_rate,
    max_length: Annotated[int, typer.Option(min=8, max=8192)] = HEAD.max_length,
    patience: Annotated[int, typer.Option(min=0)] = HEAD.patience,
    seed: int = 0,
    download: Annotated[bool, typer.Option(help="Fetch the encoder when it is not here yet.")] = False,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Give an encoder without one a masked head, trained on the text of stored data sets (not their labels).

    What was interrupted goes on from there when the same command is given again.
    """
    chosen = masked_head.Settings(layers, steps, batch_size, learning_rate, max_length, patience, seed)
    with opened(workspace) as (store, here):
        texts = [text for name in data for text in _texts(store, name, split)]
        keep = here.workspace / "cache" / "masked-heads"
    with progress() as report:
        found = masked_head.give_head(
            encoder, texts, out.expanduser().absolute(), chosen, report=report, download=download, keep=keep
        )
    answer(asdict(found) | {"perplexity": found.perplexity}, _told(found), as_json=as_json)


def _texts(store: Store, name: str, splits: list[str] | None) -> list[str]:
    """The text of a data set's items, both texts of a pair. Raises RecipeError where there is none."""
    found = [record.instance for record in views.records(store, name, with_gold=False)]
    taken = [item for item in found if (item.split in splits if splits else item.split != TEST)]
    if not taken:
        there = ", ".join(dict.fromkeys(item.split for item in found)) or "none"
        raise RecipeError(
            f"{name} has no text in the splits asked for.", f"Its splits: {there}. Give --split."
        )
    return [text for item in taken for text in (item.text, item.text_b or "")]


def _told(found: masked_head.Outcome) -> str:
    return (
        f"{found.folder}: held-out loss {found.after:.3f} nats per masked token, perplexity "
        f"{found.perplexity:,.1f} (untrained {found.before:.3f}, guessing by frequency {found.unigram:.3f}); "
        f"{found.pieces:,} pieces of text, {found.held_out:,} held out, {found.seconds:,.0f} s; use it with "
        f"--set stage1.model={found.folder}"
    )


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
