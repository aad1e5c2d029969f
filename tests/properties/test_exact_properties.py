"""The exact engine equals brute force in every corner, and does not care how it is cut into blocks."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.selectors.exact import Effort, Embedded, Limit, Matrix, Scores, Wish, explain, solve, unit_rows

pytestmark = pytest.mark.slow

QUERIES = 3


@dataclass(frozen=True)
class Case:
    """A wish, its similarities twice (for the engine and for brute force), and the queries' own rows."""

    wish: Wish
    scores: Scores
    similarity: np.ndarray
    own: np.ndarray


@st.composite
def cases(draw: st.DrawFn, most_items: int = 10) -> Case:
    """Small pools with coarse values: ties, duplicates, dear and cheap labels, pins, bans, limits."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    items, width, k = draw(st.integers(1, most_items)), draw(st.integers(1, 6)), draw(st.integers(1, 5))
    shares = generator.random((items, width)) < draw(st.sampled_from([0.1, 0.3, 0.6]))
    counts = generator.integers(1, draw(st.sampled_from([2, 4])), (items, width)) * shares
    grain = draw(st.sampled_from([3, 1000]))
    worth = -generator.integers(0, grain, items) / grain * draw(st.sampled_from([0.0, 1.0, 100.0]))
    if draw(st.booleans()):
        worth[generator.random(items) < 0.2] = -np.inf
    scores, similarity = _scores(draw, generator, items, grain)
    if items > 4:
        counts[3], worth[3] = counts[1], worth[1]
    own = np.arange(QUERIES) % items if draw(st.booleans()) else np.full(QUERIES, -1)
    wish = Wish(
        k=k,
        counts=counts,
        worth=worth,
        demand=generator.choice(
            draw(st.sampled_from([[0.8], [1.0], [0.0, 1.0], [1.0, 2.0], [2.5, 0.5]])), width
        ),
        price=generator.choice(draw(st.sampled_from([[1.0], [0.05], [0.05, 1.0, 100.0], [0.0, 1.0]])), width),
        hard=draw(st.booleans()),
        pins=_pins(draw, generator, np.flatnonzero(np.isfinite(worth)), k),
        limits=_limits(draw, generator, items),
    )
    return Case(wish, scores, similarity, own)


def _scores(
    draw: st.DrawFn, generator: np.random.Generator, items: int, grain: int
) -> tuple[Scores, np.ndarray]:
    if draw(st.booleans()):
        similarity = generator.integers(0, grain, (QUERIES, items)) / grain
        return Matrix(similarity), similarity
    rows = generator.integers(-grain, grain + 1, (max(items, QUERIES), 5)) + 1e-3
    rows[3:4] = rows[1]
    unit = unit_rows(rows)
    queries, pool = unit[:QUERIES], unit[:items]
    return Embedded(queries, pool), queries.astype(float) @ pool.T.astype(float)


def _pins(draw: st.DrawFn, generator: np.random.Generator, rows: np.ndarray, k: int) -> tuple[int, ...]:
    if not len(rows) or not draw(st.booleans()):
        return ()
    return tuple(int(row) for row in generator.choice(rows, min(len(rows), k, 2), replace=False))


def _limits(draw: st.DrawFn, generator: np.random.Generator, items: int) -> tuple[Limit, ...]:
    if draw(st.integers(0, 3)):
        return ()
    return (Limit(generator.integers(1, 6, items).astype(float), float(generator.integers(12, 25))),)


def brute_force(case: Case, query: int) -> tuple[float, float]:
    """(price or tokens missed, value) of the best set, by trying every set; apart from the engine."""
    wish, own = case.wish, int(case.own[query])
    pins = [pin for pin in wish.pins if pin != own]
    free = [j for j in range(len(wish.worth)) if np.isfinite(wish.worth[j]) and j != own and j not in pins]
    coverable = (wish.counts[pins + free] > 0).any(axis=0)
    outcomes: list[tuple[float, float]] = []
    for size in range(min(wish.k - len(pins), len(free)), -1, -1):
        for others in itertools.combinations(free, size):
            chosen = [*others, *pins]
            if all(limit.weights[chosen].sum() <= limit.most for limit in wish.limits):
                outcomes.append(_outcome(case, query, chosen, coverable))
        if outcomes:
            break
    if wish.hard:
        return min(outcomes, key=lambda pair: (round(pair[0], 9), -pair[1]))
    return max(outcomes, key=lambda pair: pair[1] - pair[0])


def _outcome(case: Case, query: int, chosen: list[int], coverable: np.ndarray) -> tuple[float, float]:
    wish = case.wish
    demand = np.where(coverable, np.ceil(wish.demand) if wish.hard else wish.demand, 0.0)
    missing = np.maximum(demand - wish.counts[chosen].sum(axis=0), 0.0)
    value = case.similarity[query, chosen].sum() + wish.worth[chosen].sum()
    return float(missing.sum() if wish.hard else missing @ wish.price), float(value)


@settings(max_examples=400, deadline=None)
@given(case=cases(), block=st.sampled_from([1, 2, 128]), screen=st.sampled_from([0, 1]))
def test_the_engine_equals_brute_force(case: Case, block: int, screen: int) -> None:
    if any(limit.weights[list(case.wish.pins)].sum() > limit.most for limit in case.wish.limits):
        return
    found = solve(case.scores, case.own, case.wish, Effort(block=block, screen=screen))
    for query in range(QUERIES):
        missed, value = brute_force(case, query)
        chosen = found.chosen[query][found.chosen[query] >= 0]
        wish = case.wish
        assert len(set(chosen.tolist())) == len(chosen)
        assert case.own[query] not in chosen
        if wish.hard:
            demand = np.where(found.uncoverable[query], 0.0, np.ceil(wish.demand))
            shown = wish.counts[chosen].sum(axis=0)
            assert np.maximum(demand - shown, 0.0).sum() == pytest.approx(missed, abs=1e-9)
        wanted = value if wish.hard else value - missed
        assert found.value[query] == pytest.approx(wanted, abs=1e-9)
        assert found.bound[query] == found.value[query]


def big_case(seed: int, items: int, kind: str) -> Case:
    """Pools large enough for every shortcut: 10 labels, a few hundred items, duplicates."""
    generator = np.random.default_rng(seed)
    counts = (generator.random((items, 10)) < generator.uniform(0.01, 0.5, 10)).astype(np.int64)
    unit = unit_rows(generator.normal(size=(items, 12)))
    counts[items // 2 :: 7], unit[items // 2 :: 7] = counts[0], unit[0]
    worth = {
        "none": np.zeros(items),
        "grid": -generator.integers(0, 4, items) / 4,
        "wide": -generator.random(items) * counts.sum(axis=1),
    }[kind]
    if kind == "grid":
        similarity = generator.integers(0, 100, (40, items)) / 100
        scores: Scores = Matrix(similarity)
    else:
        scores, similarity = Embedded(unit[:40], unit), unit[:40].astype(float) @ unit.T.astype(float)
    wish = Wish(8, counts, worth, np.ones(10), np.ones(10))
    return Case(wish, scores, similarity, np.arange(40))


@pytest.mark.parametrize("kind", ["none", "grid", "wide"])
@pytest.mark.parametrize("items", [60, 300, 5000])
def test_blocks_and_screening_change_nothing(items: int, kind: str) -> None:
    case = big_case(items, items, kind)
    whole = solve(case.scores, case.own, case.wish)
    for block, screen in ((1, 1), (7, 0), (64, 1)):
        part = solve(case.scores, case.own, case.wish, Effort(block=block, screen=screen))
        assert (part.chosen == whole.chosen).all()
        assert (part.value == whole.value).all()
    assert (whole.bound == whole.value).all()


@pytest.mark.parametrize("kind", ["none", "grid", "wide"])
@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_the_engine_equals_a_solver_on_the_full_pool(kind: str, solver: str) -> None:
    for items in (60, 300):
        case = big_case(items, items, kind)
        rows = np.arange(40)[:6]
        few = Case(case.wish, _first(case, len(rows)), case.similarity, case.own[rows])
        fast = solve(few.scores, few.own, few.wish)
        proof = solve(few.scores, few.own, few.wish, Effort(full_pool=True, solver=solver))
        assert np.abs(fast.value - proof.value).max() <= 1e-9


def _first(case: Case, count: int) -> Scores:
    return Matrix(case.similarity[:count])


@pytest.mark.parametrize("limits", [0, 1])
def test_where_the_search_may_not_look_the_solver_does(limits: int) -> None:
    case = big_case(5, 200, "none")
    capacity = (Limit(np.ones(200), 8.0),) * limits
    wish = Wish(8, case.wish.counts, case.wish.worth, np.ones(10), np.ones(10), limits=capacity)
    wanted = solve(case.scores, case.own, case.wish)
    found = solve(case.scores, case.own, wish, Effort(nodes=0))
    assert found.status.max() == 2
    assert np.abs(found.value - wanted.value).max() <= 1e-9


def test_the_swap_test_says_what_each_is_there_for() -> None:
    case = big_case(9, 60, "wide")
    found = solve(case.scores, case.own, case.wish)
    for query in range(5):
        picks = explain(case.scores, case.own, case.wish, found, query)
        assert [pick.row for pick in picks] == found.chosen[query].tolist()
        for pick in picks:
            assert pick.loses >= -1e-9
            swapped = [row for row in found.chosen[query] if row != pick.row] + [pick.loser]
            missed, value = _outcome(case, query, swapped, ~found.uncoverable[query])
            assert found.value[query] - pick.loses == pytest.approx(value - missed, abs=1e-9)
