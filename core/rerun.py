"""A run again with other exemplars in some sentences: only these are labelled, all else is the parent's.

Its Stage I is not computed anew. Where its distributions were kept, every label is the one that a whole run
without the banned exemplars gives. Where only labels and confidences are known, the offline tagger labels
each sentence twice, with the exemplars of before and with those of now: where the two agree, the exemplars
changed nothing that can be told, and the parent's label stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core import in_context, translating
from core.choosing import as_given, candidates, choose
from core.errors import RecipeError
from core.kept import Kept
from core.labelers.consensus import consensus
from core.pipeline import offline, pool_of
from core.run_input import Place, Rerun, RunInput, Sink
from core.selectors import build
from core.selectors.problem import SelectionProblem
from core.source_exemplars import source_pool, with_sources
from core.types import Exemplar, Instance, Prediction, Report, Selection

MOST_SIMILAR = {"confidence": "none", "coverage": "off"}
"""How the integer program fills a place where the run's selector was another one."""


def rerun(job: RunInput, sink: Sink, report: Report, keep: Path | None = None) -> None:
    """Choose anew and label anew, for the sentences of the run; sentences and labels as `RunInput` says.

    Args:
        keep: as for `core.pipeline.run`.

    Raises:
        RecipeError, Cancelled: as `core.pipeline.run`.
    """
    again, kept = _of(job), Kept(keep)
    job = translating.shown(translating.translated(job, sink, report))
    settled = _settled(job)
    pool = sorted(pool_of(job, settled), key=lambda item: _order(again, item.instance))
    chosen, wider = with_sources(_without_banned(job), pool, _chosen(job, pool, report, kept), report)
    sink.selections(chosen, wider)
    if job.recipe["stage2"]["labeler"] == "incontext":
        rows = in_context.stage_two(job, wider, chosen, sink, report)
    else:
        rows = _tagged(job, settled, pool, (chosen, wider), sink, report, kept)
    sink.predictions("stage2", rows)
    sink.note("rerun", {**_written(again), "sentences": len(job.instances)})


def _of(job: RunInput) -> Rerun:
    if job.rerun is None:
        raise RecipeError("this run is not one that is made again.")
    return job.rerun


def _written(again: Rerun) -> dict[str, object]:
    ban, pin = ([f"{dataset}@{position}" for dataset, position in named] for named in (again.ban, again.pin))
    return {"of": again.parent, "ban": ban, "pin": pin, "same": again.same}


def _order(again: Rerun, item: Instance) -> tuple[bool, int]:
    """The parent's pool had its own sentences first, in file order: ties are decided by it."""
    return item.position in again.outside, item.position


def _settled(job: RunInput) -> list[Prediction]:
    """The labels that exemplars are shown with, in the order of the parent's pool."""
    again, rows = _of(job), list(job.stage1.values())
    if not again.whole or not job.recipe["consensus"]["use"]:
        return rows
    everything = sorted((*job.instances, *job.others), key=lambda item: _order(again, item))
    items = [item for item in everything if item.position in job.stage1]
    rows = [job.stage1[item.position] for item in items]
    return consensus(items, rows, job.dataset.labels, job.dataset.task, corrected=job.corrections)


def _chosen(job: RunInput, pool: Sequence[Exemplar], report: Report, kept: Kept) -> list[Selection]:
    if _of(job).solve:
        return choose(job, pool, report, kept)
    return kept.pieces(
        "selections",
        job.instances,
        max(1, len(job.instances)),
        lambda _start, block: _Filling(job, pool).selections(block, report),
        (Selection,),
    )


def _without_banned(job: RunInput) -> RunInput:
    """The run whose sources lack the banned exemplars."""
    banned = set(_of(job).ban)
    sources = [
        replace(
            one, records=[row for row in one.records if (one.dataset, row.instance.position) not in banned]
        )
        for one in job.sources
    ]
    return replace(job, sources=sources)


class _Filling:
    """Prompts that keep what they have; the place of a banned exemplar is filled."""

    def __init__(self, job: RunInput, pool: Sequence[Exemplar]) -> None:
        again = self._again = _of(job)
        self._job, self._dataset = job, job.dataset.id
        self._rows = {item.instance.position: row for row, item in enumerate(pool)}
        self._ready = candidates(job.dataset, job.recipe["embedder"], pool)
        self._banned, self._pinned = (
            [self._rows[at] for name, at in named if name == self._dataset and at in self._rows]
            for named in (again.ban, again.pin)
        )
        own = {
            key: value for key, value in job.recipe["selector"].items() if key not in {"name", "pin", "ban"}
        }
        name = job.recipe["selector"]["name"]
        self._settings = own if name == "ilp" else {} if name == "recorded" else MOST_SIMILAR

    def selections(self, block: Sequence[Instance], report: Report) -> list[Selection]:
        found = []
        for query, item in enumerate(block):
            problem = self._ready.problem([item])
            chosen = tuple(self._filled(problem, self._before(item)))
            found.append(replace(as_given(problem, 0, chosen), query=query, status="heuristic"))
            report("choosing exemplars", query + 1, len(block))
        return found

    def _before(self, item: Instance) -> list[int]:
        places = self._again.before[item.position]
        return [self._rows[at.position] for at in places if at.dataset == self._dataset]

    def _filled(self, problem: SelectionProblem, before: list[int]) -> list[int]:
        """The rows of before; in the places of banned ones pinned rows, then the best that are left."""
        rest = [row for row in before if row not in self._banned]
        own = int(problem.own[0])
        pins = [row for row in self._pinned if row not in rest and row != own][: len(before) - len(rest)]
        fresh = iter([*pins, *self._best(problem, [*rest, *pins], len(before))])
        filled = (next(fresh, None) if row in self._banned else row for row in before)
        return [row for row in filled if row is not None]

    def _best(self, problem: SelectionProblem, have: list[int], k: int) -> list[int]:
        if len(have) >= k:
            return []
        settings: dict[str, Any] = {**self._settings, "k": k}
        settings |= {"pin": [str(row) for row in have], "ban": [str(row) for row in self._banned]}
        (found,) = build("ilp", settings).select(problem, seed=self._job.seed, report=_silent)
        return [row for row in found.chosen if row not in have]


def _silent(doing: str, done: int, total: int) -> None:
    """One sentence's choice is no progress to tell of."""


def _tagged(
    job: RunInput,
    settled: Sequence[Prediction],
    pool: Sequence[Exemplar],
    found: tuple[Sequence[Selection], Sequence[Exemplar]],
    sink: Sink,
    report: Report,
    kept: Kept,
) -> list[Prediction]:
    """The offline tagger's labels."""
    chosen, wider = found
    asked = {item.position for item in job.instances}
    prior = [row for row in settled if row.position in asked]
    rows, spoke = offline(job, prior, wider, chosen, report, kept)
    sink.influences(spoke)
    if _of(job).whole or not _of(job).same:
        return rows
    old, whole = _as_before(job, pool)
    control, _ = offline(job, prior, whole, old, report, Kept(kept.folder("before")))
    return [
        _where_it_mattered(job.stage2.get(row.position), then, row)
        for then, row in zip(control, rows, strict=True)
    ]


def _as_before(job: RunInput, pool: Sequence[Exemplar]) -> tuple[list[Selection], list[Exemplar]]:
    """The parent's choice for these sentences, and the pool it points into."""
    whole = [*pool, *source_pool(job)]
    rows = {(item.dataset, item.instance.position): row for row, item in enumerate(whole)}
    chosen = []
    for query, item in enumerate(job.instances):
        places = [at for at in _of(job).before[item.position] if (at.dataset, at.position) in rows]
        near = tuple(_known(at) for at in places)
        shown = tuple(rows[at.dataset, at.position] for at in places)
        chosen.append(Selection(query, shown, near, (), (), None, None, "recorded"))
    return chosen, whole


def _known(at: Place) -> float:
    return 0.0 if at.similarity is None or np.isnan(at.similarity) else at.similarity


def _where_it_mattered(parent: Prediction | None, then: Prediction, now: Prediction) -> Prediction:
    """The parent's labels, but where other exemplars make another label of the same Stage I."""
    if parent is None or len(parent.labels) != len(now.labels):
        return now
    moved = [old != new for old, new in zip(then.labels, now.labels, strict=True)]
    labels = tuple(_pick(moved, now.labels, parent.labels))
    if parent.confidences is None or now.confidences is None:
        return replace(now, labels=labels, posterior=None)
    return replace(
        now,
        labels=labels,
        confidences=tuple(_pick(moved, now.confidences, parent.confidences)),
        posterior=None,
    )


def _pick(first: Sequence[bool], yes: Sequence[Any], no: Sequence[Any]) -> list[Any]:
    return [a if chosen else b for chosen, a, b in zip(first, yes, no, strict=True)]
