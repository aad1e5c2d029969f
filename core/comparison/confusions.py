"""Which labels are taken for which: a side against what is right, or against another side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.comparison.counting import counted
from core.comparison.sides import UNKNOWN, Codes, Comparison

if TYPE_CHECKING:
    import pandas as pd


def confusion(compared: Comparison, side: int) -> pd.DataFrame:
    """gold, predicted, count, most frequent first, of tokens whose right label is known."""
    right = compared.reference
    if right is None:
        return _frame(compared, compared.given[side][:0], compared.given[side][:0])
    known = right != UNKNOWN
    if known.all():
        return _frame(compared, right, compared.given[side])
    return _frame(compared, right[known], compared.given[side][known])


def between(compared: Comparison, a: int, b: int) -> pd.DataFrame:
    """The same of two sides: what `a` says is called gold there, what `b` says predicted."""
    return _frame(compared, compared.given[a], compared.given[b])


def _frame(compared: Comparison, rows: Codes, columns: Codes) -> pd.DataFrame:
    import pandas as pd

    width = len(compared.labels)
    (first, second), counts = counted([rows, columns], (width, width))
    names = np.array(compared.labels, dtype=object)
    frame = pd.DataFrame({"gold": names[first], "predicted": names[second], "count": counts})
    return frame.sort_values("count", ascending=False, kind="stable", ignore_index=True)
