"""Do our confidence statistics equal the released ones?"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from core.errors import FormatError
from core.formats.tables import read_table
from core.selectors.problem import FloatArray, IntArray
from core.selectors.statistics import counts_and_confidence, thresholds
from core.tasks import Task
from core.types import Labels, Prediction

TOLERANCE = 1e-9
"""For sums in another order; on the languages at hand the difference is 0."""
KEY = re.compile(r"(?P<label>.+)_(?P<percentile>\d+(?:\.\d+)?)_PERC_PROB")


def our_thresholds(
    task: Task, labels: Labels, rows: Sequence[Prediction], percentile: float = 0.8
) -> dict[str, float]:
    """tau per coverage label of Stage-I rows. Source: SSP (arXiv 2406.18880), section 3.2."""
    names = task.coverage_labels(labels)
    values = thresholds(*_statistics(task, names, rows), percentile)
    return {name: float(value) for name, value in zip(names, values, strict=True)}


def compare(
    task: Task,
    labels: Labels,
    rows: Sequence[Prediction],
    statistics: Path | None,
    percentiles: Path | None,
) -> dict[str, object]:
    """Equality of our statistics and thresholds with released files; None where there is no file.

    Raises:
        FormatError: a released file cannot be read.
    """
    return {
        "statistics_equal": None if statistics is None else statistics_equal(task, rows, statistics),
        "thresholds_equal": None
        if percentiles is None
        else thresholds_equal(task, labels, rows, read_thresholds(percentiles)),
    }


def statistics_equal(task: Task, rows: Sequence[Prediction], path: Path) -> bool:
    """Whether every count and mean confidence of `*_all_stats.csv` is ours."""
    table = [cells for _, cells in read_table(path, path.name, ",", ())]
    names = tuple(name.removesuffix("_cnt") for name in (table[0] if table else {}) if name.endswith("_cnt"))
    try:
        counts = np.array([[float(row[f"{name}_cnt"]) for name in names] for row in table])
        means = np.array([[float(row[f"{name}_probs"]) for name in names] for row in table])
    except (KeyError, ValueError) as error:
        message = f"not counts and means per label ({error})."
        raise FormatError(path.name, 0, message, "Expected columns L_cnt and L_probs of numbers.") from error
    ours = _statistics(task, names, rows)
    if counts.shape != ours[0].shape:
        return False
    return bool(np.array_equal(counts, ours[0]) and np.allclose(means, ours[1], rtol=0, atol=TOLERANCE))


def read_thresholds(path: Path) -> dict[str, tuple[float, float]]:
    """Per label (percentile as a fraction, threshold); keys are spelled `L_80_PERC_PROB` or `L_80.0_...`.

    Raises:
        FormatError: not such a JSON object.
    """
    hint = "Expected a JSON object of numbers with keys like ADJ_80_PERC_PROB."
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise FormatError(path.name, 0, f"not valid JSON ({error}).", hint) from error
    found = {}
    for key, number in value.items() if isinstance(value, dict) else ():
        match = KEY.fullmatch(str(key))
        if match is None or not isinstance(number, int | float):
            raise FormatError(path.name, 0, f"{key!r}: {number!r} is no threshold of a label.", hint)
        found[match["label"]] = (float(match["percentile"]) / 100, float(number))
    return found


def thresholds_equal(
    task: Task,
    labels: Labels,
    rows: Sequence[Prediction],
    released: Mapping[str, tuple[float, float]],
) -> bool:
    """Whether every released threshold is ours (labels that the release leaves out are not asked)."""
    for name, (percentile, value) in released.items():
        ours = our_thresholds(task, labels, rows, percentile).get(name, 0.0)
        if abs(ours - value) > TOLERANCE:
            return False
    return bool(released)


def _statistics(task: Task, names: Labels, rows: Sequence[Prediction]) -> tuple[IntArray, FloatArray]:
    return counts_and_confidence(
        [tuple(task.coverage_label(label) for label in row.labels) for row in rows],
        [row.confidences for row in rows],
        names,
    )
