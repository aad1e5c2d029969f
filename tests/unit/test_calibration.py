"""Temperatures, and what a calibration tells."""

from __future__ import annotations

import numpy as np
import pytest

from core.labelers.calibration import (
    Calibration,
    Trial,
    calibration_error,
    calibration_of,
    temperature,
    tempered,
)


def trial(sure: float, right: int, wrong: int, language: str = "aaa") -> Trial:
    """Two labels; the first is always given, with the same probability."""
    rows = np.tile([sure, 1 - sure], (right + wrong, 1))
    gold = np.array([0] * right + [1] * wrong)
    return Trial(language, rows, np.zeros(right + wrong, dtype=np.int64), gold)


def test_the_temperature_makes_confidence_what_it_should_be() -> None:
    too_sure = trial(0.99, 80, 20)
    degrees = temperature([too_sure])
    assert degrees > 1.5
    assert tempered(too_sure.posterior, degrees)[0, 0] == pytest.approx(0.8, abs=1e-3)
    shy = trial(0.6, 80, 20)
    assert tempered(shy.posterior, temperature([shy]))[0, 0] == pytest.approx(0.6**2 / (0.6**2 + 0.4**2))


def test_tempering_keeps_order_zeros_and_sums() -> None:
    rows = np.array([[0.9, 0.1, 0.0], [0.5, 0.3, 0.2]])
    for degrees in (0.5, 1.0, 3.0):
        after = tempered(rows, degrees)
        assert after.sum(axis=1) == pytest.approx([1, 1])
        assert (after.argsort(axis=1) == rows.argsort(axis=1)).all()
        assert after[0, 2] == 0
    assert tempered(rows, 1.0) is rows


def test_a_calibration_says_how_each_language_did() -> None:
    found = calibration_of([trial(0.9, 9, 1, "aaa"), trial(0.9, 5, 5, "bbb"), trial(0.9, 0, 0, "ccc")])
    assert [(held.language, held.n_tokens, held.accuracy) for held in found.held_out] == [
        ("aaa", 10, 0.9),
        ("bbb", 10, 0.5),
    ]
    assert found.held_out[0].mean_confidence == pytest.approx(0.9)
    assert calibration_of([trial(0.9, 0, 0)]) == Calibration() == calibration_of([])


def test_every_language_counts_alike() -> None:
    small, large = trial(0.95, 5, 5), trial(0.95, 900, 100)
    assert temperature([large]) < temperature([small, large]) < temperature([small])


def test_the_calibration_error_by_hand() -> None:
    assert calibration_error(np.array([]), np.array([])) == 0
    assert calibration_error(np.array([0.95, 0.95, 1.0]), np.array([1, 1, 1])) == pytest.approx(0.1 / 3)
    assert calibration_error(np.array([0.55, 0.95]), np.array([1, 0])) == pytest.approx((0.45 + 0.95) / 2)
