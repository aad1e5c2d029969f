"""Agreement and calibration, against scikit-learn, published examples and their definitions written out."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, cohen_kappa_score

from core.comparison import (
    Comparison,
    Where,
    agreement,
    alpha,
    calibration,
    expected_calibration_error,
    mask,
    reliability,
)
from tests.small_comparison import POS, comparison, drawn, each, flat, noisy


def test_kappa_is_that_of_scikit_learn() -> None:
    rows = drawn(POS, 100)
    sides = [rows, noisy(rows, POS, 0.7, 1), noisy(rows, POS, 0.3, 2)]
    found = agreement(comparison("pos", None, *sides))
    assert list(zip(found.a, found.b, strict=True)) == [(0, 1), (0, 2), (1, 2)]
    for row in each(found):
        one, two = flat(sides[row.a]), flat(sides[row.b])
        assert row.kappa == pytest.approx(cohen_kappa_score(one, two))
        assert row.agreement == pytest.approx(np.mean(np.array(one) == np.array(two)))
        assert row.n == len(one)


def test_one_label_for_all_leaves_nothing_to_chance() -> None:
    same = comparison("pos", None, [("A", "A")], [("A", "A")])
    assert agreement(same).agreement.tolist() == [1.0]
    assert agreement(same).kappa.isna().all()
    assert alpha(same) is None
    assert alpha(comparison("pos", None, [("A", "B")])) is None


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [("0100000010", "1110010000", 0.095), ("aabbdcccedda", "babbbcccedd" + "d", 0.692)],
)
def test_alpha_of_krippendorffs_own_examples(one: str, two: str, expected: float) -> None:
    """Krippendorff, Computing Krippendorff's Alpha-Reliability (2011): binary and nominal data."""
    found = alpha(comparison("pos", None, [tuple(one)], [tuple(two)]))
    assert found == pytest.approx(expected, abs=5e-4)


def test_alpha_of_three_sides_by_its_coincidences() -> None:
    rows = drawn(POS, 30)
    sides = [rows, noisy(rows, POS, 0.6, 1), noisy(rows, POS, 0.5, 2)]
    table = np.zeros((len(POS), len(POS)))
    for token in zip(*map(flat, sides), strict=True):
        for one, two in permutations(token, 2):
            table[POS.index(one), POS.index(two)] += 1 / (len(sides) - 1)
    totals = table.sum(axis=0)
    n = totals.sum()
    observed = n - np.trace(table)
    expected = (n**2 - (totals**2).sum()) / (n - 1)
    assert alpha(comparison("pos", None, *sides)) == pytest.approx(1 - observed / expected)


def sure() -> tuple[Comparison, np.ndarray, np.ndarray]:
    """A comparison whose side says how sure it is; its confidences, and what was right."""
    gold = drawn(POS, 200)
    side = noisy(gold, POS, 0.6, 1)
    dice = np.random.default_rng(2)
    given = [tuple(float(np.float32(value)) for value in dice.beta(4, 2, len(row))) for row in gold]
    right = np.array(flat(gold)) == np.array(flat(side))
    confidences = np.array([value for row in given for value in row])
    return comparison("pos", gold, side, sure=[given]), confidences, right


def test_reliability_is_the_calibration_curve_of_scikit_learn() -> None:
    compared, confidences, right = sure()
    for bins in (10, 7):
        found = reliability(compared, 0, bins)
        accuracy, confidence = calibration_curve(right, confidences, n_bins=bins, strategy="uniform")
        assert found.accuracy.tolist() == pytest.approx(accuracy.tolist())
        assert found.confidence.tolist() == pytest.approx(confidence.tolist())
        assert found["count"].sum() == len(right)


def test_the_calibration_error_is_its_definition() -> None:
    """Guo et al. 2017, written out by hand (netcal, which has it too, is not among our requirements)."""
    compared, confidences, right = sure()
    error = 0.0
    for place in range(10):
        inside = (confidences >= place / 10) & (confidences < (place + 1) / 10)
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidences[inside].mean())
    assert expected_calibration_error(compared, 0) == pytest.approx(error)
    found = calibration(compared, 0)
    assert found is not None
    assert found.error == pytest.approx(error)
    assert found.brier == pytest.approx(brier_score_loss(right, confidences))
    assert found.n == len(right)
    assert found.accuracy == pytest.approx(right.mean())
    assert found.confidence == pytest.approx(confidences.mean())


def test_every_bin_opens_its_tokens() -> None:
    compared, _, _ = sure()
    for row in each(reliability(compared, 0)):
        assert mask(compared, Where(after=0, bin=row.bin)).sum() == row.count


def test_the_edges_of_bins() -> None:
    right = comparison("pos", [("A",) * 4], [("A",) * 4], sure=[[(0.0, 0.1, 0.9, 1.0)]])
    assert reliability(right, 0).bin.tolist() == [0, 1, 9]
    assert reliability(right, 0)["count"].tolist() == [1, 1, 2]


def test_what_is_not_said_is_not_counted() -> None:
    gold, nan = [("A", "B"), ("A",), ("B",)], float("nan")
    compared = comparison("pos", [*gold[:2], None], gold, gold, sure=[[(0.9, nan), (0.7,), (0.1,)], None])
    assert reliability(compared, 0)["count"].tolist() == [1, 1]
    assert not len(reliability(compared, 1))
    assert calibration(compared, 1) is None
    assert (
        expected_calibration_error(comparison("pos", None, gold, sure=[[(0.9, nan), (0.7,), (0.1,)]]), 0)
        is None
    )
