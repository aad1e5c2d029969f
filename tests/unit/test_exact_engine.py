"""The exact engine: corners that brute force does not reach, limits, refusals and explanations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.errors import RecipeError
from core.selectors.exact import (
    STATUS,
    Answers,
    Effort,
    Embedded,
    Limit,
    Matrix,
    Wish,
    explain,
    price_of_coverage,
    solve,
    unit_rows,
)
from core.selectors.exact.masks import Weights, pack, unpack
from core.selectors.exact.milp import Program
from core.selectors.exact.milp import solve as solve_by_pulp
from core.selectors.exact.screen import needless
from core.selectors.exact.top import best, largest


def wish(counts: list[list[int]] | np.ndarray, k: int = 2, **changes: object) -> Wish:
    """A wish with demands and prices of 1 and nothing but similarity in the scores."""
    table = np.array(counts, dtype=np.int64).reshape(len(counts), -1)
    ones = np.ones(table.shape[1])
    values = {"k": k, "counts": table, "worth": np.zeros(len(table)), "demand": ones, "price": ones}
    return Wish(**(values | changes))  # type: ignore[arg-type]


def one(similarity: list[float], asked: Wish, own: int = -1, **effort: object) -> Answers:
    """The answer to one query."""
    return solve(Matrix(np.array([similarity])), np.array([own]), asked, Effort(**effort))  # type: ignore[arg-type]


def test_no_queries_no_labels_no_items() -> None:
    none = solve(Matrix(np.zeros((0, 3))), np.zeros(0, dtype=int), wish([[1], [1], [0]]))
    assert none.chosen.shape == (0, 2)
    bare = one([0.1, 0.9, 0.5], wish(np.zeros((3, 0), dtype=int)))
    assert bare.chosen.tolist() == [[1, 2]]
    banned = one([0.1, 0.9], wish([[1], [1]], worth=np.full(2, -np.inf)))
    assert banned.chosen.tolist() == [[-1, -1]]
    assert banned.uncoverable.all()
    assert banned.value[0] == banned.bound[0] == 0


def test_what_is_banned_pinned_or_the_query_itself() -> None:
    asked = wish([[1], [1], [1], [1]], worth=np.array([0.0, -np.inf, 0.0, 0.0]), pins=(3,))
    found = one([0.9, 0.8, 0.7, 0.1], asked, own=0)
    assert found.chosen.tolist() == [[2, 3]]
    itself = one([0.9, 0.8, 0.7, 0.1], asked, own=3)
    assert itself.chosen.tolist() == [[0, 2]]
    assert itself.value[0] == pytest.approx(1.6)
    full = one([0.9, 0.8, 0.7, 0.1], wish([[1], [1], [1], [1]], pins=(1, 3)))
    assert full.chosen.tolist() == [[1, 3]]


@pytest.mark.slow
def test_more_labels_than_bits_go_to_the_solver() -> None:
    generator = np.random.default_rng(0)
    counts = (generator.random((150, 90)) < 0.1).astype(int)
    similarity = generator.random((2, 150))
    asked = wish(counts, k=4)
    found = solve(Matrix(similarity), np.array([0, 1]), asked)
    proof = solve(Matrix(similarity), np.array([0, 1]), asked, Effort(full_pool=True))
    assert [STATUS[code] for code in found.status] == ["milp", "milp"]
    assert np.abs(found.value - proof.value).max() <= 1e-9


def test_a_budget_that_bites_and_one_that_leaves_no_room() -> None:
    asked = wish([[1], [1], [1], [1]], limits=(Limit(np.array([5.0, 5.0, 1.0, 2.0]), 6.0),))
    found = one([0.9, 0.8, 0.2, 0.1], asked)
    assert found.chosen.tolist() == [[0, 2]]
    assert STATUS[found.status[0]] == "milp"
    tight = replace(asked, limits=(Limit(np.array([5.0, 5.0, 1.0, 2.0]), 2.0),))
    assert one([0.9, 0.8, 0.2, 0.1], tight).chosen.tolist() == [[2, -1]]
    roomy = replace(asked, limits=(Limit(np.ones(4), 8.0),))
    assert STATUS[one([0.9, 0.8, 0.2, 0.1], roomy).status[0]] == "certificate"


def test_a_solver_without_time_still_gives_a_set_and_a_bound() -> None:
    generator = np.random.default_rng(3)
    counts = (generator.random((400, 12)) < 0.05).astype(int)
    similarity = generator.random((1, 400)).tolist()[0]
    limit = Limit(generator.integers(1, 30, 400).astype(float), 60.0)
    found = one(similarity, wish(counts, k=8, limits=(limit,)), seconds=1e-9)
    chosen = found.chosen[0][found.chosen[0] >= 0]
    assert limit.weights[chosen].sum() <= 60.0
    assert found.bound[0] >= found.value[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"pins": (0, 1, 2)},
        {"pins": (9,)},
        {"worth": np.zeros(2)},
        {"demand": np.array([-1.0])},
        {"worth": np.array([0.0, np.nan, 0.0])},
        {"limits": (Limit(np.ones(2), 1.0),)},
    ],
)
def test_wishes_that_make_no_sense_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(RecipeError):
        one([0.1, 0.2, 0.3], wish([[1], [1], [1]], **changes))


def test_queries_and_their_own_rows_must_fit() -> None:
    with pytest.raises(RecipeError, match="own has shape"):
        solve(Matrix(np.zeros((2, 3))), np.array([0]), wish([[1], [1], [1]]))


def test_an_unknown_solver_is_refused() -> None:
    none = np.zeros((0, 2))
    program = Program(np.ones(2), np.ones((2, 1)), np.ones(1), np.ones(1), 1, none, np.zeros(0))
    with pytest.raises(RecipeError, match="no solver"):
        solve_by_pulp(program, "gurobi", 1.0)
    heavy = replace(program, weights=np.ones((1, 2)), most=np.zeros(1))
    assert solve_by_pulp(heavy, "cbc", 1.0).status == "infeasible"


def test_the_largest_of_wide_rows_and_of_ties() -> None:
    block = np.random.default_rng(0).random((5, 5000)).astype(np.float32)
    assert (np.sort(largest(block, 7), axis=1) == np.sort(np.argsort(-block, axis=1)[:, :7], axis=1)).all()
    level = np.zeros((1, 6))

    def exact(rows: np.ndarray, items: np.ndarray) -> np.ndarray:
        return level[rows, items]

    order = np.array([5, 4, 3, 2, 1, 0])
    assert sorted(best(level, 2, 0.0, exact, order)[0].tolist()) == [4, 5]


def test_what_no_query_can_need_is_dropped_once() -> None:
    counts = np.array([[1, 1]] * 4 + [[1, 0]] * 3 + [[0, 1]])
    worth = np.array([0.0, 0.0, 0.0, -0.1, -9.0, -0.5, -9.0, -1.5])
    asked = wish(counts, worth=worth)
    gone = needless(asked, np.array([0, 1]), 1.0)
    assert np.flatnonzero(gone).tolist() == [4, 6, 7]
    assert not needless(asked, np.array([0, 1]), 20.0).any()


def test_sets_of_labels_and_their_weights() -> None:
    carried = np.random.default_rng(1).random((20, 17)) < 0.4
    sets = pack(carried)
    assert (unpack(sets, 17) == carried).all()
    weights = np.random.default_rng(2).random((1, 17))
    sums = Weights(weights).over(np.zeros(20, dtype=int), sets)
    assert np.abs(sums - carried @ weights[0]).max() < 1e-12


def test_embeddings_and_their_products_give_one_answer() -> None:
    generator = np.random.default_rng(4)
    unit = unit_rows(generator.normal(size=(300, 16)))
    asked = wish((generator.random((300, 6)) < 0.1).astype(int), k=5)
    own = np.arange(300)
    by_rows = solve(Embedded(unit, unit), own, asked)
    by_table = solve(Matrix(unit.astype(float) @ unit.T.astype(float)), own, asked)
    assert np.abs(by_rows.value - by_table.value).max() < 1e-9
    assert not np.isnan(unit_rows(np.zeros((1, 3)))).any()


def test_the_swap_test_names_the_loser() -> None:
    asked = wish([[1, 0], [1, 0], [0, 1], [0, 1]])
    scores, own = Matrix(np.array([[0.9, 0.8, 0.3, 0.1]])), np.array([-1])
    found = solve(scores, own, asked)
    first, second = explain(scores, own, asked, found, 0)
    assert (first.row, first.loser, second.row, second.loser) == (0, 1, 2, 3)
    assert (first.loses, second.loses) == (pytest.approx(0.1), pytest.approx(0.2))
    assert second.alone.tolist() == [0, 1]
    assert second.saved == 1.0
    assert (second.loser_similarity, second.loser_worth, second.loser_missing) == (0.1, 0.0, 0.0)


def test_the_swap_test_under_hard_coverage_limits_and_pins() -> None:
    asked = wish([[1, 0], [1, 0], [0, 1], [0, 1]], hard=True, pins=(3,))
    scores, own = Matrix(np.array([[0.9, 0.8, 0.3, 0.1]])), np.array([1])
    found = solve(scores, own, asked)
    picks = explain(scores, own, asked, found, 0)
    assert [(pick.row, pick.pinned, pick.loser) for pick in picks] == [(0, False, 2), (3, True, None)]
    assert picks[0].loser_missing == 1.0
    limited = wish([[1], [1], [1]], limits=(Limit(np.array([1.0, 1.0, 9.0]), 2.0),))
    scores = Matrix(np.array([[0.9, 0.8, 0.99]]))
    found = solve(scores, np.array([-1]), limited)
    assert [pick.loser for pick in explain(scores, np.array([-1]), limited, found, 0)] == [None, None]


def test_the_price_of_coverage() -> None:
    asked = wish([[1, 0], [1, 0], [0, 1], [0, 1]], worth=np.array([0.0, 0.0, -0.1, 0.0]))
    similarity = np.array([[0.9, 0.8, 0.3, 0.1], [0.2, 0.9, 0.1, 0.8]])
    scores, own = Matrix(similarity), np.array([-1, -1])
    confidence = np.array([[0.9, 0], [0.5, 0], [0, 0.4], [0, 0.8]])
    taus = np.array([0.6, 0.6])
    found = solve(scores, own, asked)
    assert found.chosen.tolist() == [[0, 2], [1, 3]]
    price = price_of_coverage(scores, own, asked, found, confidence, taus)
    assert price.labels.tolist() == [1, 0]
    assert price.similarity.tolist() == pytest.approx([0.5, 0.0])
    assert price.worth.tolist() == pytest.approx([0.1, 0.0])
    assert price.forced.tolist() == [[0, 1], [0, 0]]
    assert price.doubtful.tolist() == [[0, 1], [0, 0]]
