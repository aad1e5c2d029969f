"""With torch the integer program chooses what it chooses with numpy, to the last bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.selectors import SelectionProblem, build
from core.selectors.exact import Effort, Embedded, Wish, solve
from core.types import Selection
from tests.needs import needs

pytestmark = [needs("torch"), pytest.mark.slow]

SETTINGS = st.fixed_dictionaries(
    {
        "k": st.integers(1, 5),
        "lambda": st.sampled_from([0.0, 1.0, 100.0]),
        "coverage": st.sampled_from(["soft", "hard", "off"]),
        "confidence": st.sampled_from(["present", "v5", "none"]),
        "demand": st.sampled_from([0.8, 1.0, 2.0]),
        "price": st.sampled_from([0.05, 1.0]),
    }
)


def of_rows(rows: np.ndarray, queries: np.ndarray, seed: int, labels: int) -> SelectionProblem:
    """Dense rows with labels and confidences; some items are twins in everything."""
    dice = np.random.default_rng(seed)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit = rows / np.where(lengths > 0, lengths, 1.0)
    counts = (dice.random((len(rows), labels)) < dice.uniform(0.01, 0.5, labels)).astype(np.int64)
    counts[1::5] = counts[0]
    confidence = np.where(counts > 0, dice.integers(1, 9, counts.shape) / 8, 0.0)
    return SelectionProblem(
        similarity=np.minimum(unit[queries] @ unit.T, 1.0),
        own=queries,
        counts=counts,
        confidence=confidence,
        item_confidence=confidence.mean(axis=1),
        labels=tuple(f"L{label}" for label in range(labels)),
        embeddings=(unit[queries], unit),
    )


@st.composite
def problems(draw: st.DrawFn) -> SelectionProblem:
    """Small pools of coarse rows, where ties and duplicates are common."""
    seed = draw(st.integers(0, 2**32 - 1))
    dice = np.random.default_rng(seed)
    items, grain = draw(st.integers(1, 80)), draw(st.sampled_from([1, 3, 1000]))
    rows = dice.integers(-grain, grain + 1, (items, draw(st.integers(1, 6)))) / grain
    rows[1::4] = rows[0]
    return of_rows(rows, np.arange(min(items, 6)), seed, draw(st.integers(1, 6)))


def chosen(problem: SelectionProblem, given_settings: dict[str, object], backend: str) -> list[Selection]:
    selector = build("ilp", {**given_settings, "backend": backend})
    found = selector.select(problem, seed=0, report=lambda *_: None)
    return [replace(selection, seconds=0.0) for selection in found]


@settings(max_examples=200, deadline=None)
@given(problem=problems(), given_settings=SETTINGS)
def test_drawn_problems(problem: SelectionProblem, given_settings: dict[str, object]) -> None:
    assert chosen(problem, given_settings, "torch") == chosen(problem, given_settings, "numpy")


@pytest.mark.parametrize("coverage", ["soft", "hard"])
def test_two_thousand_items_of_384_dimensions(coverage: str) -> None:
    rows = np.random.default_rng(0).normal(size=(2000, 384))
    rows[1000::7] = rows[3]
    problem = of_rows(rows, np.arange(0, 2000, 10), 1, 12)
    asked: dict[str, object] = {"coverage": coverage}
    found = chosen(problem, asked, "torch")
    assert found == chosen(problem, asked, "numpy")
    assert {selection.status for selection in found} >= {"search"}


@pytest.mark.parametrize("block", [1, 50, 256])
def test_without_a_matrix_too(block: int) -> None:
    from core.selectors.exact.torch_scores import TorchEmbedded

    rows = np.random.default_rng(5).normal(size=(600, 64)).astype(np.float32)
    rows[300::3] = rows[7]
    problem = of_rows(rows, np.arange(100), 2, 8)
    wish = Wish(8, problem.counts, -problem.confidence.sum(axis=1), np.ones(8), np.ones(8))
    ours = solve(Embedded(rows[:100], rows), problem.own, wish)
    theirs = solve(TorchEmbedded(rows[:100], rows), problem.own, wish, Effort(block=block))
    assert (ours.chosen == theirs.chosen).all()
    assert (ours.value == theirs.value).all()
    assert (ours.status == theirs.status).all()


def test_another_devices_rounding_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Products anywhere within the proven error, as another order of summing might give them."""
    from core.selectors.exact.torch_scores import TorchEmbedded

    rows = np.random.default_rng(3).normal(size=(1500, 384))
    rows[700::5] = rows[11] * (1 + 1e-9)
    problem = of_rows(rows, np.arange(150), 4, 12)
    as_computed = chosen(problem, {}, "torch")
    dice, products = np.random.default_rng(0), TorchEmbedded.block

    def elsewhere(scores: TorchEmbedded, queries: np.ndarray) -> np.ndarray:
        block = products(scores, queries)
        return (block + 0.9 * scores.error * dice.choice([-1, 1], block.shape)).astype(np.float32)

    monkeypatch.setattr(TorchEmbedded, "block", elsewhere)
    assert chosen(problem, {}, "torch") == as_computed == chosen(problem, {}, "numpy")
