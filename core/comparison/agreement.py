"""How far sides agree, by more than chance: all that can be said where nobody knows what is right."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.comparison.counting import counted
from core.comparison.sides import Comparison

if TYPE_CHECKING:
    import pandas as pd

Table = npt.NDArray[np.float64]


def agreement(compared: Comparison) -> pd.DataFrame:
    """a, b (places of the sides), agreement (share of tokens), kappa, n: every pair.

    kappa (Cohen 1960) is NaN where both only ever give one and the same label: chance could not do less.
    """
    import pandas as pd

    rows = []
    for a, b in combinations(range(len(compared.sides)), 2):
        table = _table(compared, a, b)
        n = table.sum()
        same = float(np.trace(table) / n)
        chance = float(table.sum(axis=0) @ table.sum(axis=1) / n**2)
        rows.append((a, b, same, (same - chance) / (1 - chance) if chance < 1 else float("nan"), int(n)))
    return pd.DataFrame(rows, columns=["a", "b", "agreement", "kappa", "n"])


def alpha(compared: Comparison) -> float | None:
    """Krippendorff's alpha for nominal data, over all sides; None with one side, or one label in all.

    Source: Krippendorff, Computing Krippendorff's Alpha-Reliability (2011). Every token has a label of every
    side, so all pairs of sides count the same.
    """
    n_sides, n = len(compared.sides), compared.n_tokens
    if n_sides < 2:
        return None
    apart = [int((compared.given[a] != compared.given[b]).sum()) for a, b in combinations(range(n_sides), 2)]
    observed = sum(apart) / (len(apart) * n)
    width = len(compared.labels)
    totals = np.sum([np.bincount(codes, minlength=width) for codes in compared.given], axis=0, dtype=float)
    given = totals.sum()
    expected = 1 - float((totals * (totals - 1)).sum() / (given * (given - 1)))
    return 1 - observed / expected if expected > 0 else None


def _table(compared: Comparison, a: int, b: int) -> Table:
    """(L, L): how often `a` said one and `b` another."""
    width = len(compared.labels)
    (first, second), counts = counted([compared.given[a], compared.given[b]], (width, width))
    table = np.zeros((width, width))
    table[first, second] = counts
    return table
