"""What every run made of another one needs: its pool in the parent's order, and labels that move only where
its exemplars do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from core.errors import RecipeError
from core.kept import Kept
from core.labelers.consensus import consensus
from core.pipeline import offline, pool_of, words_of
from core.run_input import Place, Rerun, RunInput, Sink
from core.source_exemplars import source_pool
from core.types import Exemplar, Influence, Instance, Prediction, Report, Selection

Before = tuple[Sequence[Selection], Sequence[Exemplar]]
"""Exemplars by query, and the pool they point into."""


def again_of(job: RunInput) -> Rerun:
    """What is made again. Raises RecipeError: nothing is."""
    if job.rerun is None:
        raise RecipeError("this run is not one that is made again.")
    return job.rerun


def order(again: Rerun, item: Instance) -> tuple[bool, int]:
    """The parent's pool had its own sentences first, in file order: ties are decided by it."""
    return item.position in again.outside, item.position


def settled(job: RunInput) -> list[Prediction]:
    """The labels that exemplars are shown with, given the run's corrections, in the parent's order."""
    again, rows = again_of(job), list(job.stage1.values())
    if not again.whole or not job.recipe["consensus"]["use"]:
        return rows
    everything = sorted((*job.instances, *job.others), key=lambda item: order(again, item))
    items = [item for item in everything if item.position in job.stage1]
    rows = [job.stage1[item.position] for item in items]
    return consensus(items, rows, job.dataset.labels, job.dataset.task, corrected=job.corrections)


def pool_as_it_was(job: RunInput, rows: Sequence[Prediction]) -> list[Exemplar]:
    """The pool with these labels and the run's corrections, in the parent's order."""
    found = pool_of(job, rows)
    return sorted(found, key=lambda item: order(again_of(job), item.instance))


def labelled(items: Sequence[Instance]) -> dict[str, object]:
    """What the note of the run says of the sentences that it labelled itself."""
    return {"sentences": len(items), "positions": [item.position for item in items]}


def note_words(job: RunInput, items: Sequence[Instance], sink: Sink) -> None:
    """Over which words labels were given, where words were split, merged or re-spelled."""
    found = {"stage2": words_of(items), "pool": words_of([*job.instances, *job.others])}
    if any(found.values()):
        sink.note("tokens", found)


def without_banned(job: RunInput) -> RunInput:
    """The run whose sources lack the banned exemplars."""
    banned = set(again_of(job).ban)
    sources = [
        replace(
            one, records=[row for row in one.records if (one.dataset, row.instance.position) not in banned]
        )
        for one in job.sources
    ]
    return replace(job, sources=sources)


def tagged(
    job: RunInput,
    rows: Sequence[Prediction],
    found: Before,
    pool: Sequence[Exemplar],
    report: Report,
    kept: Kept,
) -> tuple[list[Prediction], list[Influence]]:
    """The offline tagger's labels, and what spoke for them.

    Args:
        rows: labels to begin with, of all items.
        found: the exemplars of now. pool: that of before, which the parent's exemplars were taken from.
    """
    chosen, wider = found
    asked = {item.position for item in job.instances}
    prior = [row for row in rows if row.position in asked]
    labels, spoke = offline(job, prior, wider, chosen, report, kept)
    if again_of(job).whole or not again_of(job).same:
        return labels, spoke
    old, whole = _as_before(job, pool)
    control, _ = offline(job, prior, whole, old, report, Kept(kept.folder("before")))
    return [
        _where_it_mattered(job.stage2.get(row.position), then, row)
        for then, row in zip(control, labels, strict=True)
    ], spoke


def _as_before(job: RunInput, pool: Sequence[Exemplar]) -> Before:
    """The parent's choice for these sentences, and the pool it points into."""
    whole = [*pool, *source_pool(job)]
    rows = {(item.dataset, item.instance.position): row for row, item in enumerate(whole)}
    chosen = []
    for query, item in enumerate(job.instances):
        places = [at for at in again_of(job).before[item.position] if (at.dataset, at.position) in rows]
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
