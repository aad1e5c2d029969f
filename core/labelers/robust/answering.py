"""From scores to predictions, with an even prior where it is asked for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.cloze.checkpoint import Checkpoint, Tensor
from core.cloze.items import FloatArray, probabilities
from core.cloze.layout import Layout
from core.cloze.verbalizer import Verbalizer
from core.errors import RecipeError
from core.labelers.posteriors import chosen
from core.types import Instance, Prediction, Report

CALIBRATIONS = ("none", "target")
MOST = 500
"""Texts the prior is measured on."""
SMALLEST = 1e-12


class Answering:
    """A model, a template, label words and perhaps soft vectors: what labels a text.

    Args:
        soft: (S, d), or None.
        prior: (labels,) the mean answer that is divided out, or None.
    """

    def __init__(
        self, checkpoint: Checkpoint, layout: Layout, verbalizer: Verbalizer, soft: Tensor | None = None
    ) -> None:
        self.checkpoint, self.layout, self.verbalizer, self.soft = checkpoint, layout, verbalizer, soft
        self.prior: FloatArray | None = None

    def chances(self, items: Sequence[Instance], report: Report, doing: str = "labelling") -> FloatArray:
        """(items, labels) probabilities, each row summing to 1."""
        count = 0 if self.soft is None else len(self.soft)
        rows = self.layout.rows(self.checkpoint, items, count)
        found = probabilities(self.checkpoint, self.verbalizer, rows, self.soft, report=report, doing=doing)
        return found if self.prior is None else without(found, self.prior)

    def calibrate(self, items: Sequence[Instance], report: Report) -> None:
        """Divide the mean answer on these texts out of every answer from now on.

        No label is then likelier by its word alone. That takes the target's labels to be about even (Zhao et
        al. 2021, arXiv 2102.09690, with the target's own texts in place of an empty one).
        """
        step = max(1, -(-len(items) // MOST))
        self.prior = (
            self.chances(items[::step], report, "measuring the prior").mean(axis=0) if items else None
        )

    def label(self, items: Sequence[Instance], report: Report) -> list[Prediction]:
        """One prediction per item, in order."""
        found = self.chances(items, report)
        labels = self.verbalizer.labels
        return [chosen(item.position, row[None, :], labels) for item, row in zip(items, found, strict=True)]


def without(found: FloatArray, prior: FloatArray) -> FloatArray:
    """(items, labels) with a prior (labels,) divided out, rows summing to 1."""
    weighed = found / np.maximum(prior, SMALLEST)
    return np.asarray(weighed / np.maximum(weighed.sum(axis=1, keepdims=True), SMALLEST))


def refuse_calibration(method: str, name: str) -> None:
    """Raises RecipeError unless it is one of `CALIBRATIONS`."""
    if name not in CALIBRATIONS:
        raise RecipeError(
            f"labeler {method}: calibration cannot be {name!r}.", f"Give {' or '.join(CALIBRATIONS)}."
        )
