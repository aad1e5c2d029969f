"""How much the label of one token says about another: the weight w[i, j] of the in-context tagger.

    w = exp(cos (c - 1) + form [same] + context (c' - 1) + opinion (a - 1) + shape ([same shape] - 1))

c is the cosine of the tokens' character 2-4-grams, c' that of their neighbours, a the agreement
of the neighbours' labels. A sentence's first and last tokens agree about the edge beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.labelers.crf_features import norm, shape
from core.labelers.posteriors import FloatArray


@dataclass(frozen=True, slots=True)
class Kernel:
    """The constants, tuned on source languages alone, each left out in turn.

    Attributes:
        cosine, form, context, opinion, shape: see the module.
        confidence: power to which an exemplar token's confidence enters its weight.
        prior: weight of the query's own posterior against the sum of all w.
    """

    cosine: float
    form: float
    context: float
    opinion: float
    shape: float
    confidence: float
    prior: float


POS = Kernel(cosine=5.0, form=1.0, context=1.5, opinion=2.5, shape=1.4, confidence=6.0, prior=0.07)
NER = Kernel(cosine=13.0, form=1.4, context=3.3, opinion=4.5, shape=0.7, confidence=2.0, prior=0.06)


def weights(
    query: Sequence[str],
    exemplar: Sequence[str],
    opinions: FloatArray,
    kernel: Kernel,
) -> FloatArray:
    """(tokens of the query, tokens of one exemplar), all above 0.

    Args:
        opinions: same shape; how far query and exemplar token agree on a label, in [0, 1].
    """
    cosine = cosines(query, exemplar)
    forms = _equal([norm(token) for token in query], [norm(token) for token in exemplar])
    shapes = _equal([shape(token) for token in query], [shape(token) for token in exemplar])
    exponent = kernel.cosine * (cosine - 1) + kernel.form * forms + kernel.shape * (shapes - 1)
    exponent += kernel.context * (beside(cosine) - 1) + kernel.opinion * (beside(opinions) - 1)
    return np.asarray(np.exp(exponent))


def cosines(first: Sequence[str], second: Sequence[str]) -> FloatArray:
    """Cosines of the sets of character 2-4-grams of two lists of words."""
    grams = [_grams(norm(word)) for word in (*first, *second)]
    column = {gram: at for at, gram in enumerate(dict.fromkeys(gram for found in grams for gram in found))}
    rows = np.zeros((len(grams), len(column)))
    for place, found in enumerate(grams):
        rows[place, [column[gram] for gram in found]] = 1 / np.sqrt(len(found))
    return np.asarray(rows[: len(first)] @ rows[len(first) :].T)


@lru_cache(maxsize=100_000)
def _grams(word: str) -> tuple[str, ...]:
    padded = f"<{word}>"
    sizes = (2, 3, 4)
    found = (padded[at : at + size] for size in sizes for at in range(len(padded) - size + 1))
    return tuple(dict.fromkeys(found))


def beside(table: FloatArray) -> FloatArray:
    """Mean over the left and the right neighbours of a pair of tokens; two edges agree fully."""
    left, right = np.zeros_like(table), np.zeros_like(table)
    left[1:, 1:], right[:-1, :-1] = table[:-1, :-1], table[1:, 1:]
    if table.size:
        left[0, 0] = right[-1, -1] = 1.0
    return (left + right) / 2


def _equal(first: Sequence[str], second: Sequence[str]) -> FloatArray:
    return np.array([[float(a == b) for b in second] for a in first]).reshape(len(first), len(second))
