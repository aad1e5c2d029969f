"""A tagger of the target alone, learned from its own noisy labels: the second part of consensus.

Multinomial logistic regression on the word, its parts and its neighbours, fitted to the posteriors
of the whole pool as soft labels. Errors that do not follow the words' form or place average out, as
in self-training (Yarowsky 1995) with soft labels; what human-corrected sentences say reaches other
words by their endings and neighbours. Settings were chosen on source languages alone, each left out in turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from core.labelers.crf_features import norm, shape, skeleton
from core.labelers.posteriors import FloatArray

ITERATIONS = 40
MOST_TOKENS = 60_000
EDGE = "<>"


def regressed(
    sentences: Sequence[Sequence[str]], soft: FloatArray, weights: FloatArray, penalty: float
) -> FloatArray:
    """(T, L) probabilities of the tokens of all sentences, laid end to end.

    Args:
        soft: (T, L) what is believed of each token, rows summing to 1.
        weights: (T,) how many tokens each counts for.
        penalty: of squared coefficients.
    """
    design = _design([described for tokens in sentences for described in described_tokens(tokens)])
    step = max(1, -(-len(soft) // MOST_TOKENS))
    kept = np.arange(len(soft)) % step == 0
    kept |= weights > 1
    numbers = _fit(design[kept], soft[kept], weights[kept], penalty)
    return _softmax(design @ numbers)


def described_tokens(tokens: Sequence[str]) -> list[list[str]]:
    """Feature names of each token of a sentence."""
    names = [norm(token) for token in tokens]
    shapes = [shape(token) for token in tokens]
    return [
        [*_own(tokens[at], names[at], shapes[at]), *_around(names, shapes, at)] for at in range(len(tokens))
    ]


def _own(token: str, name: str, form: str) -> list[str]:
    found = ["bias", f"w={name}", f"h={form}", f"k={skeleton(token)}"]
    found += [f"s{size}={name[-size:]}" for size in (1, 2, 3, 4) if size <= len(name)]
    return found + [f"p{size}={name[:size]}" for size in (2, 3, 4) if size <= len(name)]


def _around(names: Sequence[str], shapes: Sequence[str], at: int) -> list[str]:
    def word(step: int) -> str:
        return names[at + step] if 0 <= at + step < len(names) else EDGE

    found = [f"l={word(-1)}", f"r={word(1)}", f"ll={word(-2)}", f"rr={word(2)}"]
    found += [f"ls={word(-1)[-2:]}", f"rs={word(1)[-2:]}"]
    found.append(f"lh={shapes[at - 1] if at else EDGE}")
    found.append(f"rh={shapes[at + 1] if at + 1 < len(shapes) else EDGE}")
    return found


def _design(described: Iterable[list[str]]) -> Any:
    """(T, features that occur twice or more) sparse 0/1 matrix."""
    from scipy import sparse

    rows = list(described)
    counts = Counter(name for names in rows for name in names)
    repeated = (name for name, count in counts.items() if count > 1)
    column = {name: at for at, name in enumerate(repeated)}
    found = [[column[name] for name in names if name in column] for names in rows]
    starts = np.cumsum([0, *map(len, found)])
    places = np.array([at for names in found for at in names], dtype=np.int64)
    ones = np.ones(len(places), dtype=np.float32)
    return sparse.csr_matrix((ones, places, starts), shape=(len(rows), len(column)))


def _fit(design: Any, soft: FloatArray, weights: FloatArray, penalty: float) -> FloatArray:
    """(features, L) coefficients by L-BFGS from zero: the same at every call."""
    from scipy.optimize import minimize

    shape_of = (design.shape[1], soft.shape[1])
    columns = design.T.tocsr()
    wanted, weight = soft.astype(np.float32), weights.astype(np.float32)[:, None]

    def loss(flat: FloatArray) -> tuple[float, FloatArray]:
        numbers = flat.reshape(shape_of).astype(np.float32)
        found = _softmax(design @ numbers)
        size = 0.5 * penalty * float((numbers**2).sum())
        likelihood = float((weight * wanted * np.log(np.maximum(found, 1e-12))).sum())
        slope = columns @ (weight * (found - wanted)) + penalty * numbers
        return size - likelihood, slope.ravel().astype(np.float64)

    done = minimize(
        loss,
        np.zeros(shape_of[0] * shape_of[1]),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": ITERATIONS, "maxcor": 6},
    )
    return np.asarray(done.x.reshape(shape_of).astype(np.float32))


def _softmax(logits: FloatArray) -> FloatArray:
    raised = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))
