"""`ssp preflight`: whether a run's Stage-I labels are good enough for Stage II."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from core.advice.preflight import Preflight, Share, of_run
from core.cli.app import Json, Workspace, app, opened
from core.cli.output import answer


@app.command()
def preflight(
    run: Annotated[str, typer.Argument(help="A run that has Stage-I labels, computed or imported")],
    as_json: Json = False,
    workspace: Workspace = None,
) -> None:
    """Say how noisy the Stage-I labels of a run probably are, and what to do next."""
    with opened(workspace) as (store, _):
        found = of_run(store, run)
    answer(asdict(found), _text(found), as_json=as_json)


def _text(found: Preflight) -> str:
    unit = "labels" if found.task in ("pos", "ner") else "items"
    rows = {
        "advice": f"{found.advice}" + (f" (about {found.correct_first})" if found.correct_first else ""),
        f"wrong {unit}, expected": _share(found.noise),
        "among likely exemplars": _share(found.exemplar_noise),
        "chance level": f"{100 * found.chance:.0f} %",
        "script shared with sources": _percent(found.script_overlap),
        "labels never given": ", ".join(found.never_predicted) or "none",
    }
    table = "\n".join(f"{name:28s}{value}" for name, value in rows.items())
    return "\n".join([table, "", *found.reasons, *([found.from_llm] if found.from_llm else [])])


def _share(share: Share) -> str:
    return f"{100 * share.value:.0f} % ({100 * share.low:.0f} to {100 * share.high:.0f})"


def _percent(value: float | None) -> str:
    return "sources not known" if value is None else f"{100 * value:.0f} %"
