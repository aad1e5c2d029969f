"""Gold exemplars of the source languages, shown behind those of the target.

Source: SSP, arXiv 2406.18880, section 3.1, shows exemplars of related languages in Stage I; that they are
mixed with noisy target exemplars in Stage II is ours, measured in docs/measured.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.choosing import QUERIES_AT_A_TIME, text_of
from core.embedders import Compare, build
from core.run_input import RunInput, Source
from core.sending import connect
from core.tasks import tasks
from core.types import Dataset, Exemplar, Instance, Labels, Report, Selection

Rows = npt.NDArray[np.int64]
SHOWN_IN_STAGE_ONE = ("incontext", "vote")
"""Labelers of Stage I that read the nearest exemplars of the sources."""


def source_pool(job: RunInput) -> list[Exemplar]:
    """Every labelled item of the sources with the labels the run may give, in order."""
    known = set(job.dataset.labels)
    return [
        Exemplar(source.dataset, record.instance, record.labels, (1.0,) * len(record.labels), "source")
        for source in job.sources
        for record in source.records
        if record.labels and set(record.labels) <= known
    ]


def with_sources(
    job: RunInput, pool: Sequence[Exemplar], chosen: Sequence[Selection], report: Report
) -> tuple[list[Selection], list[Exemplar]]:
    """The selections with the nearest source items behind, and the pool they then point into.

    Of a run that ends with a Stage I which reads source items, these are the selections.

    Raises:
        EgressRefused: text of a source may not go where the recipe's embedder would send it.
    """
    if ends_with_them(job):
        return _of_stage_one(job, report)
    wanted = int(job.recipe["stage2"].get("from_sources", 0))
    gold = source_pool(job) if wanted and chosen else []
    if not gold:
        return list(chosen), list(pool)
    task = tasks[job.dataset.task]
    covers = [tuple(dict.fromkeys(map(task.coverage_label, item.labels))) for item in gold]
    found = dict(nearest(job, gold, [item.query for item in chosen], wanted, report))
    longer = [_longer(item, *found[item.query], len(pool), covers) for item in chosen]
    return longer, [*pool, *gold]


def ends_with_them(job: RunInput) -> bool:
    """Whether the run ends with a Stage I that reads the nearest source items."""
    stages = job.recipe.get("stage1", {}).get("labeler"), job.recipe["stage2"].get("labeler")
    return stages[0] in SHOWN_IN_STAGE_ONE and stages[1] == "none"


def _of_stage_one(job: RunInput, report: Report) -> tuple[list[Selection], list[Exemplar]]:
    """What Stage I read, as selections: their order is that of nearness, and nothing was priced."""
    gold = source_pool(job)
    task = tasks[job.dataset.task]
    covers = [tuple(dict.fromkeys(map(task.coverage_label, item.labels))) for item in gold]
    queries = range(len(job.instances))
    found = nearest(job, gold, queries, int(job.recipe["stage1"]["k"]), report)
    bare = [Selection(query, (), (), (), (), None, None, "heuristic") for query in queries]
    return [_longer(bare[query], *rows, 0, covers) for query, rows in found], gold


def nearest(
    job: RunInput, gold: Sequence[Exemplar], queries: Sequence[int], wanted: int, report: Report
) -> Iterator[tuple[int, tuple[Rows, npt.NDArray[np.float64]]]]:
    """(query, (rows of the gold pool, similarities)), most similar first, ties in order.

    The exemplars of all sources stand beside each other; what is nearest is shown, wherever it is from.

    Raises:
        EgressRefused: text may not go where the recipe's embedder would send it.
    """
    compare = _compared(job, gold)
    for start in range(0, len(queries), QUERIES_AT_A_TIME):
        block = queries[start : start + QUERIES_AT_A_TIME]
        report("source exemplars", start, len(queries))
        table = compare([text_of(job.instances[query]) for query in block])
        for query, row in zip(block, table, strict=True):
            yield query, _top(row, min(wanted, len(gold)))


def _compared(job: RunInput, gold: Sequence[Exemplar]) -> Compare:
    settings = {key: value for key, value in job.recipe["embedder"].items() if key != "name"}
    embedder = build(job.recipe["embedder"]["name"], settings)
    connect(embedder, [job.dataset, *(_owner(job.dataset, source) for source in job.sources)])
    return embedder.against([text_of(item.instance) for item in gold])


class Nearest:
    """The gold exemplars of the sources that are nearest to an item, `stage1.k` of them; embedded once.

    Args:
        report: told how far the embedding of the sources is; may raise.
    """

    def __init__(self, job: RunInput, report: Report) -> None:
        self._job, self._report = job, report

    def __call__(self, items: Sequence[Instance]) -> Iterator[tuple[Sequence[Exemplar], Sequence[float]]]:
        """For each item its exemplars, most similar first, and the similarities.

        Raises:
            EgressRefused: text may not go where the recipe's embedder would send it.
        """
        wanted = min(int(self._job.recipe["stage1"]["k"]), len(self._gold))
        for start in range(0, len(items), QUERIES_AT_A_TIME):
            block = items[start : start + QUERIES_AT_A_TIME]
            for row in self._compare([text_of(item) for item in block]):
                rows, near = _top(row, wanted)
                yield [self._gold[at] for at in rows], [float(value) for value in near]

    @cached_property
    def _gold(self) -> list[Exemplar]:
        return source_pool(self._job)

    @cached_property
    def _compare(self) -> Compare:
        self._report("source exemplars", 0, 1)
        return _compared(self._job, self._gold)


def _top(row: npt.NDArray[np.float64], k: int) -> tuple[Rows, npt.NDArray[np.float64]]:
    least = np.partition(row, len(row) - k)[len(row) - k]
    best = np.flatnonzero(row >= least)
    order = best[np.argsort(-row[best], kind="stable")][:k]
    return order, row[order]


def _longer(
    selection: Selection,
    rows: Rows,
    similarity: npt.NDArray[np.float64],
    offset: int,
    covers: Sequence[Labels],
) -> Selection:
    return replace(
        selection,
        chosen=(*selection.chosen, *(int(row) + offset for row in rows)),
        similarity=(*selection.similarity, *map(float, similarity)),
        confidence=(*selection.confidence, *(1.0 for _ in rows)),
        covers=(*selection.covers, *(covers[row] for row in rows)),
    )


def _owner(target: Dataset, source: Source) -> Dataset:
    return Dataset(source.dataset, source.dataset, source.language, target.task, (), egress=source.egress)
