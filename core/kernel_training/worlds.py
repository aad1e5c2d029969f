"""Worlds to learn from: a source language that plays the target, with the noise Stage I makes on it.

Stage I is trained on other source languages only, so that its errors are those it makes on a language it
has not seen, or also on a few sentences of the target, so that its errors are those it makes on a language
whose near relative it has seen. A world has several states: after consensus, after consensus with some
sentences corrected by their gold, and as Stage I labelled it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.embedders import build as build_embedder
from core.labelers import build as build_labeler
from core.labelers.consensus import consensus
from core.labelers.kernel.pairs import Array32
from core.labelers.kernel.words import IntArray
from core.labelers.posteriors import type_table
from core.selectors import SelectionProblem
from core.selectors import build as build_selector
from core.selectors.statistics import counts_and_confidence
from core.sources import label_set
from core.tasks import tasks
from core.types import Exemplar, Instance, Labels, Prediction, Record, Report, TaskName

Corpora = Mapping[str, Sequence[Record]]
"""Language -> its labelled sentences."""
Shown = tuple[tuple[int, float], ...]
"""(row, similarity) of exemplars, best first."""

K = 8


@dataclass(frozen=True, slots=True)
class State:
    """Labels of one moment: what Stage II would start from.

    Attributes:
        priors: one prediction per sentence.
        pool: the same sentences as exemplars; corrected ones with their gold.
        chosen: for each sentence its exemplars, by the integer program.
        corrected: rows a human corrected.
    """

    priors: Sequence[Prediction]
    pool: Sequence[Exemplar]
    chosen: Sequence[Shown]
    corrected: frozenset[int] = frozenset()


@dataclass(frozen=True)
class World:
    """One language as target.

    Attributes:
        noisy: Stage I's predictions.
        states: the first after consensus, without corrections.
        sources: gold exemplars; near: for each sentence its nearest ones.
        columns: (tokens,) number of the gold label's type, for each sentence.
        common: (types,) share of each type in the gold.
    """

    language: str
    task: TaskName
    labels: Labels
    gold: Sequence[Labels]
    instances: Sequence[Instance]
    noisy: Sequence[Prediction]
    states: Sequence[State]
    sources: Sequence[Exemplar]
    near: Sequence[Shown]

    @cached_property
    def columns(self) -> Sequence[IntArray]:
        table = type_table(self.labels)
        number = {label: int(row.argmax()) for label, row in zip(self.labels, table, strict=True)}
        return [np.array([number[label] for label in tags], dtype=np.int64) for tags in self.gold]

    @cached_property
    def common(self) -> Array32:
        counts = np.bincount(np.concatenate(self.columns), minlength=type_table(self.labels).shape[1])
        return np.asarray(counts / max(counts.sum(), 1), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Cut:
    """How much of the corpora a world takes, in sentences.

    Attributes:
        target: of the language that plays the target. source: of each source language.
        helped: of the target's language, beyond the first `source`, given to Stage I as gold.
        corrections: a further state for each size, least confident sentences corrected first.
        raw: whether Stage I's labels before consensus are a state too.
    """

    target: int = 200
    source: int = 400
    helped: int = 0
    corrections: tuple[int, ...] = (15, 40)
    raw: bool = True


def world(
    task: TaskName, target: str, sources: Iterable[str], corpora: Corpora, cut: Cut, seed: int, report: Report
) -> World:
    """Label `target` from `sources`; what is left of the sources are the gold exemplars.

    Raises:
        Cancelled: `report` said that the user stopped it.
    """
    records = corpora[target][: cut.target]
    gold, instances = [record.labels or () for record in records], [record.instance for record in records]
    labels = label_set(task, (label for tags in gold for label in tags))
    pairs = [(code, corpora[code][: cut.source]) for code in sources]
    own = corpora[target][cut.source : cut.source + cut.helped]
    stage_one = build_labeler("crf", {})
    trained_on = [*pairs, (target, own)] if own else pairs
    stage_one.fit(trained_on, instances, labels, seed=seed, report=report)
    noisy = stage_one.label(instances, report)
    shown = _gold(pairs, labels)
    sizes = ((), *(least_sure(noisy, size) for size in cut.corrections))
    states = [state(task, instances, noisy, labels, gold, rows) for rows in sizes]
    if cut.raw:
        states.append(state(task, instances, noisy, labels, gold, (), pooled=False))
    near = _nearest([item.instance for item in shown], instances)
    return World(target, task, labels, gold, instances, noisy, states, shown, near)


def _gold(pairs: Iterable[tuple[str, Sequence[Record]]], labels: Labels) -> list[Exemplar]:
    """The source sentences that have no label beyond those of the target, as in a run."""
    return [
        Exemplar(code, record.instance, record.labels, (1.0,) * len(record.labels), "source")
        for code, records in pairs
        for record in records
        if record.labels and set(record.labels) <= set(labels)
    ]


def least_sure(noisy: Sequence[Prediction], size: int) -> list[int]:
    """Rows of the `size` sentences of the lowest mean confidence."""
    means = [float(np.mean(found.confidences)) if found.confidences else 1.0 for found in noisy]
    return [int(row) for row in np.argsort(means, kind="stable")[:size]]


def state(
    task: TaskName,
    instances: Sequence[Instance],
    noisy: Sequence[Prediction],
    labels: Labels,
    gold: Sequence[Labels],
    corrected: Iterable[int],
    *,
    pooled: bool = True,
) -> State:
    """Consensus, the pool and the exemplars of every sentence."""
    rows = frozenset(corrected)
    human = {instances[row].position: gold[row] for row in sorted(rows)}
    priors = consensus(instances, noisy, labels, task, corrected=human) if pooled else list(noisy)
    pool = [
        Exemplar("", instance, gold[row], (1.0,) * len(gold[row]), "corrected")
        if row in rows
        else Exemplar("", instance, prior.labels, prior.confidences or (), "target", prior.posterior)
        for row, (instance, prior) in enumerate(zip(instances, priors, strict=True))
    ]
    return State(priors, pool, _selected(task, pool, labels), rows)


def _selected(task: TaskName, pool: Sequence[Exemplar], labels: Labels) -> list[Shown]:
    """As a run chooses: the integer program with its usual settings."""
    covering = tasks[task].coverage_label
    tags = [tuple(covering(label) for label in exemplar.labels) for exemplar in pool]
    names = tuple(dict.fromkeys(covering(label) for label in labels))
    counts, sure = counts_and_confidence(tags, [exemplar.confidences for exemplar in pool], names)
    texts = [exemplar.instance.text for exemplar in pool]
    similarity = build_embedder("ngrams", {}).similarity(texts, texts)
    means = np.array([float(np.mean(exemplar.confidences or (0.0,))) for exemplar in pool])
    problem = SelectionProblem(similarity, np.arange(len(pool)), counts, sure, means, names)
    found = build_selector("ilp", {"k": K}).select(problem, seed=0, report=_silent)
    return [tuple(zip(item.chosen, item.similarity, strict=True)) for item in found]


def _nearest(sources: Sequence[Instance], targets: Sequence[Instance]) -> list[Shown]:
    pool = [instance.text for instance in sources]
    alike = build_embedder("ngrams", {}).similarity([instance.text for instance in targets], pool)
    best = np.argsort(-alike, axis=1, kind="stable")[:, : 2 * K]
    return [tuple((int(row), float(alike[query, row])) for row in rows) for query, rows in enumerate(best)]


def _silent(message: str, done: int, total: int) -> None:
    """Selection of a few hundred queries is too short to speak of."""
