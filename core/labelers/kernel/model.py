"""From comparisons to probabilities: a small network weighs pairs, weights add labels up as evidence.

For query token i, exemplar token j and head h, w[i, j, h] = exp(clamp(MLP(features))); evidence
ev[i, h, l] = sum over j of w[i, j, h] b[j, l] with the belief b of j's label; then
logit[i, l] = a log p[i, l] + sum over h of v[h] log(ev[i, h, l] + exp(t[h]) p[i, l] + EPSILON) - c log r[l],
where p is the query's own posterior and r how common the label is among the exemplars' tokens: evidence
for a rare label says more. a, v, t and c each run from one value to another with the share of exemplar tokens
that a human corrected. Labels are columns without a name, so that any label set fits. With several
exemplars this is attention over labelled tokens (Matching Networks, Vinyals et al. 2016, section 2.1)
with the query's own posterior as one more vote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.labelers.kernel.pairs import NAMES, Array32, Side, pair_features
from core.labelers.kernel.words import Described

LOWEST, HIGHEST = -12.0, 6.0
FLOOR = 1e-4
EPSILON = 1e-3
RARE = 0.01


@dataclass(frozen=True, slots=True)
class Kernel:
    """The learned numbers, for F features, U hidden units and H heads.

    Attributes:
        first (F, U), first_bias (U,), second (U, H), second_bias (H,): the network.
        own: a (2,). heads: v (2, H). trust: t (2, H). common: c (2,): without corrections, and what is
            added to that where all exemplars are corrected.
    """

    first: Array32
    first_bias: Array32
    second: Array32
    second_bias: Array32
    own: Array32
    heads: Array32
    trust: Array32
    common: Array32

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Kernel:
        """From lists of numbers.

        Raises:
            ValueError: the shapes do not belong together or to these features.
        """
        arrays = {name: np.array(table[name], dtype=np.float32) for name in PARTS}
        found = cls(**arrays)
        units, heads = found.second.shape
        shapes = ((len(NAMES), units), (units,), (units, heads), (heads,), (2,), (2, heads), (2, heads), (2,))
        if tuple(arrays[name].shape for name in PARTS) != shapes:
            raise ValueError(f"kernel weights do not fit {len(NAMES)} features")
        return found


PARTS = ("first", "first_bias", "second", "second_bias", "own", "heads", "trust", "common")


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading the exemplars.

    Attributes:
        posterior: (T, L), rows summing to 1.
        weights: (T, E, H) of the pairs.
        evidence: (T, H, L) what each label's votes are divided by to give shares.
        heads: (H,) what each head counted.
    """

    posterior: Array32
    weights: Array32
    evidence: Array32
    heads: Array32


def read(kernel: Kernel, query: Described, own: Array32, exemplars: Side) -> Reading:
    """The query's posterior in the light of its exemplars.

    Args:
        own: (T, L) the posterior before, rows summing to 1.
    """
    floored = np.maximum(own, FLOOR).astype(np.float32)
    weights = _weights(kernel, pair_features(query, own.astype(np.float32), exemplars))
    votes = np.einsum("ijh,jl->ihl", weights, exemplars.beliefs, optimize=True)
    corrected = float(exemplars.corrected.mean())
    own_weight, heads, trust, common = (
        part[0] + corrected * part[1] for part in (kernel.own, kernel.heads, kernel.trust, kernel.common)
    )
    evidence = votes + np.exp(trust)[:, None] * floored[:, None, :] + EPSILON
    logits = own_weight * np.log(floored) + np.einsum("h,ihl->il", heads, np.log(evidence))
    logits -= common * np.log(exemplars.beliefs.mean(axis=0) + RARE)
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return Reading(raised / raised.sum(axis=1, keepdims=True), weights, evidence, heads)


def shares(reading: Reading, exemplars: Side) -> Array32:
    """(T, E): the part each exemplar token has in the evidence for the label each query token got.

    The rest, to 1, is the query's own posterior. Heads count by the size of their exponent.
    """
    label = reading.posterior.argmax(axis=1)
    rows = np.arange(len(label))
    said = exemplars.beliefs[:, label].T
    size = np.abs(reading.heads) / max(float(np.abs(reading.heads).sum()), EPSILON)
    part = size[None, :] / reading.evidence[rows, :, label]
    return np.asarray(np.einsum("ijh,ih->ij", reading.weights, part, optimize=True) * said)


def _weights(kernel: Kernel, features: Array32) -> Array32:
    rows, columns, _ = features.shape
    hidden = features.reshape(rows * columns, -1) @ kernel.first + kernel.first_bias
    scores = np.maximum(hidden, 0.0) @ kernel.second + kernel.second_bias
    return np.asarray(np.exp(np.clip(scores, LOWEST, HIGHEST)).reshape(rows, columns, -1))
