"""Prediction-powered inference: by hand, against its own definition, and by simulation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.loop.inference import Known, alone, change, combined


def known(n: int = 40, of: int = 400, *, noise: float = 0.3, seed: int = 0, scale: float = 1.0) -> Known:
    """Items of 5 to 15 labels; `noise` is how badly the predictor knows how many are right."""
    dice = np.random.default_rng(seed)
    size = dice.integers(5, 16, of).astype(float)
    easy = np.clip(dice.normal(0.75, 0.15, of), 0.05, 1.0)
    right = dice.binomial(size.astype(int), easy).astype(float)
    guess = np.clip(scale * (right / size) + dice.normal(0, noise, of), 0, 1) * size
    rows = dice.permutation(of)[:n]
    return Known(right[rows], size[rows], guess[rows], size[rows], float(guess.sum() / size.sum()), of)


def test_the_sample_alone_is_its_ratio() -> None:
    made = Known(np.array([3.0, 1, 4, 2, 5]), np.array([4.0, 2, 4, 5, 5]), np.zeros(5), np.ones(5), 0.0, 100)
    found = alone(made)
    assert found.value == pytest.approx(15 / 20)
    assert found.low < 0.75 < found.high
    errors = (made.top - 0.75 * made.bottom) / 4.0
    se = float(np.sqrt((errors**2).sum() / 4 / 5 * 0.95))
    middle = (15 + 0.5) / 21
    half = 2.776445 * se / (middle * (1 - middle))
    low = 1 / (1 + np.exp(-(np.log(middle / (1 - middle)) - half)))
    assert found.low == pytest.approx(low, abs=1e-6)


def test_a_predictor_that_knows_narrows_and_one_that_does_not_is_left_out() -> None:
    knows, guesses = known(noise=0.02), known(noise=0.0, scale=0.0)
    width = {name: e.high - e.low for name, e in (("with", combined(knows)), ("without", alone(knows)))}
    assert width["with"] < 0.5 * width["without"]
    assert combined(knows).power > 0.5
    assert combined(guesses) == alone(guesses)


def test_the_estimate_is_the_papers() -> None:
    """theta = ratio + lambda (predicted everywhere - predicted on the sample), the best lambda."""
    made = known(noise=0.1)
    ratio = made.top.sum() / made.bottom.sum()
    mean = made.bottom.mean()
    errors = (made.top - ratio * made.bottom) / mean
    said = (made.top_said - made.ratio_said * made.bottom_said) / mean
    best = np.cov(errors, said)[0, 1] / said.var(ddof=1)
    assert combined(made).power == pytest.approx(best)
    assert combined(made).value == pytest.approx(ratio - best * said.mean())


def test_a_predictor_that_is_wrong_by_the_same_factor_does_no_harm() -> None:
    honest, proud = known(noise=0.05, seed=4), known(noise=0.05, seed=4, scale=0.6)
    assert combined(proud).value == pytest.approx(combined(honest).value, abs=0.03)


def test_nothing_is_left_to_estimate_once_all_items_are_known() -> None:
    made = known(n=400)
    found = combined(made)
    assert found.low == found.value == found.high == pytest.approx(made.top.sum() / made.bottom.sum())


def test_no_error_seen_is_not_no_error_there() -> None:
    perfect = known()
    perfect = replace(perfect, top=perfect.bottom)
    found = alone(perfect)
    assert found.value == 1.0
    assert 0.97 < found.low < 0.999


def test_a_change_is_held_on_the_same_items() -> None:
    """What is hard in the items cancels: the interval of a difference is far narrower than of both runs."""
    before = known(noise=0.1)
    gain = np.minimum(before.bottom - before.top, 1.0)
    after = replace(before, top=before.top + gain)
    found, width = change(before, after), alone(before).high - alone(before).low
    assert found.value == pytest.approx(gain.sum() / before.bottom.sum(), abs=0.01)
    assert found.low > 0
    assert found.high - found.low < 0.6 * width


def test_intervals_cover() -> None:
    """A population of 300 items, 40 drawn 400 times."""
    whole = known(n=300, of=300, noise=0.2, seed=9)
    truth, dice = float(whole.top.sum() / whole.bottom.sum()), np.random.default_rng(1)
    held, widths = np.zeros(2), np.zeros(2)
    for _ in range(400):
        rows = dice.permutation(300)[:40]
        drawn = Known(
            whole.top[rows], whole.bottom[rows], whole.top_said[rows], whole.bottom_said[rows],
            whole.ratio_said, 300,
        )  # fmt: skip
        for place, one in enumerate((combined(drawn), alone(drawn))):
            held[place] += one.low <= truth <= one.high
            widths[place] += one.high - one.low
    assert held.min() / 400 >= 0.92
    assert widths[0] < widths[1]
