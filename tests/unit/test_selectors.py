"""Selectors: settings, presets, coverage and the explanations of a selection."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.errors import RecipeError, UnknownName
from core.selectors import SelectionProblem, build, setting_names
from core.selectors.exact.general import kernel, lowest_twins
from core.selectors.exact.milp import Program
from core.selectors.ilp import Ilp
from core.types import Selection


def silent(message: str, done: int, total: int) -> None:
    """Progress goes nowhere."""


def pool(counts: list[list[int]], similarity: list[float], **changes: object) -> SelectionProblem:
    """One query over a pool whose tokens are all certain."""
    table = np.array(counts)
    own = np.array([-1])
    labels = tuple("ABC"[: table.shape[1]])
    sure = (table > 0) * 1.0
    values = {
        "similarity": np.array([similarity]),
        "own": own,
        "counts": table,
        "confidence": sure,
        "item_confidence": np.ones(len(table)),
        "labels": labels,
        "allowed": None,
    }
    return SelectionProblem(**(values | changes))  # type: ignore[arg-type]


def choose(problem: SelectionProblem, name: str = "ilp", **settings: object) -> Selection:
    (selection,) = build(name, settings).select(problem, seed=3, report=silent)
    return selection


def test_coverage_trades_similarity_for_a_label_it_would_miss() -> None:
    problem = pool([[1, 0], [1, 0], [0, 1]], [0.9, 0.8, 0.1])
    assert choose(problem, k=2).chosen == (0, 2)
    assert choose(problem, k=2, coverage="off").chosen == (0, 1)
    assert choose(problem, k=2, price=0.5).chosen == (0, 1)
    assert choose(problem, k=2, price=0.5, coverage="hard").chosen == (0, 2)


def test_the_selection_says_what_each_exemplar_is_there_for() -> None:
    found = choose(pool([[1, 0, 0], [2, 0, 0], [0, 1, 0]], [0.9, 0.8, 0.1]), k=2)
    assert found.covers == (("A",), ("B",))
    assert found.similarity == (0.9, 0.1)
    assert found.confidence == (1.0, 1.0)
    assert (found.uncovered, found.uncoverable) == (("C",), ("C",))
    assert found.value == found.upper_bound == pytest.approx(1.0)


def test_a_label_only_the_query_carries_is_uncoverable() -> None:
    problem = pool([[1, 1], [1, 0], [1, 0]], [1.0, 0.5, 0.4], own=np.array([0]))
    found = choose(problem, k=1)
    assert (found.chosen, found.uncoverable) == ((1,), ("B",))


def test_a_missed_label_is_uncovered_but_not_uncoverable() -> None:
    found = choose(pool([[1, 0], [0, 1]], [0.9, 0.1]), k=1, price=0.1)
    assert (found.uncovered, found.uncoverable) == (("B",), ())


@pytest.mark.parametrize("name", ["ilp", "similarity", "random"])
def test_a_pool_smaller_than_k_is_taken_whole(name: str) -> None:
    problem = pool([[1], [1], [1]], [0.1, 0.9, 0.5], allowed=np.array([True, True, False]))
    assert choose(problem, name, k=8).chosen == (1, 0)


@pytest.mark.parametrize("name", ["ilp", "similarity", "random"])
def test_an_empty_pool_gives_an_empty_selection(name: str) -> None:
    found = choose(pool([[1]], [0.1], own=np.array([0])), name)
    assert (found.chosen, found.value, found.uncovered) == ((), 0.0, ("A",))


def test_ties_go_to_the_lower_row() -> None:
    problem = pool([[1, 0], [0, 1], [0, 1], [1, 0], [1, 0]], [0.5, 0.5, 0.5, 0.5, 0.5])
    assert choose(problem, k=2).chosen == (0, 1)
    assert choose(problem, k=2, full_pool=True).chosen == (0, 1)
    assert choose(problem, "similarity", k=3).chosen == (0, 1, 2)


def test_low_confidence_costs_lambda_times_the_shortfall() -> None:
    problem = pool([[1], [1], [1]], [0.9, 0.8, 0.8], confidence=np.array([[0.5], [1.0], [1.0]]))
    assert choose(problem, k=1).chosen == (1,)
    found = choose(problem, k=1, **{"lambda": 0.1})
    assert (found.chosen, found.value) == ((0,), pytest.approx(0.85))


def test_the_papers_own_term_charges_absent_labels() -> None:
    problem = pool([[1, 0], [1, 1], [0, 1]], [0.9, 0.1, 0.1])
    assert choose(problem, k=1, coverage="off").chosen == (0,)
    assert choose(problem, k=1, coverage="off", confidence="v5").chosen == (1,)


def test_presets_are_those_of_the_paper() -> None:
    sequence = build("ilp", {"preset": "ssp_seq", "k": 4})
    assert isinstance(sequence, Ilp)
    assert (sequence.confidence, sequence.lambda_, sequence.free) == ("v5", 1.0, ("SYM", "X"))
    assert sequence.demand == pytest.approx(0.4)
    pairs = build("ilp", {"preset": "ssp_nli", "lambda": 5})
    assert isinstance(pairs, Ilp)
    assert (pairs.confidence, pairs.lambda_, pairs.demand) == ("present", 5.0, 1.0)


def test_free_and_ignored_labels_have_no_price() -> None:
    problem = pool([[1, 0, 0], [1, 0, 0], [0, 1, 1]], [0.9, 0.8, 0.1])
    found = choose(problem, k=2, free="B", ignore="C")
    assert (found.chosen, found.uncovered) == ((0, 1), ())


def test_single_labels_have_their_own_demand_and_price() -> None:
    problem = pool([[1, 0], [1, 0], [0, 1]], [0.9, 0.8, 0.1])
    assert choose(problem, k=2, prices="B=0.5").chosen == (0, 1)
    assert choose(problem, k=2, demands="A=2,B=1", prices="A=9").chosen == (0, 1)
    assert choose(problem, k=2, demands="B=0").uncovered == ()


def test_pins_bans_and_a_budget() -> None:
    problem = pool([[1, 0], [1, 0], [0, 1]], [0.9, 0.8, 0.1], lengths=np.array([7, 2, 3]))
    assert choose(problem, k=2, pin="1").chosen == (1, 2)
    assert choose(problem, k=2, ban="0").chosen == (1, 2)
    assert choose(problem, k=2, coverage="off", budget=9).chosen == (0, 1)
    assert choose(problem, k=2, coverage="off", budget=8).chosen == (1, 2)
    assert choose(replace(problem, lengths=None), k=2, budget=1).chosen == (0,)
    with pytest.raises(RecipeError, match="names row 7"):
        choose(problem, pin="7")


def test_settings_come_as_text_too() -> None:
    made = build("ilp", {"k": "3", "lambda": "0.5", "full_pool": "true", "free": "SYM, X"})
    assert made == Ilp(k=3, lambda_=0.5, full_pool=True, free=("SYM", "X"))


@pytest.mark.parametrize(
    "settings",
    [
        {"k": 0},
        {"k": 2.5},
        {"k": "many"},
        {"kk": 3},
        {"coverage": "strict"},
        {"confidence": "all"},
        {"preset": "ssp"},
        {"percentile": 1.5},
        {"lambda": -1},
        {"demand": float("nan")},
        {"full_pool": "perhaps"},
        {"demands": "NOUN"},
        {"prices": "NOUN=dear"},
        {"prices": "NOUN=-1"},
        {"pin": "first"},
        {"solver": "gurobi"},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(RecipeError) as caught:
        build("ilp", settings)
    assert caught.value.hint


def test_names() -> None:
    assert {"k", "lambda", "percentile", "demand", "price", "coverage"} <= set(setting_names("ilp"))
    assert setting_names("random") == ("k",)
    with pytest.raises(UnknownName, match="Did you mean"):
        build("ilpp", {})


def test_problems_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(RecipeError, match="counts has shape"):
        choose(pool([[1]], [0.1, 0.2]))
    with pytest.raises(RecipeError, match="not finite"):
        choose(pool([[1]], [float("nan")]))


def test_time_can_run_out_without_losing_the_query() -> None:
    generator = np.random.default_rng(0)
    counts = (generator.random((400, 3)) < 0.01) * 1
    found = choose(pool(counts.tolist(), generator.random(400).tolist()), time_limit=0.0, k=4)
    assert len(found.chosen) == 4
    assert found.value is not None
    assert found.upper_bound is not None
    assert found.upper_bound >= found.value


def program_of(scores: np.ndarray, carried: np.ndarray, k: int) -> Program:
    """A program without limits whose demands and prices are all 1."""
    labels = np.ones(carried.shape[1])
    return Program(scores, carried, labels, labels, k, np.zeros((0, len(scores))), np.zeros(0))


def test_the_kernel_holds_one_item_per_label_signature_beside_the_top() -> None:
    carried = np.array([[1, 0]] * 50 + [[0, 1]] * 50 + [[0, 0]] * 50, dtype=float)
    program = program_of(np.linspace(1, 0, 150), carried, 3)
    assert kernel(program).tolist() == [0, 1, 2, 3, 50]


def test_twins_give_way_to_the_lower_row() -> None:
    program = program_of(np.array([0.5, 0.5, 0.4]), np.array([[1.0], [1.0], [1.0]]), 2)
    assert lowest_twins(program, np.array([1, 2])).tolist() == [0, 2]


def test_progress_is_reported_and_may_stop_the_work() -> None:
    class Stop(Exception):
        """The user pressed cancel."""

    def stop(message: str, done: int, total: int) -> None:
        raise Stop(message)

    for name in ("ilp", "random", "similarity"):
        with pytest.raises(Stop):
            build(name, {}).select(pool([[1]], [0.1]), seed=0, report=stop)
