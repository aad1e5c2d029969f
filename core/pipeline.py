"""The corridor: Stage I, consensus, selection and Stage II of one run, from inputs to facts.

Reads a `RunInput` and hands every stage's results to a `Sink` as soon as it is complete. Gold
labels of the target are never part of the input. Source: SSP, arXiv 2406.18880, section 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from core import in_context, retrieval, tokenization, translating
from core.asking.outcomes import USABLE
from core.choosing import choose
from core.errors import RecipeError
from core.kept import Kept, shifted
from core.labelers import Beside, build
from core.labelers.consensus import consensus
from core.labelers.posteriors import posterior_from
from core.recipes import labeler_settings
from core.run_input import RunInput, Sink
from core.settings import settings, with_workspace
from core.source_exemplars import Nearest, with_sources
from core.tokenization import EVERY, source_key
from core.types import (
    Dataset,
    Exemplar,
    Influence,
    Instance,
    Labels,
    Prediction,
    Record,
    Report,
    Selection,
)

HUMAN_CONFIDENCE = 1.0
ITEMS_AT_A_TIME = 200
"""Items that are labelled, and kept, as one piece."""


def run(job: RunInput, sink: Sink, report: Report, keep: Path | None = None) -> None:
    """Carry out one run.

    Args:
        keep: a folder for what the same run can go on from after it was interrupted.

    Raises:
        RecipeError: the recipe cannot be carried out on this data.
        Cancelled: `report` said that the user stopped it.
    """
    kept = Kept(keep)
    note_words(job, sink)
    retrieval.ready(job, sink, report, kept)
    job = translating.translated(job, sink, report)
    noisy = translating.labelled(job, lambda inner: _stage_one(inner, sink, report, kept), sink, report)
    job = translating.shown(job)
    _told("stage1", job, noisy, sink)
    settled = noisy
    if noisy and job.recipe["consensus"]["use"]:
        report("type consensus", 0, 1)
        items = [*job.instances, *translating.unlabelled(job)]
        settled = consensus(items, noisy, job.dataset.labels, job.dataset.task, corrected=job.corrections)
        _told("consensus", job, settled, sink)
    pool = pool_of(job, settled)
    chosen, pool = with_sources(job, pool, choose(job, pool, report, kept), report)
    if chosen:
        sink.selections(chosen, pool)
    if job.recipe["stage2"]["labeler"] != "none":
        _stage_two(job, settled, pool, chosen, sink, report, kept)


def note_words(job: RunInput, sink: Sink) -> None:
    """Note over which words the run labels, and shows, the sentences whose words humans changed."""
    found = {EVERY: words_of([*job.instances, *job.others])}
    found |= {source_key(one.dataset): words_of(row.instance for row in one.records) for one in job.sources}
    if said := {name: words for name, words in found.items() if words}:
        sink.note("tokens", said)


def words_of(items: Iterable[Instance]) -> dict[str, int]:
    """Position -> version of its words, of items whose words humans changed."""
    return {str(item.position): words.now.version for item in items if (words := tokenization.words_of(item))}


def _overlaid(row: Prediction, said: Mapping[int, str]) -> Prediction:
    """A guess in which what humans said of single words stands for certain."""
    guessed = row.confidences or (HUMAN_CONFIDENCE,) * len(row.labels)
    return replace(
        row,
        labels=tuple(said.get(place, label) for place, label in enumerate(row.labels)),
        confidences=tuple(HUMAN_CONFIDENCE if place in said else sure for place, sure in enumerate(guessed)),
        posterior=None,
    )


def _told(stage: str, job: RunInput, found: Sequence[Prediction], sink: Sink) -> None:
    """A stage's labels as facts; those of items outside the run (0-CLT-U) as stage `pool`."""
    inside = {item.position for item in job.instances}
    for name, rows in (
        (stage, [row for row in found if row.position in inside]),
        ("pool", [row for row in found if row.position not in inside]),
    ):
        if rows:
            sink.predictions(name, rows)


def _stage_one(job: RunInput, sink: Sink, report: Report, kept: Kept) -> list[Prediction]:
    name = job.recipe["stage1"]["labeler"]
    if name in {"none", "gold"}:
        return []
    if name == "incontext":
        return in_context.stage_one(job, sink, report)
    if name == "imported":
        return [job.stage1[item.position] for item in job.instances if item.position in job.stage1]
    if not job.sources and _needs_sources(job):
        raise RecipeError(
            f"Stage I ({name}) needs labelled source data.",
            "Add --source DATASET (a data set of the same task in a related language).",
        )
    labeler = lru_cache(maxsize=1)(lambda: _fitted(job, sink, report, kept.folder("stage1-model")))

    def label(start: int, block: Sequence[Instance]) -> list[Prediction]:
        found: list[Prediction] = labeler().label(
            block, shifted(report, start, len(block), len(job.instances))
        )
        return found

    return kept.pieces("stage1", job.instances, ITEMS_AT_A_TIME, label, (Prediction,))


def _needs_sources(job: RunInput) -> bool:
    """Whether the labeler has nothing to go by without labelled data of other languages."""
    made = build(job.recipe["stage1"]["labeler"], labeler_settings(job.recipe, "stage1"))
    return bool(getattr(made, "needs_sources", True))


def _fitted(job: RunInput, sink: Sink, report: Report, keep: Path | None) -> Any:
    labeler = build(job.recipe["stage1"]["labeler"], labeler_settings(job.recipe, "stage1"))
    sources = [(source.language, source.records) for source in job.sources]
    more = {"beside": _beside(job, sink, report)} if getattr(labeler, "wants_beside", False) else {}
    labeler.fit(
        sources,
        job.instances,
        job.dataset.labels,
        seed=job.seed,
        report=report,
        corrected=_corrected_records(job),
        keep=keep,
        **more,
    )
    return labeler


def _beside(job: RunInput, sink: Sink, report: Report) -> Beside:
    place = job.folder.parents[1] if job.folder else settings().workspace
    prompts, near = with_workspace(place).prompts, Nearest(job, report)
    return Beside(job.dataset.language, job.aligned, prompts, sink.note, near)


def _corrected_records(job: RunInput) -> list[Record]:
    return [
        Record(item, job.corrections[item.position])
        for item in (*job.instances, *job.others)
        if item.position in job.corrections
    ]


def pool_of(job: RunInput, settled: Sequence[Prediction]) -> list[Exemplar]:
    """The pool: target instances with noisy labels; human labels replace them with confidence 1.

    Where humans said something of single words, so do these alone. What a language model gave no usable
    labels is no exemplar.
    """
    by_position = {**job.stage1, **{prediction.position: prediction for prediction in settled}}
    pool = []
    for instance in (*job.instances, *job.others):
        human = job.corrections.get(instance.position)
        noisy = by_position.get(instance.position)
        if human is not None:
            pool.append(_corrected(job.dataset.id, instance, human))
        elif noisy is not None and noisy.outcome in USABLE:
            said = job.partial.get(instance.position)
            pool.append(_noisy(job.dataset, instance, _overlaid(noisy, said) if said else noisy))
    return pool


def _corrected(dataset: str, instance: Instance, labels: Labels) -> Exemplar:
    return Exemplar(dataset, instance, labels, (HUMAN_CONFIDENCE,) * len(labels), "corrected")


def _noisy(dataset: Dataset, instance: Instance, noisy: Prediction) -> Exemplar:
    confidences = noisy.confidences or (1.0,) * len(noisy.labels)
    posterior = noisy.posterior or posterior_from(noisy, dataset.labels)
    return Exemplar(dataset.id, instance, noisy.labels, confidences, "target", posterior)


def _stage_two(
    job: RunInput,
    settled: Sequence[Prediction],
    pool: Sequence[Exemplar],
    chosen: Sequence[Selection],
    sink: Sink,
    report: Report,
    kept: Kept,
) -> None:
    name = job.recipe["stage2"]["labeler"]
    if name == "recorded":
        rows = [job.stage2[item.position] for item in job.instances if item.position in job.stage2]
    elif name == "incontext":
        rows = in_context.stage_two(job, pool, chosen, sink, report)
    else:
        rows, spoke = offline(job, settled, pool, chosen, report, kept)
        sink.influences(spoke)
    sink.predictions("stage2", rows)


def offline(
    job: RunInput,
    settled: Sequence[Prediction],
    pool: Sequence[Exemplar],
    chosen: Sequence[Selection],
    report: Report,
    kept: Kept,
) -> tuple[list[Prediction], list[Influence]]:
    """Stage II without a language model: the labels, and which words of the exemplars spoke for them."""
    settings = labeler_settings(job.recipe, "stage2")
    labeler = build(job.recipe["stage2"]["labeler"], settings, task=job.dataset.task)
    prior = {prediction.position: prediction for prediction in settled}
    selections = {selection.query: selection for selection in chosen}

    def label(start: int, block: Sequence[Instance]) -> list[tuple[Prediction, Influence | None]]:
        rows = []
        for query, instance in enumerate(block, start):
            if instance.position not in prior:
                continue
            found = selections.get(query)
            shown = [pool[row] for row in found.chosen] if found else []
            near = found.similarity if found else ()
            rows.append(labeler.label(instance, prior[instance.position], shown, near, job.dataset.labels))
            report("Stage II", query + 1, len(job.instances))
        return rows

    found = kept.pieces("stage2", job.instances, ITEMS_AT_A_TIME, label, (Prediction, Influence))
    return [row for row, _ in found], [why for _, why in found if why is not None]


def strip_gold(records: Iterable[Record]) -> list[Instance]:
    """The instances alone: what a run may see of the target. A verbatim block, and the labels a file had
    before they were mapped, hold the gold as well.
    """
    return [_without_labels(record.instance) for record in records]


def _without_labels(instance: Instance) -> Instance:
    meta = {key: value for key, value in instance.meta.items() if key != "original_labels"}
    return replace(instance, raw=None, meta=meta)
