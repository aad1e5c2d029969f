"""What the loop panel shows: worked out in threads, for every session, and kept until it is out of date."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from core.errors import StudioError
from core.jobs import ACTIVE
from core.loop import round as loop_round
from core.loop.affected import Affected, affected, n_corrections
from core.loop.budget import Budget, budget
from core.loop.curve import Curve, Point, curve, rounds
from core.settings import settings
from core.store import facts, views
from dashboard import actions, background, queries, resources

RESTING = 10.0
"""How many times as long as something took to work out it is left alone, while people go on saving."""
LONGEST_REST = 60.0


@dataclass(slots=True)
class Latest:
    """The newest answer to a question that changes with every save: `key` says of which state it is."""

    key: str = ""
    value: Any = None
    error: StudioError | None = None
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: None while there is none yet; `fresh` if it is of the data as they are now."""

    value: Any
    fresh: bool
    error: StudioError | None = field(default=None)


@st.cache_resource(show_spinner=False)
def _answers() -> dict[str, Latest]:
    return {}


def ask(name: str, key: str, do: Callable[[], Any]) -> Told:
    """The answer to `name`; where the data have moved on since (`key`), worked out anew in a thread."""
    latest = _answers().setdefault(f"{resources.version()[0]}/{name}", Latest())
    work_key = f"loop/{name}/{key}"
    work = background.look(work_key)
    if work is not None and work.done and latest.key != key:
        rest = min(LONGEST_REST, RESTING * work.seconds)
        latest.key, latest.value, latest.error = key, work.value, work.error
        latest.until = time.monotonic() + (rest if work.error is None else LONGEST_REST)
    if latest.key != key and work is None and time.monotonic() >= latest.until:
        background.start(work_key, lambda _: do())
    return Told(latest.value, latest.key == key, latest.error)


def newest_round(run_id: str) -> queries.RunRow:
    """The last round of the loop that a run is part of: what the next one starts from."""
    return dict(rounds(resources.store(), run_id)[-1])


def said_key(dataset: str) -> str:
    """Of which state of the human labels an answer is."""
    return views.last_said(resources.store(), dataset).isoformat()


def blind_key(dataset: str) -> str:
    """Of which state of the blind labels an answer is."""
    return views.last_said(resources.store(), dataset, layer=facts.BLIND).isoformat()


def corrections(run_id: str) -> int:
    """Items with other human labels than the run had."""
    return n_corrections(resources.store(), run_id)


def reach(dataset: str, run_id: str) -> Told:
    """An `Affected`: which sentences the corrections since the run reach."""
    return ask(f"reach/{run_id}", said_key(dataset), lambda: affected(resources.store(), run_id))


def learning(dataset: str, run_id: str, newest: str) -> Told:
    """A `Curve`: the loop's runs and how good they are."""
    key = f"{newest}/{blind_key(dataset)}"
    return ask(f"curve/{run_id}", key, lambda: curve(resources.store(), newest))


def noise(dataset: str, run_id: str) -> Told:
    """A `Budget`: how many more corrections until exemplars are good enough."""
    key = f"{said_key(dataset)}/{blind_key(dataset)}"
    return ask(f"budget/{run_id}", key, lambda: budget(resources.store(), run_id))


def start_round(run_id: str, *, agreed: str = "") -> str:
    """Start a round on a run; returns the job's id. Refused in presentation mode.

    `agreed` is the host that somebody agreed to send prompts to.
    """
    actions.writable()
    store = resources.store()
    overrides = dict(loop_round.request_of(store, run_id).overrides)
    overrides |= {"llm.agreed": agreed} if agreed else {}
    return loop_round.start(store, settings(), run_id, overrides)


def on_its_way(dataset: str) -> bool:
    """Whether a run of this data set is being worked out."""
    return any(job.dataset == dataset and job.state in ACTIVE for job in actions.all_jobs())


def table(found: Curve) -> pd.DataFrame:
    """The points of a curve: corrections, minutes, value, low and high (shares), and the run."""
    return pd.DataFrame([_row(found, point) for point in found.points])


def _row(found: Curve, point: Point) -> Mapping[str, object]:
    estimate = point.gold if found.source == "gold" else point.audit
    nothing = float("nan")
    return {
        "run": point.run,
        "corrections": point.corrections,
        "minutes": round(point.minutes, 1),
        "value": estimate.value if estimate else nothing,
        "low": estimate.low if estimate else nothing,
        "high": estimate.high if estimate else nothing,
        "relabelled": point.relabelled,
    }


__all__ = [
    "Affected", "Budget", "Curve", "Told", "ask", "corrections", "learning", "newest_round", "noise",
    "on_its_way", "reach", "start_round", "table",
]  # fmt: skip
