"""How sure a labeler may be: a temperature fitted on languages it was not trained on.

Away from its source languages a tagger is right less often than it says. Temperature scaling (Guo et al.,
2017, section 4.2) divides the log-probabilities by one number; here that number comes from source
languages, each left out of the training in turn, as no label of the target is known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.labelers.posteriors import FloatArray, normalised

COLDEST, WARMEST = 0.5, 8.0
STEPS = 40
FLOOR = 1e-6
BINS = 10


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How a labeler did on a source language it was not trained on, before calibration.

    `accuracy` is the share of its labels that were right, `mean_confidence` the probability it gave
    them on average; both over `n_tokens` labels.
    """

    language: str
    n_tokens: int
    accuracy: float
    mean_confidence: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """The temperature of a labeler's posteriors, and what it was fitted on; 1 and nothing if it was not."""

    temperature: float = 1.0
    held_out: tuple[HeldOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """Posteriors (tokens, labels) on a held-out language, the labels given and the true ones as columns."""

    language: str
    posterior: FloatArray
    given: FloatArray
    gold: FloatArray


def calibration_of(trials: Sequence[Trial]) -> Calibration:
    """The temperature that makes the gold labels of the trials most probable; each trial counts alike."""
    usable = [trial for trial in trials if len(trial.gold)]
    if not usable:
        return Calibration()
    return Calibration(temperature(usable), tuple(_held_out(trial) for trial in usable))


def temperature(trials: Sequence[Trial]) -> float:
    """The minimum of the mean negative log-likelihood, by golden-section search over log temperature."""
    golden = (math.sqrt(5) - 1) / 2
    low, high = math.log(COLDEST), math.log(WARMEST)
    for _ in range(STEPS):
        left, right = high - golden * (high - low), low + golden * (high - low)
        if _loss(trials, math.exp(left)) <= _loss(trials, math.exp(right)):
            high = right
        else:
            low = left
    return math.exp((low + high) / 2)


def tempered(posterior: FloatArray, degrees: float) -> FloatArray:
    """Rows raised to 1 / `degrees` and scaled to sum 1; zeros stay zeros."""
    return posterior if degrees == 1.0 else normalised(posterior ** (1.0 / degrees))


def calibration_error(confidence: FloatArray, right: FloatArray) -> float:
    """Expected calibration error in ten equal bins (Naeini et al., 2015); both (n,), `right` 0/1."""
    if not len(confidence):
        return 0.0
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [
        abs(float((confidence[bins == at] - right[bins == at]).sum()))
        for at in range(BINS)
        if (bins == at).any()
    ]
    return sum(gaps) / len(confidence)


def _loss(trials: Sequence[Trial], degrees: float) -> float:
    losses = []
    for trial in trials:
        rows = tempered(np.maximum(trial.posterior, FLOOR), degrees)
        losses.append(float(-np.log(rows[np.arange(len(rows)), trial.gold]).mean()))
    return float(np.mean(losses))


def _held_out(trial: Trial) -> HeldOut:
    rows = np.arange(len(trial.gold))
    return HeldOut(
        trial.language,
        len(rows),
        float((trial.given == trial.gold).mean()),
        float(trial.posterior[rows, trial.given].mean()),
    )
