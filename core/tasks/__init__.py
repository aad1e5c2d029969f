"""Tasks: their labels, how answers are written in a prompt, and how completions are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from core.registry import Registry
from core.types import Instance, Labels, TaskName


class Task(Protocol):
    """One kind of labelling.

    `unit` says whether an instance has one label per token or one in all; `labels` is the default
    label set; `fallback` is what stands where an answer gave no usable label.
    """

    @property
    def name(self) -> TaskName: ...
    @property
    def title(self) -> str: ...
    @property
    def unit(self) -> Literal["token", "item"]: ...
    @property
    def labels(self) -> Labels: ...
    @property
    def fallback(self) -> str: ...

    def coverage_label(self, label: str) -> str:
        """The label that an exemplar selection counts for `label` (NER: the type)."""

    def coverage_labels(self, labels: Labels) -> Labels:
        """The label set an exemplar selection counts over, in the order of `labels`."""

    def render(self, instance: Instance, labels: Labels) -> str:
        """The answer to `instance` as an exemplar shows it in a prompt."""

    def parse(self, completion: str, instance: Instance, label_set: Labels) -> tuple[Labels, str | None]:
        """Labels of `instance` read from a completion, and what was wrong with it (None = nothing).

        Never raises: an answer that cannot be used is a stored outcome.
        """

    def check(self, labels: Sequence[str], label_set: Labels) -> list[str]:
        """What is wrong with `labels`; empty when nothing is."""


tasks: Registry[Task] = Registry("task", "core.tasks")
