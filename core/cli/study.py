"""`ssp study`: what exemplars are worth offline, measured on public data."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from core.cli.app import Json, Workspace, app, configured, progress
from core.cli.output import answer, table
from core.errors import UnknownName
from core.intervals import Interval
from core.run_identity import code_version
from core.study.worth import BENCHES, Figures
from core.study.worth import study as studied
from core.types import TaskName


@app.command()
def study(
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds, from 0 on")] = 5,
    task: Annotated[list[str] | None, typer.Option("--task", help="Only pos, or only ner")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the figures to this JSON file, too.")] = None,
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Measure what consensus, exemplars and corrections are worth without a language model.

    Public treebanks and entity corpora are fetched where they are not there yet. Takes some minutes.
    """
    with progress() as report:
        found = list(studied(configured(workspace), range(seeds), report, _tasks(task or BENCHES)))
    when = datetime.now(UTC).date().isoformat()
    document = {
        "date": when,
        "code": code_version(),
        "seeds": seeds,
        "figures": [item.as_document() for item in found],
    }
    if out is not None:
        out.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf8")
    rows = [row for item in found for row in _rows(item)]
    answer(
        document,
        table(rows, ("target", "step", "score", "over no exemplars / the step before")),
        as_json=as_json,
    )


def _tasks(asked: Iterable[str]) -> list[TaskName]:
    for name in asked:
        if name not in BENCHES:
            raise UnknownName("task of the study", name, BENCHES)
    return [task for task in BENCHES if task in set(asked)]


def _rows(item: Figures) -> list[tuple[str, str, str, str]]:
    name = f"{item.language} ({'left out' if item.left_out else 'target'}, n = {item.n_sentences})"
    gains = {step: f"{step} over no exemplars" for step in item.score} | {"consensus": "consensus"}
    rows = [
        (name, step, f"{100 * value.value:.1f}", _signed(item.gain.get(gains[step])))
        for step, value in item.score.items()
    ]
    return [*rows, (name, f"{item.n_corrected} corrected, the others", "", _signed(item.gain["corrections"]))]


def _signed(gain: Interval | None) -> str:
    return f"{100 * gain.value:+.1f} ({100 * gain.low:+.1f} to {100 * gain.high:+.1f})" if gain else ""
