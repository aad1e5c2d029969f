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

from core import corrected, in_context, translating
from core.choosing import as_given, candidates, choose
from core.kept import Kept
from core.remade import again_of, labelled, note_words, pool_as_it_was, settled, tagged, without_banned
from core.run_input import Rerun, RunInput, Sink
from core.selectors import build
from core.selectors.problem import SelectionProblem
from core.source_exemplars import with_sources
from core.types import Exemplar, Instance, Report, Selection

MOST_SIMILAR = {"confidence": "none", "coverage": "off"}
"""How the integer program fills a place where the run's selector was another one."""


def rerun(job: RunInput, sink: Sink, report: Report, keep: Path | None = None) -> None:
    """Choose anew and label anew, for the sentences of the run; sentences and labels as `RunInput` says.

    Args:
        keep: as for `core.pipeline.run`.

    Raises:
        RecipeError, Cancelled: as `core.pipeline.run`.
    """
    again, kept = again_of(job), Kept(keep)
    if again.earlier is not None:
        corrected.rerun(job, sink, report, kept)
        return
    job = translating.shown(translating.translated(job, sink, report))
    rows = settled(job)
    pool = pool_as_it_was(job, rows)
    chosen, wider = with_sources(without_banned(job), pool, _chosen(job, pool, report, kept), report)
    sink.selections(chosen, wider)
    if job.recipe["stage2"]["labeler"] == "incontext":
        labels = in_context.stage_two(job, wider, chosen, sink, report)
    else:
        labels, spoke = tagged(job, rows, (chosen, wider), pool, report, kept)
        sink.influences(spoke)
    sink.predictions("stage2", labels)
    note_words(job, job.instances, sink)
    sink.note("rerun", {**_written(again), **labelled(job.instances)})


def _written(again: Rerun) -> dict[str, object]:
    ban, pin = ([f"{dataset}@{position}" for dataset, position in named] for named in (again.ban, again.pin))
    return {"of": again.parent, "ban": ban, "pin": pin, "same": again.same}


def _chosen(job: RunInput, pool: Sequence[Exemplar], report: Report, kept: Kept) -> list[Selection]:
    if again_of(job).solve:
        return choose(job, pool, report, kept)
    return kept.pieces(
        "selections",
        job.instances,
        max(1, len(job.instances)),
        lambda _start, block: _Filling(job, pool).selections(block, report),
        (Selection,),
    )


class _Filling:
    """Prompts that keep what they have; the place of a banned exemplar is filled."""

    def __init__(self, job: RunInput, pool: Sequence[Exemplar]) -> None:
        again = self._again = again_of(job)
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
