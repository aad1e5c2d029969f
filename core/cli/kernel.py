"""`ssp train-kernel`: the weights of the offline in-context tagger, learned again from public data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from core.availability import ROOT, require
from core.cli.app import Json, Workspace, app, configured, progress
from core.cli.output import answer, percent, table
from core.kernel_training.course import train
from core.kernel_training.plan import course, read_corpora


@app.command("train-kernel")
def train_kernel(
    task: Annotated[str, typer.Argument(help="pos | ner")],
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write (default: the weights in use).")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of Stage I and of the training")] = 0,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Learn the kernel of the in-context tagger from source languages: minutes, and no GPU."""
    chosen = course(task)
    require("torch", purpose="Training a kernel")
    with progress() as report:
        corpora = read_corpora(chosen, configured(workspace), report)
        document = train(chosen, corpora, seed, report)
    place = out.expanduser() if out else ROOT / "core" / "labelers" / "kernel" / f"{task}.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(_lines(document), encoding="utf-8")
    shown = {key: value for key, value in document.items() if key != "weights"}
    answer(shown | {"file": str(place)}, _text(document, place), as_json=as_json)


def _lines(document: dict[str, Any]) -> str:
    """JSON with a line for each entry, so that versions can be compared."""
    weights = document["weights"]
    rows = [f'    "{name}": {json.dumps(values, separators=(",", ":"))}' for name, values in weights.items()]
    head = [
        f'  "{key}": {json.dumps(value, ensure_ascii=False)},'
        for key, value in document.items()
        if key != "weights"
    ]
    return "\n".join(["{", *head, '  "weights": {', ",\n".join(rows), "  }", "}"]) + "\n"


def _text(document: dict[str, Any], place: Path) -> str:
    rows = [
        (
            row["language"],
            row["sentences"],
            *(percent(row[stage]) for stage in ("stage1", "consensus", "stage2")),
        )
        for row in document["left_out"]
    ]
    shown = table(rows, ("left out", "sentences", "Stage I", "consensus", "Stage II"))
    return f"{shown}\nmean gain of Stage II over Stage I: {percent(document['mean_gain'])}\nwritten: {place}"
