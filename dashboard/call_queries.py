"""What the page of calls asks of the store."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, cast

import pandas as pd

from core import trust
from core.store import views
from core.types import Completion
from dashboard import resources
from dashboard.queries import RunRow, ask

LATEST_FIRST = ("stage2", "stage1")


def stages(run: RunRow) -> list[str]:
    """The stages of a run that a language model was asked for, the last first."""
    return [stage for stage in LATEST_FIRST if stage in run["stages"] and outcomes(run["id"], stage)]


def outcomes(run_id: str, stage: str) -> dict[str, int]:
    """How many items of a stage ended how; "" = unknown."""
    return cast(dict[str, int], ask("outcomes", run_id, stage))


def calls(run_id: str, stage: str, *, limit: int, offset: int, outcome: str | None) -> pd.DataFrame:
    """See `core.store.views_calls.calls`."""
    return cast(pd.DataFrame, ask("calls", run_id, stage, limit=limit, offset=offset, outcome=outcome))


def positions(run_id: str, stage: str, outcome: str | None) -> list[int]:
    """Where everything lies that `calls` lists, in its order."""
    return cast(list[int], ask("asked_positions", run_id, stage, outcome))


def call(key: str) -> Completion | None:
    """One call by its key."""
    return cast("Completion | None", ask("completion", key))


def attempts(dataset_id: str, prompt_sha256: str) -> list[Completion]:
    """Every call with one prompt, shorter conversations first."""
    return cast(list[Completion], ask("attempts", dataset_id, prompt_sha256))


def log_lines(run: RunRow) -> Iterator[str]:
    """The log of a run as JSON Lines: every call verbatim, in no line a key or a password."""
    for made in views.call_log(resources.store(), run["id"], stages(run)):
        yield json.dumps({**asdict(made), "parameters": parameters(made)}, ensure_ascii=False) + "\n"


def log_file(run: RunRow) -> bytes:
    """As `log_lines`, for a download."""
    return "".join(log_lines(run)).encode("utf-8", "surrogatepass")


def findings(dataset: str, model: str) -> list[dict[str, Any]]:
    """What probes found of a model on a data set: kind, words, and what they rest on."""
    return trust.reports(resources.store().path.parent, dataset, model)


def parameters(made: Completion) -> Mapping[str, Any]:
    """What was asked for besides the text; {} where that was not recorded."""
    try:
        found = json.loads(made.parameters or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
