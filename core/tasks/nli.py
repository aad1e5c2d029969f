"""Natural language inference: one label per pair of premise and hypothesis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.tasks import tasks
from core.tasks.answers import parse_label, unknown_labels
from core.types import Instance, Labels, TaskName


@dataclass(frozen=True, slots=True)
class Nli:
    """Does the premise entail the hypothesis, contradict it, or neither?"""

    name: TaskName = "nli"
    title: str = "Inference"
    unit: Literal["token", "item"] = "item"
    labels: Labels = ("entailment", "neutral", "contradiction")
    fallback: str = ""

    def coverage_label(self, label: str) -> str:
        """See `Task.coverage_label`."""
        return label

    def coverage_labels(self, labels: Labels) -> Labels:
        """See `Task.coverage_labels`."""
        return labels

    def render(self, instance: Instance, labels: Labels) -> str:
        """The label alone."""
        (label,) = labels
        return label

    def parse(self, completion: str, instance: Instance, label_set: Labels) -> tuple[Labels, str | None]:
        """See `Task.parse`."""
        return parse_label(completion, label_set)

    def check(self, labels: Sequence[str], label_set: Labels) -> list[str]:
        """See `Task.check`."""
        return unknown_labels(labels, label_set)


tasks.register("nli")(Nli())
