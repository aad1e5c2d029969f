"""Confidence statistics of a noisy pool. Source: SSP (arXiv 2406.18880), section 3.2.

`counts_and_confidence` gives cnt[i, l] and conf[i, l]; `thresholds` the confidence tau[l] that the
best fifth of the items with label l reach. Checked to reproduce the released statistics exactly.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.selectors.problem import FloatArray, IntArray
from core.types import Labels


def counts_and_confidence(
    labels: Sequence[Labels], confidences: Sequence[Sequence[float] | None], names: Labels
) -> tuple[IntArray, FloatArray]:
    """Counts and mean confidences of each label in each item.

    Args:
        labels: per item its labels, already those of coverage (NER: types, without B- and I-).
        confidences: per item one probability per label; None = unknown, counted as 1.
        names: the L labels to count; others are ignored.

    Returns:
        counts (N, L) and confidence (N, L); confidence is 0 where a label is absent.
    """
    column = {name: index for index, name in enumerate(names)}
    counts = np.zeros((len(labels), len(names)), dtype=np.int64)
    sums = np.zeros((len(labels), len(names)))
    for row, (tags, probabilities) in enumerate(zip(labels, confidences, strict=True)):
        known = (1.0,) * len(tags) if probabilities is None else probabilities
        for tag, probability in zip(tags, known, strict=True):
            if tag in column:
                counts[row, column[tag]] += 1
                sums[row, column[tag]] += float(probability)
    return counts, sums / np.maximum(counts, 1)


def thresholds(counts: IntArray, confidence: FloatArray, percentile: float = 0.8) -> FloatArray:
    """tau[l] = sorted(conf[i, l] over the n items with l)[floor(percentile * n)]; 0 without any.

    Args:
        counts, confidence: (N, L) as from `counts_and_confidence`.
        percentile: in [0, 1]; 1 means the most confident item.
    """
    taus = np.zeros(counts.shape[1])
    for label in range(counts.shape[1]):
        present = np.sort(confidence[counts[:, label] > 0, label])
        if len(present):
            taus[label] = present[min(int(percentile * len(present)), len(present) - 1)]
    return taus


def confidence_term(counts: IntArray, confidence: FloatArray, taus: FloatArray, mode: str) -> FloatArray:
    """C[i] = sum over labels of min(conf[i, l] - tau[l], 0): (N,), never above 0.

    Args:
        mode: `present` = over the labels the item carries; `v5` = over all labels, an absent one
            costing tau[l] (the paper's code for sequence tasks); `none` = all zero.
    """
    if mode == "none":
        return np.zeros(counts.shape[0])
    shortfall = np.minimum(confidence - taus, 0.0)
    return np.asarray((shortfall if mode == "v5" else np.where(counts > 0, shortfall, 0.0)).sum(axis=1))
