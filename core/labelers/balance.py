"""Label weights under which a classifier's answers on a target have given frequencies.

A shift between languages (longer words, less overlap) makes a classifier favour some labels on text
it was not trained on. Where the labels' frequencies are known, or may be assumed, reweighting undoes
that without labels of the target (after Saerens, Latinne and Decaestecker, 2002).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from core.labelers.posteriors import FloatArray, normalised
from core.types import Labels

ENOUGH = 30
"""Items of the target below which no weights are learned."""
ROUNDS = 100


def balancing(posterior: FloatArray, wanted: FloatArray | None = None) -> FloatArray:
    """Weights (labels,) under which the mean of the reweighted rows is `wanted`.

    Args:
        posterior: (items, labels).
        wanted: (labels,) frequencies, of which only those of labels with any probability count (all
            weights are 1 where there are none); None = even over these labels.
    """
    seen = posterior.sum(axis=0) > 0
    aim = seen.astype(np.float64) if wanted is None else np.where(seen, wanted, 0.0)
    if not aim.any():
        return np.ones(len(aim))
    aim /= aim.sum()
    weights = (aim > 0).astype(np.float64)
    for _ in range(ROUNDS):
        mean = normalised(posterior * weights).mean(axis=0)
        weights *= np.sqrt(np.where(mean > 0, aim / np.where(mean > 0, mean, 1.0), 0.0))
        weights /= weights.sum()
    return np.asarray(weights, dtype=np.float64)


def frequencies(names: Sequence[str], label_set: Labels) -> FloatArray:
    """(labels,) how often each label of the set is given, as shares."""
    counts = Counter(names)
    found = np.array([counts[name] for name in label_set], dtype=np.float64)
    return found / max(float(found.sum()), 1.0)
