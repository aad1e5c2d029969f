"""The scores of a side: the figures of `core.evaluation`, counted for a million tokens at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.comparison.counting import Judged, judged
from core.comparison.sides import Codes, Comparison
from core.score_intervals import Coded
from core.span_tables import Spans
from core.types import Labels, TaskName

METRICS: dict[TaskName, Labels] = {
    "pos": ("token_accuracy", "macro_f1", "paper_f1"),
    "ner": ("span_f1", "token_accuracy", "macro_f1", "span_f1_lenient", "paper_f1"),
    "nli": ("accuracy", "macro_f1"),
    "topic": ("accuracy", "macro_f1"),
}
"""The names of `core.evaluation.evaluate`, the one to look at first in front."""

Sums = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Per label or type (C,): how often it was right, held to be right, and given."""

    names: Labels
    right: Sums
    gold: Sums
    predicted: Sums

    def f1(self) -> npt.NDArray[np.float64]:
        """(C,), NaN where it does not occur."""
        return _f1(self.right, self.gold, self.predicted)

    def micro(self) -> float:
        one = _f1(*(part.sum(keepdims=True) for part in (self.right, self.gold, self.predicted)))
        return float(np.nan_to_num(one)[0])

    def macro(self) -> float:
        occurring = (self.gold + self.predicted > 0) & np.array([bool(name) for name in self.names])
        return float(self.f1()[occurring].mean()) if occurring.any() else 0.0


def main_metric(task: TaskName) -> str:
    """The figure to look at first."""
    return METRICS[task][0]


def scores(compared: Comparison, side: int) -> dict[str, float]:
    """All metrics of the task, as `core.evaluation.evaluate` has them; {} where nothing can be judged."""
    known = judged(compared)
    if known is None:
        return {}
    labels = label_hits(compared, known, side)
    accuracy = int(labels.right.sum()) / len(known.right)
    task = compared.dataset.task
    if task in {"nli", "topic"}:
        return {"accuracy": accuracy, "macro_f1": labels.macro()}
    coded = coded_of(compared, known, side)
    lenient = span_hits(*coded.lenient()[:2])
    paper = lenient.micro()
    if task == "pos":
        return {"token_accuracy": accuracy, "macro_f1": labels.macro(), "paper_f1": paper}
    return {
        "token_accuracy": accuracy,
        "macro_f1": lenient.macro(),
        "span_f1": span_hits(*coded.strict()[:2]).micro(),
        "span_f1_lenient": paper,
        "paper_f1": paper,
    }


def label_hits(compared: Comparison, known: Judged, side: int) -> Hits:
    """Token by token."""
    given, n = known.given(compared, side), len(compared.labels)
    same = given == known.right
    return Hits(compared.stored_labels, _sums(known.right[same], n), _sums(known.right, n), _sums(given, n))


def span_hits(gold: Spans, predicted: Spans) -> Hits:
    """Span by span; both must be of the same types."""
    n, ends = len(gold.types), np.flatnonzero(gold.ends)
    kinds = gold.kind[ends]
    same = (predicted.first[ends] == gold.first[ends]) & (predicted.kind[ends] == kinds)
    return Hits(
        gold.types,
        np.bincount(kinds[same & predicted.ends[ends]], minlength=n),
        np.bincount(kinds, minlength=n),
        np.bincount(predicted.kind[np.flatnonzero(predicted.ends)], minlength=n),
    )


def coded_of(compared: Comparison, known: Judged, side: int) -> Coded:
    """The labels of a side and what is right, as `core.score_intervals` takes them."""
    names = [*compared.stored_labels, *([] if "O" in compared.labels else ["O"])]
    gold, given, owners = (
        codes.astype(np.int64) for codes in (known.right, known.given(compared, side), known.owners)
    )
    return Coded(names, gold, given, owners, known.n)


def _sums(codes: Codes, n: int) -> Sums:
    return np.bincount(codes, minlength=n)


def _f1(right: Sums, gold: Sums, predicted: Sums) -> npt.NDArray[np.float64]:
    size = gold + predicted
    return np.asarray(np.divide(2.0 * right, size, out=np.full(len(size), np.nan), where=size > 0))
