"""How many Stage-I labels are probably wrong, without gold: overall, by label and by item.

For POS and NER a regression on `core.advice.evidence`, fitted on source languages alone, each left out
in turn, their labels replaced at random by 0 to 90 % (`noise.json` says on what; docs/decisions/0015).
Labels that are wrong in the same way every time are not seen. For NLI and topic there is only the
confidence, of which nothing was fitted: the interval is as wide as that.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from core.advice.evidence import Evidence, evidence
from core.advice.signals import FloatArray, Pairs, log_odds
from core.types import Instance, Prediction, TaskName

LEVEL = 0.9
T_QUANTILE = 2.13
"""Of Student's t at 95 %, 4 degrees of freedom: the spread was measured on five languages."""

FAR = 3.0
"""Standard deviations of what was fitted on, beyond which neighbours are left out."""


@dataclass(frozen=True, slots=True)
class Share:
    """An expected share in [0, 1] and its 90 % interval, low <= value <= high."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LabelNoise:
    """Of one label: how often it was given, and the expected share of these that is wrong."""

    label: str
    count: int
    noise: float


@dataclass(frozen=True, slots=True)
class Noise:
    """Expected shares of wrong labels. `chances` is (N,), of every label in turn; `items` (S,) means of
    them, 0 for an item without labels; `confident` is about the half of the items labelled most surely.
    """

    overall: Share
    confident: Share
    by_label: tuple[LabelNoise, ...]
    items: FloatArray
    chances: FloatArray


def estimate(
    task: TaskName, instances: Sequence[Instance], predictions: Sequence[Prediction], n_labels: int
) -> Noise:
    """Estimate the noise of predictions, parallel to their instances.

    Args:
        n_labels: size of the label set (of use for NLI and topic).

    Raises:
        ValueError: there is not one label.
    """
    lengths = np.array([len(row.labels) for row in predictions])
    if not lengths.sum():
        raise ValueError("there are no labels")
    if task in ("pos", "ner"):
        chances, half = _of_tokens(task, instances, predictions)
    else:
        chances, half = _of_items(predictions, n_labels)
    items = _means(chances, lengths)
    sure = _surer_half(predictions)
    error = _sampling_error(items, lengths)
    among = float((items * lengths)[sure].sum() / max(lengths[sure].sum(), 1))
    overall = float(chances.mean())
    labels = [label for row in predictions for label in row.labels]
    return Noise(
        _share(overall, half, error), _share(among, half, error), _by_label(labels, chances), items, chances
    )


def _of_tokens(
    task: TaskName, instances: Sequence[Instance], predictions: Sequence[Prediction]
) -> tuple[FloatArray, float]:
    """(N,) chances of being wrong, and the half width of the interval in log odds."""
    seen = evidence(instances, predictions, reference(task))
    if unlike(seen, _shipped()[task]["usual"]):
        seen = replace(seen, divergence=None)
    model = coefficients(task)[seen.variant]
    expected = expected_share(seen, model)
    scores = seen.single() @ np.array(model["single"])
    spread = model["spread"][0] + model["spread"][1] / len(seen.labels)
    return shifted(scores, expected), T_QUANTILE * float(np.sqrt(spread))


def expected_share(seen: Evidence, model: Mapping[str, Any]) -> float:
    """The overall share; terms outside of what was fitted count as at its edge."""
    terms = seen.whole()
    total = float(model["intercept"])
    for name, (low, high, weight) in model["terms"].items():
        total += weight * min(max(terms[name], low), high)
    return 1 / (1 + float(np.exp(-total)))


def unlike(seen: Evidence, usual: Mapping[str, float]) -> bool:
    """Whether neighbouring labels are stranger than wrong labels make them: then the text is, and they say
    nothing of noise.
    """
    if seen.divergence is None:
        return False
    terms = seen.whole() | {"1": 1.0}
    expected = sum(weight * terms[name] for name, weight in usual.items() if name != "sd")
    return abs(seen.divergence - expected) > FAR * usual["sd"]


def shifted(scores: FloatArray, mean: float) -> FloatArray:
    """Logistic of the scores, moved together until their mean is `mean` (by bisection)."""
    low, high = -60.0, 60.0
    for _ in range(60):
        middle = (low + high) / 2
        if float(_logistic(scores + middle).mean()) < mean:
            low = middle
        else:
            high = middle
    return _logistic(scores + (low + high) / 2)


def _logistic(scores: FloatArray) -> FloatArray:
    return np.asarray(1 / (1 + np.exp(-np.clip(scores, -50, 50))))


def _of_items(predictions: Sequence[Prediction], n_labels: int) -> tuple[FloatArray, float]:
    """Chances from confidences as they are, half way to chance; the interval holds both ends and more."""
    guess = 1 - 1 / max(n_labels, 2)
    doubts = [1 - (row.confidences or (1 - guess / 2,))[0] for row in predictions for _ in row.labels]
    chances = (np.array(doubts) + guess) / 2
    return chances, float(2 * abs(log_odds(guess) - log_odds(chances.mean())) + 0.5)


def _share(value: float, half: float, error: float) -> Share:
    """The interval in log odds: what the fit leaves open, and that these items are a sample."""
    middle = float(log_odds(value))
    scale = max(value * (1 - value), 1e-3)
    width = float(np.hypot(half, T_QUANTILE * error / scale))
    low, high = (1 / (1 + float(np.exp(-(middle + side)))) for side in (-width, width))
    return Share(value, min(low, value), max(high, value))


def _sampling_error(items: FloatArray, lengths: FloatArray) -> float:
    """Standard error of the mean over labels where whole items are drawn (linearised bootstrap)."""
    total = float(lengths.sum())
    mean = float((items * lengths).sum()) / total
    return float(np.sqrt((((items - mean) * lengths) ** 2).sum())) / total


def _means(chances: FloatArray, lengths: FloatArray) -> FloatArray:
    """(S,): mean over the labels of each item."""
    rows = np.repeat(np.arange(len(lengths)), lengths.astype(np.int64))
    sums = np.bincount(rows, weights=chances, minlength=len(lengths))
    return np.asarray(sums / np.maximum(lengths, 1))


def _surer_half(predictions: Sequence[Prediction]) -> FloatArray:
    """(S,) whether an item's mean confidence is among the higher half; all of them without confidences."""
    means = np.array([np.mean(row.confidences) if row.confidences else np.nan for row in predictions])
    if np.isnan(means).all():
        return np.ones(len(predictions), dtype=bool)
    return np.asarray(np.nan_to_num(means, nan=-1.0) >= np.nanmedian(means))


def _by_label(labels: Sequence[str], chances: FloatArray) -> tuple[LabelNoise, ...]:
    counts = Counter(labels)
    sums: dict[str, float] = dict.fromkeys(counts, 0.0)
    for label, chance in zip(labels, chances.tolist(), strict=True):
        sums[label] += chance
    return tuple(LabelNoise(label, n, sums[label] / n) for label, n in counts.most_common())


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files("core.advice").joinpath("noise.json").read_text("utf8"))
    return found


def coefficients(task: TaskName) -> Mapping[str, Mapping[str, Any]]:
    """By variant of evidence: intercept, terms (lowest, highest, weight), single, spread."""
    found: Mapping[str, Mapping[str, Any]] = _shipped()[task]["models"]
    return found


@lru_cache(maxsize=2)
def reference(task: TaskName) -> Pairs:
    """Shares of neighbouring labels in the gold of the source languages, mean over the languages."""
    pairs = ((pair.split(" "), share) for pair, share in _shipped()[task]["neighbours"].items())
    return {(first, second): float(share) for (first, second), share in pairs}


def provenance() -> Mapping[str, Any]:
    """What the coefficients were fitted on, and how well they did on the languages left out."""
    found: Mapping[str, Any] = _shipped()["provenance"]
    return found
