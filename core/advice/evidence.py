"""The evidence on which the share of wrong labels is estimated, as the coefficients name it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.advice.signals import (
    BEGIN,
    END,
    FloatArray,
    Pairs,
    disagreement,
    divergence,
    evenness,
    log_odds,
    neighbours,
    plain,
    supports,
)
from core.types import Instance, Labels, Prediction

STRANGE = 0.1
"""With a larger share of labels that the reference does not know, neighbours are not compared with it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of the N labels of S sentences, as `core.advice.signals` defines it.

    `divergence` is None where the labels are of another set than the reference's; `doubt` (log odds of
    1 - confidence, mean and (N,)) where not every label has a confidence. `supports` is (N, 4),
    `sentences` (N,) the row of each label's sentence, `labels` (N,).
    """

    disagreement: float
    evenness: float
    divergence: float | None
    doubt: float | None
    doubts: FloatArray | None
    supports: FloatArray
    sentences: np.ndarray[tuple[int], np.dtype[np.int64]]
    labels: Labels

    @property
    def variant(self) -> str:
        """Which coefficients fit this evidence."""
        parts = {"neighbours": self.divergence, "confidence": self.doubt}
        return "+".join(name for name, there in parts.items() if there is not None) or "agreement"

    def whole(self) -> dict[str, float]:
        """The terms of the overall share."""
        d, e, g, c = self.disagreement, self.evenness, self.divergence, self.doubt
        terms = {"forms": d, "forms^2": d * d, "evenness": e, "size": len(self.labels) ** -0.5}
        if g is not None:
            terms |= {"neighbours": g, "neighbours^2": g * g, "forms*neighbours": d * g}
        if c is not None:
            terms |= {"doubt": c, "doubt*forms": c * d}
        return terms

    def single(self) -> FloatArray:
        """(N, 4 or 6): the terms of a single label's chance of being wrong."""
        if self.doubts is None:
            return self.supports
        return np.column_stack([self.supports, self.doubts, self.doubts * self.disagreement])


def evidence(instances: Sequence[Instance], predictions: Sequence[Prediction], reference: Pairs) -> Evidence:
    """Gather it of parallel instances and predictions that hold at least one label."""
    sentences = [item.tokens for item in instances]
    labels = [row.labels for row in predictions]
    flat = tuple(label for row in labels for label in row)
    sure = [value for row in predictions for value in row.confidences or ()]
    known = len(sure) == len(flat)
    doubts = log_odds(1 - np.array(sure)) if known else None
    names = {name for pair in reference for name in pair} - {BEGIN, END}
    strange = sum(plain(label) not in names for label in flat) / len(flat)
    return Evidence(
        disagreement=disagreement(sentences, labels),
        evenness=evenness(labels),
        divergence=None if strange > STRANGE else divergence(neighbours(labels), reference),
        doubt=float(log_odds(1 - float(np.mean(sure)))) if known else None,
        doubts=doubts,
        supports=supports(sentences, labels),
        sentences=np.repeat(np.arange(len(labels)), [len(row) for row in labels]),
        labels=flat,
    )
