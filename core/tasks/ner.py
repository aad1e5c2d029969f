"""Named entities: one BIO tag per token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.tasks import tasks
from core.tasks.alignment import parse_rows
from core.types import Instance, Labels, TaskName

BIO: Labels = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-DATE", "I-DATE")


@dataclass(frozen=True, slots=True)
class Ner:
    """Named entities as BIO tags; persons, places, organisations and dates unless told otherwise."""

    name: TaskName = "ner"
    title: str = "Named entities"
    unit: Literal["token", "item"] = "token"
    labels: Labels = BIO
    fallback: str = "O"

    def coverage_label(self, label: str) -> str:
        """The entity type: a selection cares for PER, not for B-PER and I-PER apart."""
        return label[2:] if label[:2] in {"B-", "I-"} else label

    def coverage_labels(self, labels: Labels) -> Labels:
        """The types in the order of `labels`, then O."""
        types = dict.fromkeys(self.coverage_label(label) for label in labels)
        return (*(name for name in types if name != "O"), *(name for name in types if name == "O"))

    def render(self, instance: Instance, labels: Labels) -> str:
        """One row per token: token, tab, tag."""
        return "\n".join(f"{token}\t{tag}" for token, tag in zip(instance.tokens, labels, strict=True))

    def parse(self, completion: str, instance: Instance, label_set: Labels) -> tuple[Labels, str | None]:
        """See `Task.parse`."""
        return parse_rows(completion, instance.tokens, label_set, self.fallback)

    def check(self, labels: Sequence[str], label_set: Labels) -> list[str]:
        """Unknown labels, and each I- that continues nothing of its type."""
        problems = [f"unknown label {label!r}" for label in dict.fromkeys(labels) if label not in label_set]
        before = "O"
        for number, label in enumerate(labels, 1):
            if label.startswith("I-") and self.coverage_label(before) != label[2:]:
                problems.append(f"token {number}: {label} after {before} continues no entity")
            before = label
        return problems


tasks.register("ner")(Ner())
