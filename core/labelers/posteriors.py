"""Distributions over a label set: made from a label and its confidence, repaired, chosen from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.types import Labels, Posterior, Prediction

FloatArray = npt.NDArray[np.float64]


def posterior_from(prediction: Prediction, label_set: Labels) -> Posterior:
    """The prediction's own posterior, or its confidence on the label and the rest spread evenly.

    A label outside the label set gives an even row; unknown confidence counts as 1.
    """
    if prediction.posterior is not None:
        return prediction.posterior
    confidences = prediction.confidences or (1.0,) * len(prediction.labels)
    pairs = zip(prediction.labels, confidences, strict=True)
    return tuple(spread(label, confidence, label_set) for label, confidence in pairs)


def spread(label: str, confidence: float, label_set: Labels) -> tuple[float, ...]:
    """One row: `confidence` on the label, the rest shared evenly by the others."""
    size = len(label_set)
    if label not in label_set:
        return (1.0 / size,) * size if size else ()
    if size == 1:
        return (1.0,)
    rest = (1.0 - confidence) / (size - 1)
    return tuple(confidence if name == label else rest for name in label_set)


def as_rows(posterior: FloatArray) -> Posterior:
    """An array (tokens, labels) as nested tuples."""
    return tuple(tuple(float(value) for value in row) for row in posterior)


def normalised(weights: FloatArray) -> FloatArray:
    """Rows scaled to sum 1; a row of zeros becomes even."""
    sums = weights.sum(axis=-1, keepdims=True)
    even = np.full_like(weights, 1.0 / max(weights.shape[-1], 1))
    return np.where(sums > 0, weights / np.where(sums > 0, sums, 1.0), even)


def is_bio(label_set: Sequence[str]) -> bool:
    """Whether a label set is that of BIO-tagged entities."""
    return any(label.startswith(("B-", "I-")) for label in label_set)


def type_table(label_set: Labels) -> FloatArray:
    """(labels, types) 0/1: which entity type each BIO label belongs to; else every label is its own."""
    types = [label[2:] if label.startswith(("B-", "I-")) else label for label in label_set]
    names = list(dict.fromkeys(types))
    return np.array([[float(name == own) for name in names] for own in types]).reshape(len(label_set), -1)


def chosen(position: int, posterior: FloatArray, label_set: Labels) -> Prediction:
    """The most probable label of each row as a prediction, BIO repaired; ties to the first label."""
    labels = [label_set[int(index)] for index in posterior.argmax(axis=1)] if len(posterior) else []
    return decided(position, labels, posterior, label_set)


def decided(position: int, labels: Sequence[str], posterior: FloatArray, label_set: Labels) -> Prediction:
    """A prediction of these labels; an I- that continues nothing becomes B-, with its probability."""
    rows = posterior.copy()
    column = {name: index for index, name in enumerate(label_set)}
    settled: list[str] = []
    for place, label in enumerate(labels):
        begin = f"B-{label[2:]}"
        if label.startswith("I-") and begin in column and not _continues(settled, label):
            pair = [column[label], column[begin]]
            rows[place, pair] = rows[place, pair[::-1]]
            label = begin
        settled.append(label)
    confidences = tuple(float(rows[place, column[label]]) for place, label in enumerate(settled))
    return Prediction(position, tuple(settled), confidences, as_rows(rows))


def _continues(settled: Sequence[str], label: str) -> bool:
    return bool(settled) and settled[-1][1:] == label[1:] and settled[-1][:1] in ("B", "I")
