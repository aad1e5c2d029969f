"""Prediction-powered inference for a ratio of sums over a finite set of items, a few of them known.

Angelopoulos, Bates, Fannjiang, Jordan and Zrnic 2023 (Science 382) add to an estimate from few labelled items
what a predictor says of all items, less what it says of the labelled ones; Angelopoulos, Duchi and Zrnic 2023
(arXiv 2311.01453, PPI++) weigh the predictor by a lambda that makes the variance smallest, 0 where it knows
nothing. Here the parameter is a ratio (right labels over labels; twice the right spans over spans given and
spans there), items are drawn without replacement and whole (a sentence is a cluster of words), and the target
is these N items and no wider population: hence the factor 1 - n/N.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
LEVEL = 0.95
FEWEST = 5
"""Known items below which no interval is given."""
STRONGEST = 1.5
"""A predictor is not weighed more than this."""
LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimated share in [0, 1] with its 95 % interval; `power` is the predictor's weight, 0 = unused."""

    value: float
    low: float
    high: float
    power: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """n items drawn at random from `of`, each with numerator and denominator of the ratio.

    Attributes:
        top, bottom: (n,) true ones. top_said, bottom_said: (n,) as the predictor has them.
        ratio_said: the predictor's ratio over all items. of: N, all items.
    """

    top: Floats
    bottom: Floats
    top_said: Floats
    bottom_said: Floats
    ratio_said: float
    of: int


def alone(known: Known) -> Estimate:
    """From the known items only."""
    ratio, errors = _errors(known)
    return _interval(ratio, errors, known)


def combined(known: Known) -> Estimate:
    """With what the predictor says of all items; never wider than `alone` says on the same items."""
    ratio, errors = _errors(known)
    plain = _interval(ratio, errors, known)
    said = _said(known)
    if _spread(said) <= LEAST or ratio in (0.0, 1.0):
        return plain
    power = float(np.clip(_slope(errors, said), 0.0, STRONGEST))
    honest = errors - _left_out(errors, said) * (said - said.mean())
    value = ratio - power * float(said.mean())
    found = _interval(value, honest, known, power, fitted=2)
    return found if found.high - found.low <= plain.high - plain.low else plain


def change(before: Known, after: Known) -> Estimate:
    """The second ratio less the first, on the same items in the same order; bounds in [-1, 1]."""
    (old, old_errors), (new, new_errors) = _errors(before), _errors(after)
    errors, said = new_errors - old_errors, _said(after) - _said(before)
    power, honest = 0.0, errors - errors.mean()
    if _spread(said) > LEAST:
        fitted = errors - _left_out(errors, said) * (said - said.mean())
        if float(fitted.var()) <= float(honest.var()):
            power, honest = float(np.clip(_slope(errors, said), 0.0, STRONGEST)), fitted
    n = len(errors)
    variance = float(((honest - honest.mean()) ** 2).sum()) / max(n - 1, 1) / n
    half = _quantile(n - 1) * float(np.sqrt(variance * max(0.0, 1.0 - n / before.of)))
    value = new - old - power * float(said.mean())
    return Estimate(value, max(value - half, -1.0), min(value + half, 1.0), power)


def _said(known: Known) -> Floats:
    """(n,) as `_errors`, by the predictor: over all items they sum to 0."""
    return (known.top_said - known.ratio_said * known.bottom_said) / max(float(known.bottom.mean()), LEAST)


def _spread(said: Floats) -> float:
    return float(((said - said.mean()) ** 2).sum())


def _errors(known: Known) -> tuple[float, Floats]:
    """The ratio, and each item's part in its error (linearised; they sum to 0)."""
    total = float(known.bottom.sum())
    ratio = float(known.top.sum()) / total if total else 0.0
    scale = total / len(known.bottom) if total else 1.0
    return ratio, (known.top - ratio * known.bottom) / scale


def _slope(errors: Floats, said: Floats) -> float:
    centred = said - said.mean()
    return float(errors @ centred) / float(centred @ centred)


def _left_out(errors: Floats, said: Floats) -> Floats:
    """(n,) the weight that all other items would give the predictor: honest about having been fitted."""
    centred = said - said.mean()
    own = centred * centred
    slopes = (float(errors @ centred) - errors * centred) / np.maximum(float(own.sum()) - own, LEAST)
    return np.asarray(np.clip(slopes, 0.0, STRONGEST))


def _interval(value: float, errors: Floats, known: Known, power: float = 0.0, *, fitted: int = 1) -> Estimate:
    """Student's t on the scale of log odds: the errors of a share near 0 or 1 are lopsided.

    Args:
        fitted: numbers that were fitted to the known items: the ratio, and the predictor's weight.
    """
    n = len(errors)
    rest = max(0.0, 1.0 - n / known.of)
    variance = float(((errors - errors.mean()) ** 2).sum()) / max(n - fitted, 1) / n * rest
    value = min(max(value, 0.0), 1.0)
    if not rest:
        return Estimate(value, value, value, power)
    labels = float(known.bottom.sum())
    middle = (value * labels + 0.5) / (labels + 1.0)
    if value in (0.0, 1.0):  # no error in the sample is not no error in all
        variance = max(variance, middle * (1.0 - middle) / (labels + 1.0) * rest)
    half = _quantile(n - fitted) * float(np.sqrt(variance)) / (middle * (1.0 - middle))
    centre = float(np.log(middle / (1.0 - middle)))
    low, high = (1.0 / (1.0 + float(np.exp(-(centre + side)))) for side in (-half, half))
    return Estimate(value, min(low, value), max(high, value), power)


@lru_cache(maxsize=1000)
def _quantile(df: int) -> float:
    """Of Student's t, so that `LEVEL` lies between its negative and it."""
    from scipy.special import stdtrit

    return float(stdtrit(df, (1.0 + LEVEL) / 2.0))
