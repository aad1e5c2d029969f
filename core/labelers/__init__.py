"""Labelers: instances in, predictions with confidence out. One module per method.

Stage I labelers learn from source languages and label the target; in-context labelers (Stage II)
label one instance at a time by reading the exemplars chosen for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from core.availability import require
from core.errors import RecipeError
from core.part_settings import defaults, typed
from core.registry import Registry
from core.types import Exemplar, Influence, Instance, Labels, Prediction, Record, Report


class StageOneLabeler(Protocol):
    """Learns from labelled source languages, then labels target instances.

    A dataclass: its public fields are its settings, which a recipe gives as `stage1.FIELD`. Packages that
    the class names in `packages`, and settings it names in `required`, are asked for before a run begins.
    """

    def fit(
        self,
        sources: Sequence[tuple[str, Sequence[Record]]],
        target: Sequence[Instance],
        label_set: Labels,
        *,
        seed: int,
        report: Report,
        corrected: Sequence[Record] = (),
        keep: Path | None = None,
    ) -> None:
        """Learn from (language code, records) pairs; of the target only the text is used.

        Args:
            corrected: items of the target with the labels a human gave them.
            keep: a folder for what a later call with the same arguments can go on from.

        Raises:
            RecipeError: the sources hold no labels of the label set.
        """
        ...

    def label(self, instances: Sequence[Instance], report: Report) -> list[Prediction]:
        """One prediction per instance, in order, with confidences and posterior."""
        ...


class InContextLabeler(Protocol):
    """Labels a query in the light of its exemplars; without exemplars it repeats the prior.

    A dataclass with a field `task`; its other public fields are its settings (`stage2.FIELD`).
    """

    def label(
        self,
        query: Instance,
        prior: Prediction,
        exemplars: Sequence[Exemplar],
        similarities: Sequence[float],
        label_set: Labels,
    ) -> tuple[Prediction, Influence | None]:
        """The query's prediction, and what spoke for it; `similarities` is parallel to `exemplars`."""
        ...


labelers: Registry[type[Any]] = Registry("labeler", "core.labelers")


def setting_names(name: str) -> tuple[str, ...]:
    """The settings of labeler `name`."""
    return tuple(defaults(labelers[name]))


def build(name: str, settings: Mapping[str, Any], **given: Any) -> Any:
    """The labeler `name` with these settings; `given` are fields that are none (the task).

    Raises:
        UnknownName: no such labeler.
        RecipeError: a setting it does not have or lacks, or a value it cannot work with.
        NotInstalled: a package it needs is not there.
    """
    part = labelers[name]
    for package in getattr(part, "packages", ()):
        require(package, purpose=f"the labeler {name}")
    arguments = typed("labeler", name, part, settings)
    for key in getattr(part, "required", ()):
        if not arguments.get(key):
            raise RecipeError(f"labeler {name} needs a {key}.", f"Give --set stage1.{key}=...")
    return part(**given, **arguments)
