"""Confidences of a language model made honest on the sentences that people corrected.

Where whole distributions are known, one temperature (Guo et al., 2017); else a logistic curve over the
log-odds of the confidence (Platt, 1999, with his targets for small samples). Fewer than `ENOUGH` corrected
words leave confidences as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from core.labelers.calibration import Trial, calibration_error, temperature, tempered
from core.labelers.posteriors import FloatArray, as_rows
from core.types import Labels, Prediction

ENOUGH = 20
EDGE = 1e-3
STEPS = 50
RIDGE = 1e-2
"""Pull of the slope towards 1, so that twenty words that are all right do not make everything certain."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What confidences were calibrated with, and how far off they were on the same words, before and after.

    `method` is temperature (`slope` = 1 / temperature) or platt (log-odds become slope * log-odds + shift).
    """

    method: str
    n: int
    slope: float
    shift: float
    ece_before: float
    ece_after: float


def calibrated(
    found: Sequence[Prediction], corrections: Mapping[int, Labels], labels: Labels
) -> tuple[list[Prediction], dict[str, Any] | None]:
    """The predictions with calibrated confidences, and what is told of it; None where nothing was fitted."""
    judged = [row for row in found if row.confidences and _comparable(row, corrections)]
    right = [
        float(mine == theirs) for row in judged
        for mine, theirs in zip(row.labels, corrections[row.position], strict=True)
    ]  # fmt: skip
    if len(right) < ENOUGH:
        return list(found), None
    sure = np.array([value for row in judged for value in row.confidences or ()], dtype=float)
    outcome = np.array(right)
    if all(row.posterior is not None for row in found if row.confidences):
        slope, shift, method = 1.0 / _degrees(judged, corrections, labels), 0.0, "temperature"
        rows = [_tempered(row, slope, labels) for row in found]
    else:
        (slope, shift), method = _platt(sure, outcome), "platt"
        rows = [_curved(row, slope, shift) for row in found]
    places = {row.position for row in judged}
    after = np.array([value for row in rows if row.position in places for value in row.confidences or ()])
    before = calibration_error(sure, outcome)
    fitted = Fitted(method, len(right), slope, shift, before, calibration_error(after, outcome))
    return rows, asdict(fitted)


def _comparable(row: Prediction, corrections: Mapping[int, Labels]) -> bool:
    return len(corrections.get(row.position, ())) == len(row.labels) and bool(row.labels)


def _degrees(judged: Sequence[Prediction], corrections: Mapping[int, Labels], labels: Labels) -> float:
    column = {label: index for index, label in enumerate(labels)}
    rows, gold = [], []
    for row in judged:
        for place, label in enumerate(corrections[row.position]):
            if label in column and row.posterior:
                rows.append(row.posterior[place])
                gold.append(column[label])
    if not gold:
        return 1.0
    targets = np.array(gold)
    return temperature([Trial("", np.array(rows, dtype=float), targets, targets)])


def _tempered(row: Prediction, slope: float, labels: Labels) -> Prediction:
    if row.posterior is None or not row.confidences:
        return row
    column = {label: index for index, label in enumerate(labels)}
    posterior = tempered(np.array(row.posterior, dtype=float), 1.0 / slope)
    sure = [
        float(posterior[place, column[label]]) if label in column else old
        for place, (label, old) in enumerate(zip(row.labels, row.confidences, strict=True))
    ]
    return replace(row, confidences=tuple(sure), posterior=as_rows(posterior))


def _curved(row: Prediction, slope: float, shift: float) -> Prediction:
    if not row.confidences:
        return row
    odds = _log_odds(np.array(row.confidences, dtype=float))
    return replace(row, confidences=tuple(map(float, _probability(slope * odds + shift))), posterior=None)


def _platt(sure: FloatArray, right: FloatArray) -> tuple[float, float]:
    """Slope and shift by Newton's method."""
    odds = _log_odds(sure)
    good = right.sum()
    target = np.where(right > 0, (good + 1) / (good + 2), 1 / (len(right) - good + 2))
    design = np.stack([odds, np.ones_like(odds)], axis=1)
    weights = np.array([1.0, 0.0])
    pull = np.array([RIDGE * len(right), 0.0])
    for _ in range(STEPS):
        expected = _probability(design @ weights)
        slope = design.T @ (expected - target) + pull * (weights - np.array([1.0, 0.0]))
        spread = np.maximum(expected * (1 - expected), 1e-6)
        step = np.linalg.solve((design * spread[:, None]).T @ design + np.diag(pull + 1e-9), slope)
        weights = weights - np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-8:
            break
    return float(max(weights[0], 0.0)), float(weights[1])


def _log_odds(probability: FloatArray) -> FloatArray:
    clipped = np.clip(probability, EDGE, 1 - EDGE)
    return np.asarray(np.log(clipped / (1 - clipped)))


def _probability(odds: FloatArray) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))
