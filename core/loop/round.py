"""A round of the loop: a new run with the corrections made since, labelled anew where they reach."""

from __future__ import annotations

from collections.abc import Mapping

from core.jobs.launch import run_here, submit
from core.jobs.request import Request
from core.loop.affected import answering
from core.settings import Settings
from core.store import Store
from core.types import Report


def request_of(store: Store, run_id: str, overrides: Mapping[str, str] | None = None) -> Request:
    """What a round on this run is asked for with; `overrides` may say who answers (`llm`)."""
    settled = answering(store, run_id) if overrides is None else overrides
    return Request(parent=run_id, corrected=True, overrides=dict(settled))


def start(store: Store, settings: Settings, run_id: str, overrides: Mapping[str, str] | None = None) -> str:
    """Ask for a round in a worker process; returns the job's id at once.

    Raises:
        UnknownName: no such run. RecipeError: it has no Stage II. StudioError: nothing was corrected since.
    """
    return submit(store, settings, request_of(store, run_id, overrides))


def here(store: Store, settings: Settings, run_id: str, report: Report) -> str:
    """A round in this process; returns the run's id. Raises as `start`, and what a run raises."""
    return run_here(store, settings, request_of(store, run_id), report)[0]
