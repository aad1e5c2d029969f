"""Which sentences the corrections since a run reach, before anything is labelled anew."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from core.corrected import Effects, effects
from core.jobs.parents import has_record
from core.jobs.request import Request
from core.jobs.rounds import prepared
from core.kept import Kept
from core.store import Store, views
from core.types import Report

REMEMBERED = 8
"""Answers kept in this process, one for each run and state of the log."""


@dataclass(frozen=True, slots=True)
class Affected:
    """What a round would label anew.

    Attributes:
        positions: sentences whose Stage II is to be made again, in file order.
        corrections: items whose human labels are new or others since the run.
        sets: how many of them get other exemplars. shown: keep their exemplars, of which one was corrected.
        own: only their own words are others, or are seen otherwise by type consensus.
        seconds: how long finding out took.
    """

    positions: tuple[int, ...]
    corrections: int
    sets: int = 0
    shown: int = 0
    own: int = 0
    seconds: float = 0.0


_KNOWN: OrderedDict[tuple[Path, str, str], Affected] = OrderedDict()
_LOCK = threading.Lock()


def n_corrections(store: Store, run_id: str) -> int:
    """How many items have other human labels now than when the run was made; quick."""
    run = views.run(store, run_id)
    earlier = views.annotations(store, run["dataset"], until=views.said_until(store, run_id))
    now = views.annotations(store, run["dataset"])
    return sum(earlier.get(at) != now.get(at) for at in {*earlier, *now})


def affected(store: Store, run_id: str, report: Report | None = None) -> Affected:
    """The sentences that a round would label anew; remembered until somebody says something more.

    Raises:
        UnknownName: no such run. RecipeError: it has no Stage II that exemplars were shown in.
    """
    run = views.run(store, run_id)
    edits = sum(map(len, views.edited(store, run["dataset"]).values()))
    key = (store.path, run_id, f"{views.last_said(store, run['dataset']).isoformat()}/{edits}")
    with _LOCK:
        if key in _KNOWN:
            return _KNOWN[key]
    found = _found(store, run_id, report or _quiet)
    with _LOCK:
        _KNOWN[key] = found
        while len(_KNOWN) > REMEMBERED:
            _KNOWN.popitem(last=False)
    return found


def _found(store: Store, run_id: str, report: Report) -> Affected:
    started = time.monotonic()
    if not n_corrections(store, run_id) and not views.stale(store, run_id):
        return Affected((), 0, seconds=time.monotonic() - started)
    job = prepared(store, Request(parent=run_id, corrected=True, overrides=answering(store, run_id)))
    made = effects(replace(job, sources=()), report, Kept())
    return _counted(made, time.monotonic() - started)


def answering(store: Store, run_id: str) -> Mapping[str, str]:
    """Who labels where the run's own answers were recorded: the offline tagger."""
    return {"llm": "offline"} if has_record(views.run(store, run_id)) else {}


def _counted(made: Effects, seconds: float) -> Affected:
    return Affected(
        positions=tuple(sorted(made.affected)),
        corrections=len(made.corrected),
        sets=len(made.sets),
        shown=len(made.shown),
        own=len(made.own - made.sets - made.shown),
        seconds=seconds,
    )


def _quiet(doing: str, done: int, total: int) -> None:
    """Progress nobody asked for."""
