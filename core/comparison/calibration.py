"""Whether a side is as often right as it says it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.comparison.counting import judged
from core.comparison.sides import Comparison
from core.comparison.where import BINS, EDGE

if TYPE_CHECKING:
    import pandas as pd

Figures = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a side says of its own labels, and what is true of them.

    Attributes:
        n: tokens with a confidence whose right label is known.
        confidence, accuracy: their means.
        error: expected calibration error: the mean over bins of |confidence - accuracy|, weighted by their
            tokens (Guo et al. 2017, arXiv 1706.04599), in bins of equal width.
        brier: mean squared distance of the confidence from 1 where the label is right and from 0 where it is
            wrong. Of the label given alone: what was thought of the other labels is not stored.
    """

    n: int
    confidence: float
    accuracy: float
    error: float
    brier: float


def reliability(compared: Comparison, side: int, bins: int = BINS) -> pd.DataFrame:
    """bin (from 0), confidence (mean), accuracy, count: bins that hold something, in order."""
    import pandas as pd

    sure, right = _said(compared, side)
    places = np.clip(sure * bins + EDGE, 0, bins - 1).astype(np.int64)
    count = np.bincount(places, minlength=bins)
    held = np.flatnonzero(count)
    sums = (np.bincount(places, values, bins)[held] / count[held] for values in (sure, right))
    confidence, accuracy = sums
    return pd.DataFrame({"bin": held, "confidence": confidence, "accuracy": accuracy, "count": count[held]})


def expected_calibration_error(compared: Comparison, side: int, bins: int = BINS) -> float | None:
    """See `Calibration.error`; None where the side says nothing of its confidence, or nothing is known."""
    table = reliability(compared, side, bins)
    if not len(table):
        return None
    apart = (table["confidence"] - table["accuracy"]).abs()
    return float((apart * table["count"]).sum() / table["count"].sum())


def calibration(compared: Comparison, side: int, bins: int = BINS) -> Calibration | None:
    """All of it in one; None where the side says nothing of its confidence, or nothing is known."""
    error = expected_calibration_error(compared, side, bins)
    if error is None:
        return None
    sure, right = _said(compared, side)
    brier = float(np.mean((sure - right) ** 2))
    return Calibration(len(sure), float(sure.mean()), float(right.mean()), error, brier)


def _said(compared: Comparison, side: int) -> tuple[Figures, Figures]:
    """How sure the side was and whether (1, 0) it was right, of tokens where both are known: (K,) each."""
    known, sure = judged(compared), compared.sure[side]
    if known is None or sure is None:
        return np.zeros(0), np.zeros(0)
    values, right = sure[known.tokens], known.given(compared, side) == known.right
    told = ~np.isnan(values)
    return values[told].astype(np.float64), right[told].astype(np.float64)
