"""Labelers: instances in, predictions with confidence out. One module per method.

Stage I labelers learn from source languages and label the target; in-context labelers (Stage II)
label one instance at a time by reading the exemplars chosen for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from core import part_settings
from core.part_settings import defaults
from core.registry import Registry
from core.types import Exemplar, Influence, Instance, Labels, Prediction, Record, Report


@dataclass(frozen=True, slots=True)
class Beside:
    """What a run hands to a labeler that wants more than its sources and the text of the target.

    Attributes:
        language: of the target, ISO 639-3.
        pairs: (text, its translation in the target's language), as the setting `parallel` named them.
        prompts: the folder where trained prompts are kept.
        note: what is told of the run as a whole: a name, and JSON.
        near: for each item the gold exemplars of the sources that the run's similarity finds nearest,
            `stage1.k` of them, most similar first, and their similarities.
    """

    language: str
    pairs: Sequence[tuple[str, str]]
    prompts: Path
    note: Callable[[str, Mapping[str, object]], None]
    near: Callable[[Sequence[Instance]], Iterable[tuple[Sequence[Exemplar], Sequence[float]]]] | None = None


class StageOneLabeler(Protocol):
    """Learns from labelled source languages, then labels target instances.

    A dataclass: its public fields are its settings, which a recipe gives as `stage1.FIELD`. Packages that
    the class names in `packages`, and settings it names in `required`, are asked for before a run begins.
    One whose class says `wants_beside = True` is given a `Beside` as the argument `beside` of `fit`. One
    that does not do every task names those it does in `tasks`; one that may do without sources says so by
    `needs_sources`.
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
    """The labeler `name` with these settings. Raises and `given`: as `core.part_settings.build`."""
    return part_settings.build(labelers, "stage1", name, settings, **given)
