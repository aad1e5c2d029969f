"""Labelers: instances in, predictions with confidence out. One module per method.

Stage I labelers learn from source languages and label the target; in-context labelers (Stage II)
label one instance at a time by reading the exemplars chosen for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from core.registry import Registry
from core.types import Exemplar, Instance, Labels, Prediction, Record, Report


class StageOneLabeler(Protocol):
    """Learns from labelled source languages, then labels target instances."""

    def fit(
        self,
        sources: Sequence[tuple[str, Sequence[Record]]],
        target: Sequence[Instance],
        label_set: Labels,
        *,
        seed: int,
        report: Report,
    ) -> None:
        """Learn from (language code, records) pairs; of the target only the text is used.

        Raises:
            RecipeError: the sources hold no labels of the label set.
        """
        ...

    def label(self, instances: Sequence[Instance], report: Report) -> list[Prediction]:
        """One prediction per instance, in order, with confidences and posterior."""
        ...


class InContextLabeler(Protocol):
    """Labels a query in the light of its exemplars; without exemplars it repeats the prior."""

    def label(
        self,
        query: Instance,
        prior: Prediction,
        exemplars: Sequence[Exemplar],
        similarities: Sequence[float],
        label_set: Labels,
    ) -> Prediction:
        """The query's prediction; `similarities` is parallel to `exemplars`."""
        ...


labelers: Registry[type[Any]] = Registry("labeler", "core.labelers")
