"""Type consensus: occurrences of one word form pool their opinion. First, named step of Stage II.

For each word type (folded spelling) the posteriors of its occurrences are averaged, and a token's
own posterior p is drawn towards the mean m: q ~ p^(1-e) m^e. A form seen once keeps its
posterior exactly. Needs only Stage I's output on unlabelled text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from core.labelers.crf_features import norm
from core.labelers.posteriors import FloatArray, chosen, is_bio, normalised, posterior_from
from core.types import Instance, Labels, Prediction, TaskName

EXPONENT = {"pos": 0.8, "ner": 0.5}
FLOOR = 1e-6


def consensus(
    instances: Sequence[Instance], predictions: Sequence[Prediction], label_set: Labels, task: TaskName
) -> list[Prediction]:
    """Stage-I predictions after pooling by word type, in order.

    Args:
        instances, predictions: parallel; a prediction without posterior gets one from its
            confidences. Tasks without tokens (NLI, topic) come back unchanged.
    """
    if task not in EXPONENT or not label_set:
        return list(predictions)
    exponent = EXPONENT["ner" if is_bio(label_set) else task]
    posteriors = [_array(prediction, label_set) for prediction in predictions]
    means = _type_means(instances, posteriors)
    settled = []
    for instance, prediction, posterior in zip(instances, predictions, posteriors, strict=True):
        mean = [means[norm(token)] for token in instance.tokens]
        repeated = np.array([count > 1 for count, _ in mean], dtype=bool)
        if not repeated.any():
            settled.append(prediction)
            continue
        settled.append(_drawn(prediction, posterior, mean, repeated, exponent, label_set))
    return settled


def _array(prediction: Prediction, label_set: Labels) -> FloatArray:
    rows = posterior_from(prediction, label_set)
    return np.array(rows, dtype=np.float64).reshape(len(prediction.labels), len(label_set))


def _type_means(
    instances: Sequence[Instance], posteriors: Sequence[FloatArray]
) -> dict[str, tuple[int, FloatArray]]:
    """Word type -> (occurrences, mean posterior)."""
    rows: defaultdict[str, list[FloatArray]] = defaultdict(list)
    for instance, posterior in zip(instances, posteriors, strict=True):
        for token, row in zip(instance.tokens, posterior, strict=True):
            rows[norm(token)].append(row)
    return {name: (len(found), np.mean(found, axis=0)) for name, found in rows.items()}


def _drawn(
    prediction: Prediction,
    posterior: FloatArray,
    mean: Sequence[tuple[int, FloatArray]],
    repeated: np.ndarray,
    exponent: float,
    label_set: Labels,
) -> Prediction:
    pooled = np.array([row for _, row in mean])
    mixed = np.maximum(posterior, FLOOR) ** (1 - exponent) * np.maximum(pooled, FLOOR) ** exponent
    rows = np.where(repeated[:, None], normalised(mixed), posterior)
    return chosen(prediction.position, rows, label_set)
