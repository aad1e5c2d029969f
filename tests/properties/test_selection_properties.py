"""The integer program equals brute force, and every selector keeps its promises."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.selectors import SelectionProblem, build, selectors
from core.selectors.statistics import confidence_term, thresholds
from core.selectors.words import WordRecall, Words
from core.types import Selection


def quiet(message: str, done: int, total: int) -> None:
    """A progress sink that only checks what it is told."""
    assert message
    assert 0 <= done <= total


@st.composite
def problems(draw: st.DrawFn) -> SelectionProblem:
    """Small pools with coarse values, so that ties and duplicate items are common."""
    items, width, queries = draw(st.integers(1, 9)), draw(st.integers(1, 5)), draw(st.integers(1, 2))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    counts = generator.integers(0, 3, (items, width)) * (
        generator.random((items, width)) < draw(st.floats(0.1, 0.9))
    )
    grain = draw(st.sampled_from([2, 4, 1000]))
    confidence = np.where(counts > 0, generator.integers(1, grain + 1, (items, width)) / grain, 0.0)
    similarity = generator.integers(0, grain + 1, (queries, items)) / grain
    if items > 2 and draw(st.booleans()):
        counts[1], confidence[1], similarity[:, 1] = counts[0], confidence[0], similarity[:, 0]
    allowed = generator.random(items) < 0.8 if draw(st.booleans()) else None
    own = generator.integers(-1, items, queries)
    alike = generator.integers(0, grain + 1, (items, items)) / grain
    texts = [f"{'ab' * at} c" for at in generator.integers(0, 3, items + queries).tolist()]
    return SelectionProblem(
        similarity,
        own,
        counts,
        confidence,
        confidence.mean(axis=1),
        tuple("ABCDE"[:width]),
        allowed,
        between=lambda rows, columns: alike[np.ix_(rows, columns)],
        recall=WordRecall(lambda: Words(texts[:items]), texts[items:]),
    )


def brute_force(problem: SelectionProblem, query: int, given: dict[str, object]) -> tuple[float, float]:
    """(missing tokens, value) of the best set, by trying every set; written apart from the engine."""
    taus = thresholds(problem.counts, problem.confidence, 0.8)
    term = confidence_term(problem.counts, problem.confidence, taus, str(given["confidence"]))
    rows = [int(row) for row in problem.candidates(query)]
    wanted = float(given["demand"]) if given["coverage"] != "off" else 0.0  # type: ignore[arg-type]
    if given["coverage"] == "hard":
        wanted = float(np.ceil(wanted))
    outcomes = []
    for chosen in itertools.combinations(rows, min(int(given["k"]), len(rows))):  # type: ignore[call-overload]
        value = sum(problem.similarity[query, row] + given["lambda"] * term[row] for row in chosen)  # type: ignore[operator]
        lacking = 0.0
        for label in range(len(problem.labels)):
            if any(problem.counts[row, label] for row in rows):
                lacking += max(0.0, wanted - sum(problem.counts[row, label] for row in chosen))
        outcomes.append((lacking, float(value)))
    if given["coverage"] == "hard":
        return min(outcomes, key=lambda pair: (round(pair[0], 9), -pair[1]))
    return max(outcomes, key=lambda pair: pair[1] - given["price"] * pair[0])  # type: ignore[operator]


SETTINGS = st.fixed_dictionaries(
    {
        "k": st.integers(1, 5),
        "lambda": st.sampled_from([0.0, 0.5, 1.0, 100.0]),
        "coverage": st.sampled_from(["soft", "hard", "off"]),
        "confidence": st.sampled_from(["present", "v5", "none"]),
        "demand": st.sampled_from([0.3, 0.8, 1.0, 2.0, 2.5]),
        "price": st.sampled_from([0.0, 0.2, 1.0]),
        "full_pool": st.booleans(),
    }
)


PROVEN = {"certificate", "search", "milp"}


@settings(max_examples=150, deadline=None)
@given(problem=problems(), given_settings=SETTINGS)
def test_the_program_equals_brute_force(problem: SelectionProblem, given_settings: dict[str, object]) -> None:
    found = build("ilp", given_settings).select(problem, seed=0, report=quiet)
    for query, selection in enumerate(found):
        lacking, value = brute_force(problem, query, given_settings)
        if given_settings["coverage"] != "hard":
            value -= given_settings["price"] * lacking  # type: ignore[operator]
        assert selection.value == pytest.approx(value, abs=1e-9)
        assert selection.status in PROVEN
        assert selection.upper_bound == selection.value


@settings(max_examples=100, deadline=None)
@given(problem=problems(), given_settings=SETTINGS)
def test_the_reduction_loses_nothing(problem: SelectionProblem, given_settings: dict[str, object]) -> None:
    small = build("ilp", given_settings | {"full_pool": False}).select(problem, seed=0, report=quiet)
    whole = build("ilp", given_settings | {"full_pool": True}).select(problem, seed=0, report=quiet)
    assert [found.value for found in small] == pytest.approx([found.value for found in whole], abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    problem=problems(), name=st.sampled_from(sorted(selectors)), k=st.integers(1, 6), seed=st.integers(-5, 5)
)
def test_every_selector_keeps_its_promises(problem: SelectionProblem, name: str, k: int, seed: int) -> None:
    found = build(name, {"k": k}).select(problem, seed=seed, report=quiet)
    assert [selection.query for selection in found] == list(range(len(problem.similarity)))
    for query, selection in enumerate(found):
        _check(problem, query, selection, k)
    again = build(name, {"k": k}).select(problem, seed=seed, report=quiet)
    assert [selection.chosen for selection in again] == [selection.chosen for selection in found]


def _check(problem: SelectionProblem, query: int, selection: Selection, k: int) -> None:
    rows = set(problem.candidates(query).tolist())
    chosen = selection.chosen
    assert int(problem.own[query]) not in chosen
    assert set(chosen) <= rows
    assert len(chosen) == len(set(chosen)) == min(k, len(rows))
    assert list(selection.similarity) == sorted(selection.similarity, reverse=True)
    assert selection.similarity == tuple(problem.similarity[query, row] for row in chosen)
    assert len(selection.covers) == len(selection.confidence) == len(chosen)
    assert selection.value is not None
    assert selection.upper_bound is not None
    assert selection.upper_bound >= selection.value - 1e-12
    shown = {name for names in selection.covers for name in names}
    assert shown.isdisjoint(selection.uncovered)
    assert set(selection.uncoverable) <= set(selection.uncovered)
    for label in selection.uncoverable:
        assert not problem.counts[sorted(rows), problem.labels.index(label)].any()
    assert selection.seconds >= 0
