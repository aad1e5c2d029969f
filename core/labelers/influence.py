"""Which exemplar tokens spoke for a label: the few strongest, as facts to store and draw."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.types import Influence

MOST = 3
LEAST = 0.02


def strongest(
    position: int,
    shares: npt.NDArray[np.floating],
    ranks: npt.NDArray[np.int64],
    places: npt.NDArray[np.int64],
) -> Influence | None:
    """The at most `MOST` exemplar tokens per query token with a share of `LEAST` or more; None without any.

    Args:
        shares: (tokens of the query, tokens of the exemplars) parts of the evidence.
        ranks, places: per exemplar token, its exemplar and its index there.
    """
    kept = [pair for token, row in enumerate(shares) for pair in _of_token(token, row)]
    if not kept:
        return None
    return Influence(
        position,
        tuple(token for token, _ in kept),
        tuple(int(ranks[at]) for _, at in kept),
        tuple(int(places[at]) for _, at in kept),
        tuple(min(float(shares[token, at]), 1.0) for token, at in kept),
    )


def _of_token(token: int, row: npt.NDArray[np.floating]) -> list[tuple[int, int]]:
    large = np.flatnonzero(row >= LEAST)
    return [(token, int(at)) for at in large[np.argsort(-row[large], kind="stable")][:MOST]]
