"""What a labeler that has learned nothing would score: the floor every score is read against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SPANS = frozenset({"span_f1", "span_f1_lenient", "paper_f1"})
"""Scores over spans: a guesser of single labels has no such score worth the name."""


@dataclass(frozen=True, slots=True)
class Floor:
    """Scores in [0, 1]: of always giving `label`, the most frequent one, and of an even guess."""

    label: str
    majority: float
    chance: float


def floor(metric: str, gold: Mapping[str, int], n_labels: int) -> Floor | None:
    """The floor of a metric; None for spans and where nothing was scored.

    Args:
        gold: how often each label occurs in the gold labels that were scored against.
        n_labels: labels to guess from. Accuracy of an even guess is 1 / n_labels; macro F1 is the mean over
            labels of the F1 of expected counts.
    """
    total = sum(gold.values())
    if metric in SPANS or not total or not n_labels:
        return None
    label, most = max(gold.items(), key=lambda item: (item[1], item[0]))
    if metric != "macro_f1":
        return Floor(label, most / total, 1 / n_labels)
    majority = 2 * most / (total + most) / len(gold)
    even = [2 * (count / n_labels) / (count + total / n_labels) for count in gold.values()]
    return Floor(label, majority, sum(even) / max(n_labels, len(gold)))
