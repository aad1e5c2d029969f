"""Gold exemplars of the source languages, shown behind those of the target.

Source: SSP, arXiv 2406.18880, section 3.1, shows exemplars of related languages in Stage I; that they are
mixed with noisy target exemplars in Stage II is ours, measured in docs/measured.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from core.choosing import QUERIES_AT_A_TIME, text_of
from core.embedders import build
from core.run_input import RunInput, Source
from core.sending import connect
from core.tasks import tasks
from core.types import Dataset, Exemplar, Labels, Report, Selection

Rows = npt.NDArray[np.int64]


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

    Raises:
        EgressRefused: text of a source may not go where the recipe's embedder would send it.
    """
    wanted = int(job.recipe["stage2"].get("from_sources", 0))
    gold = source_pool(job) if wanted and chosen else []
    if not gold:
        return list(chosen), list(pool)
    task = tasks[job.dataset.task]
    covers = [tuple(dict.fromkeys(map(task.coverage_label, item.labels))) for item in gold]
    found = dict(nearest(job, gold, [item.query for item in chosen], wanted, report))
    longer = [_longer(item, *found[item.query], len(pool), covers) for item in chosen]
    return longer, [*pool, *gold]


def nearest(
    job: RunInput, gold: Sequence[Exemplar], queries: Sequence[int], wanted: int, report: Report
) -> Iterator[tuple[int, tuple[Rows, npt.NDArray[np.float64]]]]:
    """(query, (rows of the gold pool, similarities)), most similar first, ties in order.

    The exemplars of all sources stand beside each other; what is nearest is shown, wherever it is from.

    Raises:
        EgressRefused: text may not go where the recipe's embedder would send it.
    """
    settings = {key: value for key, value in job.recipe["embedder"].items() if key != "name"}
    embedder = build(job.recipe["embedder"]["name"], settings)
    connect(embedder, [job.dataset, *(_owner(job.dataset, source) for source in job.sources)])
    compare = embedder.against([text_of(item.instance) for item in gold])
    for start in range(0, len(queries), QUERIES_AT_A_TIME):
        block = queries[start : start + QUERIES_AT_A_TIME]
        report("source exemplars", start, len(queries))
        table = compare([text_of(job.instances[query]) for query in block])
        for query, row in zip(block, table, strict=True):
            yield query, _top(row, min(wanted, len(gold)))


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
