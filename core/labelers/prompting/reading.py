"""How the items of one language are read: a model, a template, and the words that answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.cloze import checkpoint as models
from core.cloze.checkpoint import Checkpoint
from core.cloze.items import probabilities
from core.cloze.layout import Layout, Row, layout_for
from core.cloze.verbalizer import Verbalizer, Word, checked, read_words, verbalizer
from core.labelers.posteriors import FloatArray, chosen
from core.types import Instance, Labels, Prediction, Report

Tensor = Any


@dataclass(frozen=True)
class Reading:
    """One language's template and label words, over a model. `length` is the number of soft vectors."""

    checkpoint: Checkpoint
    layout: Layout
    verbalizer: Verbalizer
    words: tuple[Word, ...]
    length: int
    batch_size: int = 16

    def rows(self, items: Sequence[Instance]) -> list[Row]:
        """The items as the model reads them."""
        return self.layout.rows(self.checkpoint, items, self.length)

    def log_shares(self, rows: Sequence[Row], vectors: Tensor) -> Tensor:
        """(rows, labels): log-probability of each label at the mask; differentiable in the vectors."""
        return self.verbalizer.scores(self.checkpoint.answers(rows, vectors)).log_softmax(-1)

    def shares(self, rows: Sequence[Row], vectors: Tensor, report: Report | None = None) -> FloatArray:
        """(rows, labels): the same as probabilities, without gradients, batch by batch."""
        return probabilities(
            self.checkpoint, self.verbalizer, rows, vectors, batch_size=self.batch_size, report=report
        )

    def label(self, items: Sequence[Instance], vectors: Tensor, report: Report) -> list[Prediction]:
        """One prediction per item, with the whole distribution."""
        labels = self.verbalizer.labels
        found = self.shares(self.rows(items), vectors, report)
        return [chosen(item.position, row[None, :], labels) for item, row in zip(items, found, strict=True)]


def reading(
    model: Checkpoint, labels: Labels, items: Sequence[Instance], *, template: str, words: Sequence[str],
    length: int, batch_size: int,
) -> Reading:  # fmt: skip
    """A template and label words over a model.

    Args:
        template: "" = the one for these items.
        words: entries `label=word`; none = the names of the labels.

    Raises:
        RecipeError: a template or label words that cannot be used with this model.
    """
    by_label = read_words(labels, words)
    return Reading(
        model,
        layout_for(items, template),
        verbalizer(model, labels, by_label),
        tuple(checked(model, labels, by_label)),
        length,
        batch_size,
    )


def load(name: str, *, download: bool, length: int, report: Report) -> Checkpoint:
    """As `core.cloze.checkpoint.load`."""
    return models.load(name, report=report, download=download, length=length)
