"""Consensus of the whole pool: the first, named step of Stage II. Needs only Stage I's output and text.

First by word type: the posteriors of the occurrences of one folded spelling are averaged, and a token's
own posterior p is drawn towards the mean m: q ~ p^(1-e) m^e. Then by context and word parts: a
regression learned from all q (`core.labelers.regression`) gives r, and q^(1-f) r^f comes out, scaled so
that each label keeps the share of the pool it had before: pooling alone favours frequent labels.
Entities are pooled by type (PER, not B-PER), and a token keeps its own balance of B- and I-.
What a human corrected counts as many tokens in both. The constants were chosen on source
languages alone, each left out in turn (docs/decisions/0011-learned-kernel.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from core.labelers.crf_features import norm
from core.labelers.posteriors import (
    FloatArray,
    chosen,
    normalised,
    posterior_from,
    spread,
    type_table,
)
from core.labelers.regression import regressed
from core.types import Instance, Labels, Prediction, TaskName

EXPONENT = {"pos": 0.8, "ner": 0.5}
REGRESSION = {"pos": 0.8, "ner": 0.5}
PENALTY = {"pos": 10.0, "ner": 3.0}
HUMAN_WEIGHT = 40.0
HUMAN_BELIEF = 0.97
FEWEST = 20
"""Tokens of a pool below which nothing is learned from it beyond its word types."""
FLOOR = 1e-6
FLOOR_SHARE = 1e-4
SCALINGS, DAMPING = 30, 0.7


def consensus(
    instances: Sequence[Instance],
    predictions: Sequence[Prediction],
    label_set: Labels,
    task: TaskName,
    corrected: Mapping[int, Labels] = MappingProxyType({}),
) -> list[Prediction]:
    """Stage-I predictions after pooling, in order.

    Args:
        instances, predictions: parallel; a prediction without posterior gets one from its
            confidences. Tasks without tokens (NLI, topic) come back unchanged.
        corrected: position -> human labels; evidence for the other sentences.
    """
    if task not in ("pos", "ner") or not label_set:
        return list(predictions)
    table = type_table(label_set)
    sentences = [instance.tokens for instance in instances]
    posteriors = [as_array(prediction, label_set) for prediction in predictions]
    ends = np.cumsum([len(tokens) for tokens in sentences])
    own = np.vstack([*posteriors, np.zeros((0, len(label_set)))])
    if not len(own):
        return list(predictions)
    said, weights = _with_human(instances, own @ table, label_set, table, corrected)
    types = _pooled(sentences, own @ table, said, weights, EXPONENT[task])
    if len(types) >= FEWEST:
        soft = np.where(weights[:, None] > 1, said, types)
        learned = regressed(sentences, soft, weights, PENALTY[task])
        types = _drawn(types, learned, REGRESSION[task])
        types = _with_shares(types, said.mean(axis=0))
    rows = np.split(_refined(own, types, table), ends[:-1])
    return [
        chosen(prediction.position, row, label_set) if len(row) else prediction
        for prediction, row in zip(predictions, rows, strict=True)
    ]


def as_array(prediction: Prediction, label_set: Labels) -> FloatArray:
    """The posterior as (labels given, label set)."""
    rows = posterior_from(prediction, label_set)
    return np.array(rows, dtype=np.float64).reshape(len(prediction.labels), len(label_set))


def _with_human(
    instances: Sequence[Instance],
    types: FloatArray,
    label_set: Labels,
    table: FloatArray,
    corrected: Mapping[int, Labels],
) -> tuple[FloatArray, FloatArray]:
    """What is believed of every token, human labels instead of Stage I's, and how much it counts."""
    said, weights = types.copy(), np.ones(len(types))
    start = 0
    for instance in instances:
        end = start + len(instance.tokens)
        human = corrected.get(instance.position, ())
        if human and len(human) == end - start:
            rows = np.array([spread(label, HUMAN_BELIEF, label_set) for label in human])
            said[start:end], weights[start:end] = rows @ table, HUMAN_WEIGHT
        start = end
    return said, weights


def _pooled(
    sentences: Sequence[Sequence[str]],
    types: FloatArray,
    said: FloatArray,
    weights: FloatArray,
    exponent: float,
) -> FloatArray:
    """Each token drawn towards the weighted mean of its word type; a form seen once stays."""
    kinds: dict[str, int] = {}
    code = np.array([kinds.setdefault(norm(token), len(kinds)) for tokens in sentences for token in tokens])
    sums = np.zeros((len(kinds), types.shape[1]))
    np.add.at(sums, code, said * weights[:, None])
    means = normalised(sums)
    seen = np.bincount(code)
    return np.where((seen[code] > 1)[:, None], _drawn(types, means[code], exponent), types)


def _drawn(own: FloatArray, towards: FloatArray, exponent: float) -> FloatArray:
    return normalised(np.maximum(own, FLOOR) ** (1 - exponent) * np.maximum(towards, FLOOR) ** exponent)


def _with_shares(types: FloatArray, shares: FloatArray) -> FloatArray:
    """Columns scaled, rows summing to 1, so that the mean row comes close to `shares` (iterated scaling)."""
    factors = np.ones(types.shape[1])
    for _ in range(SCALINGS):
        mean = normalised(types * factors).mean(axis=0)
        factors *= ((shares + FLOOR_SHARE) / (mean + FLOOR_SHARE)) ** DAMPING
    return normalised(types * factors)


def _refined(own: FloatArray, types: FloatArray, table: FloatArray) -> FloatArray:
    """Probabilities of types as those of labels, by each token's own balance within a type."""
    balance = np.maximum(own, FLOOR)
    return normalised(balance / (balance @ table @ table.T) * (types @ table.T))
