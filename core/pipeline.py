"""The corridor: Stage I, consensus, selection and Stage II of one run, from inputs to facts.

Reads a `RunInput` and hands every stage's results to a `Sink` as soon as it is complete. Gold
labels of the target are never part of the input. Source: SSP, arXiv 2406.18880, section 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from core import prompts
from core.embedders import embedders
from core.errors import RecipeError
from core.labelers import labelers
from core.labelers.consensus import consensus
from core.labelers.posteriors import posterior_from
from core.llms.replay import Replay
from core.selectors import build
from core.selectors.problem import SelectionProblem
from core.selectors.statistics import counts_and_confidence
from core.tasks import tasks
from core.types import Completion, Dataset, Exemplar, Instance, Labels, Prediction, Record, Report, Selection

FORM_WEIGHT_OF_HUMAN = 1.0


@dataclass(frozen=True, slots=True)
class Source:
    """Gold-labelled data of one source language."""

    dataset: str
    language: str
    records: Sequence[Record]


@dataclass(frozen=True, slots=True)
class RunInput:
    """Everything a run needs; `instances` are the target's, without their gold.

    `recorded` maps a position to the positions of its recorded exemplars in prompt order;
    `corrections` are human labels, which enter the pool with confidence 1.
    """

    run_id: str
    dataset: Dataset
    recipe: Mapping[str, Any]
    seed: int
    instances: Sequence[Instance]
    sources: Sequence[Source] = ()
    stage1: Mapping[int, Prediction] = field(default_factory=dict)
    stage2: Mapping[int, Prediction] = field(default_factory=dict)
    recorded: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    completions: Sequence[Completion] = ()
    template: str = ""
    corrections: Mapping[int, Labels] = field(default_factory=dict)


class Sink(Protocol):
    """Where facts go, stage by stage."""

    def predictions(self, stage: str, rows: Sequence[Prediction]) -> None: ...
    def selections(self, rows: Sequence[Selection], pool: Sequence[Exemplar]) -> None: ...
    def completions(self, rows: Sequence[Completion]) -> None: ...


def run(job: RunInput, sink: Sink, report: Report) -> None:
    """Carry out one run.

    Raises:
        RecipeError: the recipe cannot be carried out on this data.
        Cancelled: `report` said that the user stopped it.
    """
    noisy = _stage_one(job, report)
    if noisy:
        sink.predictions("stage1", noisy)
    settled = noisy
    if noisy and job.recipe["consensus"]["use"]:
        report("type consensus", 0, 1)
        settled = consensus(job.instances, noisy, job.dataset.labels, job.dataset.task)
        sink.predictions("consensus", settled)
    pool = _pool(job, settled)
    chosen = _select(job, pool, report)
    if chosen:
        sink.selections(chosen, pool)
    if job.recipe["stage2"]["labeler"] != "none":
        _stage_two(job, settled, pool, chosen, sink, report)


def _stage_one(job: RunInput, report: Report) -> list[Prediction]:
    name = job.recipe["stage1"]["labeler"]
    if name == "imported":
        return [job.stage1[item.position] for item in job.instances if item.position in job.stage1]
    if not job.sources:
        raise RecipeError(
            f"Stage I ({name}) needs labelled source data.",
            "Add --source DATASET (a data set of the same task in a related language).",
        )
    labeler = labelers[name]()
    sources = [(source.language, source.records) for source in job.sources]
    labeler.fit(sources, job.instances, job.dataset.labels, seed=job.seed, report=report)
    return labeler.label(job.instances, report)


def _pool(job: RunInput, settled: Sequence[Prediction]) -> list[Exemplar]:
    """Target instances with their noisy labels; human labels replace them with confidence 1."""
    by_position = {prediction.position: prediction for prediction in settled}
    pool = []
    for instance in job.instances:
        human = job.corrections.get(instance.position)
        noisy = by_position.get(instance.position)
        if human is not None:
            pool.append(_corrected(job.dataset.id, instance, human))
        elif noisy is not None:
            pool.append(_noisy(job.dataset, instance, noisy))
    return pool


def _corrected(dataset: str, instance: Instance, labels: Labels) -> Exemplar:
    return Exemplar(dataset, instance, labels, (FORM_WEIGHT_OF_HUMAN,) * len(labels), "corrected")


def _noisy(dataset: Dataset, instance: Instance, noisy: Prediction) -> Exemplar:
    confidences = noisy.confidences or (1.0,) * len(noisy.labels)
    posterior = noisy.posterior or posterior_from(noisy, dataset.labels)
    return Exemplar(dataset.id, instance, noisy.labels, confidences, "target", posterior)


def _select(job: RunInput, pool: Sequence[Exemplar], report: Report) -> list[Selection]:
    name = job.recipe["selector"]["name"]
    if name == "none":
        return []
    if name == "recorded":
        return _recorded_selections(job, pool)
    settings = {key: value for key, value in job.recipe["selector"].items() if key != "name"}
    return build(name, settings).select(_problem(job, pool, report), seed=job.seed, report=report)


def _problem(job: RunInput, pool: Sequence[Exemplar], report: Report) -> SelectionProblem:
    report("similarities", 0, 1)
    task = tasks[job.dataset.task]
    labels = task.coverage_labels(job.dataset.labels)
    counts, confidence = counts_and_confidence(
        [tuple(task.coverage_label(label) for label in item.labels) for item in pool],
        [item.confidences for item in pool],
        labels,
    )
    rows = {item.instance.position: row for row, item in enumerate(pool)}
    return SelectionProblem(
        similarity=_similarity(job, pool),
        own=np.array([rows.get(item.position, -1) for item in job.instances]),
        counts=counts,
        confidence=confidence,
        item_confidence=np.array([_mean(item.confidences) for item in pool]),
        labels=labels,
        allowed=None,
    )


def _similarity(job: RunInput, pool: Sequence[Exemplar]) -> np.ndarray[Any, np.dtype[np.float64]]:
    settings = {key: value for key, value in job.recipe["embedder"].items() if key != "name"}
    embedder = embedders[job.recipe["embedder"]["name"]](**settings)
    queries = [_text(item) for item in job.instances]
    return embedder.similarity(queries, [_text(item.instance) for item in pool])


def _text(instance: Instance) -> str:
    words = " ".join(instance.tokens) or instance.text
    return f"{words} {instance.text_b}" if instance.text_b else words


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 0.0


def _recorded_selections(job: RunInput, pool: Sequence[Exemplar]) -> list[Selection]:
    """The exemplars a release recorded, with similarity and coverage as we compute them."""
    problem = _problem(job, pool, lambda *_: None)
    rows = {item.instance.position: row for row, item in enumerate(pool)}
    selections = []
    for query, instance in enumerate(job.instances):
        if instance.position not in job.recorded:
            continue
        missing = [position for position in job.recorded[instance.position] if position not in rows]
        if missing:
            raise RecipeError(
                f"sentence {instance.position} has recorded exemplars outside this run (for example {missing[0]}).",
                "Run the whole data set, or choose exemplars anew with --set selector=ilp.",
            )
        chosen = tuple(rows[position] for position in job.recorded[instance.position])
        selections.append(_as_recorded(problem, query, chosen))
    return selections


def _as_recorded(problem: SelectionProblem, query: int, chosen: tuple[int, ...]) -> Selection:
    def names_of(row: int) -> Labels:
        return tuple(name for name, n in zip(problem.labels, problem.counts[row], strict=True) if n)

    carried = [names_of(row) for row in chosen]
    have = {name for names in carried for name in names}
    anywhere = {name for name, n in zip(problem.labels, problem.counts.sum(axis=0), strict=True) if n}
    return Selection(
        query=query,
        chosen=chosen,
        similarity=tuple(float(problem.similarity[query, row]) for row in chosen),
        confidence=tuple(float(problem.item_confidence[row]) for row in chosen),
        covers=tuple(carried),
        value=None,
        upper_bound=None,
        status="recorded",
        uncovered=tuple(name for name in problem.labels if name not in have),
        uncoverable=tuple(name for name in problem.labels if name not in anywhere),
    )


def _stage_two(
    job: RunInput,
    settled: Sequence[Prediction],
    pool: Sequence[Exemplar],
    chosen: Sequence[Selection],
    sink: Sink,
    report: Report,
) -> None:
    name = job.recipe["stage2"]["labeler"]
    if name == "recorded":
        rows = [job.stage2[item.position] for item in job.instances if item.position in job.stage2]
    elif name == "incontext":
        rows = _in_context(job, pool, chosen, sink, report)
    else:
        rows = _offline(job, settled, pool, chosen, report)
    sink.predictions("stage2", rows)


def _offline(
    job: RunInput,
    settled: Sequence[Prediction],
    pool: Sequence[Exemplar],
    chosen: Sequence[Selection],
    report: Report,
) -> list[Prediction]:
    labeler = labelers[job.recipe["stage2"]["labeler"]](task=job.dataset.task)
    prior = {prediction.position: prediction for prediction in settled}
    selections = {selection.query: selection for selection in chosen}
    rows = []
    for query, instance in enumerate(job.instances):
        selection = selections[query]
        shown = [pool[row] for row in selection.chosen]
        rows.append(
            labeler.label(instance, prior[instance.position], shown, selection.similarity, job.dataset.labels)
        )
        report("Stage II", query + 1, len(job.instances))
    return rows


def _in_context(
    job: RunInput,
    pool: Sequence[Exemplar],
    chosen: Sequence[Selection],
    sink: Sink,
    report: Report,
) -> list[Prediction]:
    """Render, look the completion up, parse: exactly what a live model would go through."""
    llm, task = Replay(job.completions), tasks[job.dataset.task]
    selections = {selection.query: selection for selection in chosen}
    rows, used = [], []
    for query, instance in enumerate(job.instances):
        shown = [pool[row] for row in selections[query].chosen] if query in selections else []
        prompt = prompts.render(job.template, task, shown, instance, job.dataset.labels)
        completion = llm.complete(prompt)
        labels, problem = task.parse(completion.text, instance, job.dataset.labels)
        used.append(replace(completion, prompt=prompt.text))
        rows.append(Prediction(instance.position, labels, completion_key=completion.key, error=problem))
        report("Stage II", query + 1, len(job.instances))
    sink.completions(used)
    return rows


def strip_gold(records: Iterable[Record]) -> list[Instance]:
    """The instances alone: what a run may see of the target."""
    return [record.instance for record in records]
