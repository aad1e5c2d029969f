"""A run with the corrections made since: which sentences they reach, and only these labelled anew.

Stage I stays as it was (its distributions where they were kept); human labels enter the pool, type consensus
and selection are done again, which takes milliseconds a sentence, and Stage II labels the sentences whose
prompt, or whose own label to begin with, is another one now. All else is the parent's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core import in_context, translating
from core.choosing import as_given, candidates, choose
from core.kept import Kept
from core.remade import again_of, labelled, note_words, pool_as_it_was, settled, tagged, without_banned
from core.run_input import Rerun, RunInput, Sink
from core.source_exemplars import with_sources
from core.types import Exemplar, Instance, Prediction, Report, Selection

MOVED = 0.05
"""Probability that has to change hands, in one word, before the offline tagger is asked again about it."""


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """What the corrections since a run change of it.

    Attributes:
        corrected: positions whose human labels are new or others.
        sets: positions of sentences that get other exemplars, or the same in another order.
        shown: that keep their exemplars, one of which has other labels now.
        own: whose words humans changed, or the words of an exemplar; for the offline tagger also those whose
            own words consensus labels otherwise, or less or more surely.
        rows: labels to begin with, of all items. pool, earlier: exemplars of now and of before.
        chosen: target exemplars of every query of the run, rows of `pool`.
    """

    corrected: frozenset[int]
    sets: frozenset[int]
    shown: frozenset[int]
    own: frozenset[int]
    rows: Sequence[Prediction]
    pool: Sequence[Exemplar]
    earlier: Sequence[Exemplar]
    chosen: Sequence[Selection]

    @property
    def affected(self) -> frozenset[int]:
        """Positions of the sentences that Stage II has to label again."""
        return self.sets | self.shown | self.own


def effects(job: RunInput, report: Report, kept: Kept) -> Effects:
    """What the corrections of a run that is made again change.

    Raises:
        RecipeError: the run is not made again.
    """
    again = again_of(job)
    then = replace(job, corrections=again.earlier or {}, partial=again.earlier_partial)
    before, rows = settled(then), settled(job)
    old, pool = pool_as_it_was(then, before), pool_as_it_was(job, rows)
    reads_own = job.recipe["stage2"]["labeler"] != "incontext"
    moved = _moved(before, rows, MOVED if reads_own else None)
    corrected = _changed(then.corrections, job.corrections) | _changed(then.partial, job.partial)
    altered = _altered(old, pool, moved, corrected if reads_own else frozenset())
    chosen = _chosen(job, pool, report, kept)
    sets = _other_sets(job, again, old, pool, chosen)
    places = {item.query: [pool[row].instance.position for row in item.chosen] for item in chosen}
    asked = [item.position for item in job.instances]
    shown = {
        asked[query] for query, at in places.items() if asked[query] not in sets and altered.intersection(at)
    }
    own = (moved if reads_own else frozenset()) | again.stale
    return Effects(
        corrected, frozenset(sets), frozenset(shown), own.intersection(asked), rows, pool, old, chosen
    )


def rerun(job: RunInput, sink: Sink, report: Report, kept: Kept) -> None:
    """Carry the run out: corrections in, and Stage II anew where they reach.

    Raises:
        RecipeError, Cancelled: as `core.pipeline.run`.
    """
    again = again_of(job)
    report("what the corrections reach", 0, 1)
    found = effects(job, report, kept)
    if again.whole and job.recipe["consensus"]["use"]:
        _told(job, found.rows, sink)
    chosen = [item for item in found.chosen if job.instances[item.query].position in found.affected]
    chosen, wider = with_sources(without_banned(job), found.pool, chosen, report)
    sink.selections(chosen, wider)
    reached, renumbered = _only(job, chosen)
    reached = translating.shown(translating.translated(reached, sink, report))
    if job.recipe["stage2"]["labeler"] == "incontext":
        labels = in_context.stage_two(reached, wider, renumbered, sink, report)
    else:
        labels, spoke = tagged(reached, found.rows, (renumbered, wider), found.earlier, report, kept)
        sink.influences(spoke)
    sink.predictions("stage2", labels)
    note_words(job, reached.instances, sink)
    note = {"of": again.parent, "same": again.same, **labelled(reached.instances), **_counts(found)}
    sink.note("rerun", note)


def _counts(found: Effects) -> dict[str, object]:
    return {
        "corrections": len(found.corrected),
        "sets": len(found.sets),
        "shown": len(found.shown),
        "own": len(found.own - found.sets - found.shown),
    }


def _told(job: RunInput, rows: Sequence[Prediction], sink: Sink) -> None:
    inside = {item.position for item in job.instances}
    for stage, found in (
        ("consensus", [row for row in rows if row.position in inside]),
        ("pool", [row for row in rows if row.position not in inside]),
    ):
        if found:
            sink.predictions(stage, found)


def _only(job: RunInput, chosen: Sequence[Selection]) -> tuple[RunInput, list[Selection]]:
    """The run of the sentences that get labels, and their exemplars by their new numbers."""
    queries = [item.query for item in chosen]
    kept = set(queries)
    rest = [item for row, item in enumerate(job.instances) if row not in kept]
    reached = replace(job, instances=[job.instances[row] for row in queries], others=[*job.others, *rest])
    return reached, [replace(item, query=number) for number, item in enumerate(chosen)]


def _changed(before: Mapping[int, object], now: Mapping[int, object]) -> frozenset[int]:
    return frozenset(at for at in {*before, *now} if before.get(at) != now.get(at))


def _moved(before: Sequence[Prediction], now: Sequence[Prediction], least: float | None) -> frozenset[int]:
    """Positions with another label, or (with `least`) as much probability on others in some word."""
    return frozenset(
        new.position
        for old, new in zip(before, now, strict=True)
        if old is not new and (old.labels != new.labels or (least is not None and _shift(old, new) > least))
    )


def _shift(old: Prediction, new: Prediction) -> float:
    """The largest total variation between the two distributions of a word; 0 where there are none."""
    if not old.posterior or not new.posterior:
        return 0.0
    return float(np.abs(np.array(old.posterior) - np.array(new.posterior)).sum(axis=1).max()) / 2


def _altered(
    old: Sequence[Exemplar], pool: Sequence[Exemplar], moved: frozenset[int], corrected: frozenset[int]
) -> set[int]:
    """Positions of exemplars that read otherwise now."""
    labels = {item.instance.position: item.labels for item in old}
    return {
        item.instance.position
        for item in pool
        if labels.get(item.instance.position) != item.labels
        or item.instance.position in corrected
        or (item.origin == "target" and item.instance.position in moved)
    }


def _chosen(job: RunInput, pool: Sequence[Exemplar], report: Report, kept: Kept) -> list[Selection]:
    if again_of(job).solve:
        return choose(job, pool, report, kept)
    rows = {item.instance.position: row for row, item in enumerate(pool)}
    ready = candidates(job.dataset, job.recipe["embedder"], pool)
    found = []
    for query, item in enumerate(job.instances):
        shown = tuple(rows[at] for at in _own_places(job, again_of(job), item) if at in rows)
        if shown:
            found.append(replace(as_given(ready.problem([item]), 0, shown), query=query))
    return found


def _own_places(job: RunInput, again: Rerun, item: Instance) -> list[int]:
    return [at.position for at in again.before.get(item.position, ()) if at.dataset == job.dataset.id]


def _other_sets(
    job: RunInput,
    again: Rerun,
    old: Sequence[Exemplar],
    pool: Sequence[Exemplar],
    chosen: Sequence[Selection],
) -> set[int]:
    """Sentences whose exemplars are others than in the parent, and are so because of the corrections."""
    differing = [
        item
        for item in chosen
        if [pool[row].instance.position for row in item.chosen]
        != _own_places(job, again, job.instances[item.query])
    ]
    if not differing or not again.solve:
        return set()
    asked = [job.instances[item.query] for item in differing]
    then = choose(replace(job, instances=asked), old, _quiet)
    was = {item.query: [old[row].instance.position for row in item.chosen] for item in then}
    return {
        asked[number].position
        for number, item in enumerate(differing)
        if was.get(number) != [pool[row].instance.position for row in item.chosen]
    }


def _quiet(doing: str, done: int, total: int) -> None:
    """A second look is no progress to tell of."""
