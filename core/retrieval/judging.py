"""Which source items make good exemplars for which: each query is tried with one candidate at a time.

Source: XAMPLER, arXiv 2405.05116, section 3.1. There a language model labels topics; any labeller and any
task is our reading: for words an answer counts as right from a threshold of F1 on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from core.asking import Manner, Question, ask, calls_per_item
from core.evaluation import evaluate
from core.in_context import manner_of
from core.labelers import build
from core.language_model import Connected, connected
from core.recipes import labeler_settings
from core.run_input import RunInput
from core.tasks import tasks
from core.types import Dataset, Exemplar, Labels, Prediction, Report, TaskName

MEASURE = {"pos": "token_accuracy", "ner": "span_f1"}
"""What an answer over words is judged by; for parts of speech accuracy is micro F1."""
DOING = "mining exemplars"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows of the source pool: was the labeller right on `query` with `candidate` as its exemplar?"""

    query: int
    candidate: int
    similarity: float
    right: bool


@dataclass(frozen=True, slots=True)
class Judge:
    """Who says which pairs are good.

    Attributes:
        by: llm, tagger (the offline in-context tagger), vote (the exemplar's label is taken over) or gold.
        pairs: from (query, candidate, similarity) and progress to the pairs, in order.
        calls: of a language model: asked, and found in the log of calls.
    """

    by: str
    pairs: Callable[[Sequence[tuple[int, int, float]], Report], list[Pair]]
    calls: Callable[[], Mapping[str, int]]


def nearest(
    rows: npt.NDArray[np.float32], queries: Sequence[int], k: int, texts: Sequence[str]
) -> Iterator[tuple[int, int, float]]:
    """(query, candidate, similarity) of the k rows nearest to each query, best first; never its own text."""
    for query in queries:
        near = rows @ rows[query]
        order = np.lexsort((np.arange(len(near)), -near))
        others = (int(at) for at in order if texts[at] != texts[query])
        for _, at in zip(range(k), others, strict=False):
            yield query, at, float(near[at])


def judge_of(job: RunInput, pool: Sequence[Exemplar], table: Mapping[str, Any], *, asked: bool) -> Judge:
    """The judge of a run.

    Args:
        asked: whether the run's language model is asked.

    Raises:
        RecipeError: the language model cannot be asked. EgressRefused: text of a source may not go there.
    """
    task, threshold = job.dataset.task, float(table["threshold"])
    if table["positives"] == "gold":
        return _by("gold", lambda query, other, _: alike(task, query.labels, other.labels) >= threshold, pool)
    if asked:
        return _ByModel(job, pool, threshold).judge()
    if tasks[task].unit == "item":
        return _by("vote", lambda query, other, _: query.labels == other.labels, pool)
    tagger = _Tagger(job)
    return _by("tagger", lambda *pair: right(task, pair[0].labels, tagger(*pair), threshold), pool)


def alike(task: TaskName, one: Labels, two: Labels) -> float:
    """How alike the labels of two items are: 1 or 0 for items, the F1 of their counts for words."""
    if tasks[task].unit == "item":
        return float(one == two)
    shared = sum((Counter(one) & Counter(two)).values())
    return 2 * shared / max(1, len(one) + len(two))


def right(task: TaskName, gold: Labels, given: Labels, threshold: float) -> bool:
    """Whether an answer counts as right: the label of an item, or the F1 over its words."""
    if len(given) != len(gold):
        return False
    if task not in MEASURE or gold == given:
        return gold == given
    return evaluate(task, [gold], [given])[MEASURE[task]] >= threshold


def _none() -> Mapping[str, int]:
    return {"asked": 0, "cached": 0}


def _by(name: str, good: Callable[[Exemplar, Exemplar, float], bool], pool: Sequence[Exemplar]) -> Judge:
    """A judge that needs no calls."""

    def pairs(tried: Sequence[tuple[int, int, float]], report: Report) -> list[Pair]:
        found = []
        for at, (query, other, near) in enumerate(tried):
            report(DOING, at, len(tried))
            found.append(Pair(query, other, near, good(pool[query], pool[other], near)))
        return found

    return Judge(name, pairs, _none)


class _Tagger:
    """The offline in-context tagger with one exemplar, and nothing known before."""

    def __init__(self, job: RunInput) -> None:
        own = job.recipe["stage2"]["labeler"] == "icl_tagger"
        settings = labeler_settings(job.recipe, "stage2") if own else {}
        self._tagger = build("icl_tagger", settings, task=job.dataset.task)
        self._labels = job.dataset.labels

    def __call__(self, query: Exemplar, other: Exemplar, near: float) -> Labels:
        size, words = len(self._labels), len(query.labels)
        even = ((1.0 / size,) * size,) * words
        prior = Prediction(query.instance.position, self._labels[:1] * words, (1.0 / size,) * words, even)
        found, _ = self._tagger.label(query.instance, prior, [other], [near], self._labels)
        answer: Labels = found.labels
        return answer


class _ByModel:
    """The run's language model, asked through the log of calls: what was asked before costs nothing."""

    def __init__(self, job: RunInput, pool: Sequence[Exemplar], threshold: float) -> None:
        self._job, self._pool, self._threshold = job, pool, threshold
        self._asked = 0
        self._cached: Callable[[], int] = lambda: 0

    def judge(self) -> Judge:
        return Judge("llm", self.pairs, lambda: {"asked": self._asked, "cached": self._cached()})

    def pairs(self, tried: Sequence[tuple[int, int, float]], report: Report) -> list[Pair]:
        found: dict[int, bool] = {}

        def alive() -> None:
            report(DOING, len(found), len(tried))

        model, manner = self._connected
        model.expect(len(tried) * calls_per_item(manner.asking)[0])
        questions = (question(self._pool, at, *pair[:2]) for at, pair in enumerate(tried))
        for answer in ask(model.llm, manner, questions, alive):
            at, given = answer.prediction.position, answer.prediction.labels
            gold = self._pool[tried[at][0]].labels
            found[at] = right(self._job.dataset.task, gold, given, self._threshold)
            self._asked += len(answer.calls)
            alive()
        return [Pair(*pair, found[at]) for at, pair in enumerate(tried)]

    @cached_property
    def _connected(self) -> tuple[Connected, Manner]:
        model = connected(self._job, datasets=_owners(self._job))
        before = model.spent().cached
        self._cached = lambda: model.spent().cached - before
        return model, manner_of(self._job, "stage1", model.capabilities())


def question(pool: Sequence[Exemplar], number: int, query: int, other: int) -> Question:
    """A query with one exemplar; its position is the pair's number, so that answers find their pair."""
    return Question(replace(pool[query].instance, position=number), [pool[other]])


def _owners(job: RunInput) -> list[Dataset]:
    """The data sets whose text is sent: the sources alone."""
    return [
        Dataset(one.dataset, one.dataset, one.language, job.dataset.task, (), egress=one.egress)
        for one in job.sources
    ]
