"""Type consensus: occurrences of one word form pool their opinion. First, named step of Stage II.

For each word type (folded spelling) the posteriors of its occurrences are averaged, and a token's
own posterior p is drawn towards the mean m: q ~ p^(1-e) m^e. Entities are pooled by type (PER,
not B-PER), and a token keeps its own balance of B- and I-. A form seen once keeps its posterior
exactly. Needs only Stage I's output on unlabelled text. The exponent was chosen on source
languages alone, each left out in turn.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from core.labelers.crf_features import norm
from core.labelers.posteriors import FloatArray, chosen, normalised, posterior_from, type_table
from core.types import Instance, Labels, Prediction, TaskName

EXPONENT = 0.8
FLOOR = 1e-6

Opinions = Mapping[str, tuple[int, FloatArray]]


def consensus(
    instances: Sequence[Instance],
    predictions: Sequence[Prediction],
    label_set: Labels,
    task: TaskName,
    corrected: Mapping[int, Labels] = MappingProxyType({}),
) -> list[Prediction]:
    """Stage-I predictions after pooling by word type, in order.

    Args:
        instances, predictions: parallel; a prediction without posterior gets one from its
            confidences. Tasks without tokens (NLI, topic) come back unchanged.
    """
    if task not in ("pos", "ner") or not label_set:
        return list(predictions)
    table = type_table(label_set)
    posteriors = [as_array(prediction, label_set) for prediction in predictions]
    opinions = _opinions(instances, posteriors, table)
    return [
        _settled(instance, prediction, posterior, opinions, table, label_set)
        for instance, prediction, posterior in zip(instances, predictions, posteriors, strict=True)
    ]


def as_array(prediction: Prediction, label_set: Labels) -> FloatArray:
    """The posterior as (labels given, label set)."""
    rows = posterior_from(prediction, label_set)
    return np.array(rows, dtype=np.float64).reshape(len(prediction.labels), len(label_set))


def _opinions(instances: Sequence[Instance], posteriors: Sequence[FloatArray], table: FloatArray) -> Opinions:
    """Word type -> (occurrences, mean posterior over label types)."""
    rows: defaultdict[str, list[FloatArray]] = defaultdict(list)
    for instance, posterior in zip(instances, posteriors, strict=True):
        for token, row in zip(instance.tokens, posterior @ table, strict=True):
            rows[norm(token)].append(row)
    return {name: (len(found), np.mean(found, axis=0)) for name, found in rows.items()}


def _settled(
    instance: Instance,
    prediction: Prediction,
    posterior: FloatArray,
    opinions: Opinions,
    table: FloatArray,
    label_set: Labels,
) -> Prediction:
    found = [opinions[norm(token)] for token in instance.tokens]
    repeated = np.array([count > 1 for count, _ in found], dtype=bool)
    if not repeated.any():
        return prediction
    own = np.maximum(posterior, FLOOR)
    types = own @ table
    pooled = np.maximum(np.array([mean for _, mean in found]), FLOOR)
    mixed = normalised(types ** (1 - EXPONENT) * pooled**EXPONENT)
    rows = own / (types @ table.T) * (mixed @ table.T)
    return chosen(prediction.position, np.where(repeated[:, None], normalised(rows), posterior), label_set)
