"""Parts of speech: one universal tag per token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.tasks import tasks
from core.tasks.alignment import parse_rows
from core.types import Instance, Labels, TaskName

UPOS: Labels = (
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM",
    "PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pos:
    """Part-of-speech tagging with the 17 universal tags."""

    name: TaskName = "pos"
    title: str = "Part of speech"
    unit: Literal["token", "item"] = "token"
    labels: Labels = UPOS
    fallback: str = "X"

    def coverage_label(self, label: str) -> str:
        """See `Task.coverage_label`."""
        return label

    def coverage_labels(self, labels: Labels) -> Labels:
        """See `Task.coverage_labels`."""
        return labels

    def render(self, instance: Instance, labels: Labels) -> str:
        """One row per token: token, tab, tag."""
        return "\n".join(f"{token}\t{tag}" for token, tag in zip(instance.tokens, labels, strict=True))

    def parse(self, completion: str, instance: Instance, label_set: Labels) -> tuple[Labels, str | None]:
        """See `Task.parse`."""
        return parse_rows(completion, instance.tokens, label_set, self.fallback)

    def check(self, labels: Sequence[str], label_set: Labels) -> list[str]:
        """See `Task.check`."""
        return [f"unknown label {label!r}" for label in dict.fromkeys(labels) if label not in label_set]


tasks.register("pos")(Pos())
