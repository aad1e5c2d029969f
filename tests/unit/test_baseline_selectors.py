"""The heuristic baselines: what each is for, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.errors import RecipeError
from core.selectors import SelectionProblem, build
from core.types import Selection


def problem(
    similarity: list[float], counts: list[list[int]], vectors: np.ndarray | None = None
) -> SelectionProblem:
    """One query; `vectors` (N, d) give the similarities among the items."""
    table = np.array(counts)
    return SelectionProblem(
        similarity=np.array([similarity]),
        own=np.array([-1]),
        counts=table,
        confidence=(table > 0) * 1.0,
        item_confidence=np.ones(len(table)),
        labels=tuple("ABC"[: table.shape[1]]),
        among=None if vectors is None else lambda rows: vectors[rows] @ vectors[rows].T,
    )


def choose(asked: SelectionProblem, name: str, **settings: object) -> Selection:
    (found,) = build(name, settings).select(asked, seed=0, report=lambda *_: None)
    return found


TWINS = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])


@pytest.mark.parametrize("name", ["mmr", "dpp"])
def test_a_twin_of_what_is_chosen_gives_way(name: str) -> None:
    asked = problem([0.9, 0.89, 0.7], [[1], [1], [1]], TWINS)
    assert choose(asked, name, k=2).chosen == (0, 2)
    assert choose(problem([0.9, 0.89, 0.7], [[1], [1], [1]]), name, k=2).chosen == (0, 1)


def test_relevance_alone_is_the_nearest() -> None:
    asked = problem([0.9, 0.89, 0.7], [[1], [1], [1]], TWINS)
    assert choose(asked, "mmr", k=2, relevance=1).chosen == (0, 1)


def test_only_the_nearest_may_be_chosen() -> None:
    asked = problem([0.9, 0.89, 0.7], [[1], [1], [1]], TWINS)
    assert choose(asked, "mmr", k=2, among=2).chosen == (0, 1)
    assert choose(asked, "dpp", k=2, among=2).chosen == (0, 1)


def test_label_by_label_rarest_first() -> None:
    asked = problem([0.9, 0.8, 0.7, 0.1], [[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 1]])
    found = choose(asked, "label_diverse", k=2)
    assert found.chosen == (0, 3)
    assert found.uncovered == ()
    assert choose(asked, "label_diverse", k=3).chosen == (0, 1, 3)
    assert (found.status, found.value, found.upper_bound) == (
        "heuristic",
        pytest.approx(1.0),
        pytest.approx(1.7),
    )


@pytest.mark.parametrize(
    "settings", [("mmr", {"relevance": 2}), ("dpp", {"sharpness": -1}), ("mmr", {"k": 0})]
)
def test_settings_that_make_no_sense_are_refused(settings: tuple[str, dict[str, object]]) -> None:
    with pytest.raises(RecipeError):
        build(*settings)


def test_random_exemplars_do_not_depend_on_how_queries_are_cut_into_blocks() -> None:
    size = 30
    whole = problem([0.0] * size, [[1]] * size)
    whole = replace(whole, similarity=np.eye(size), own=np.arange(size))
    together = [item.chosen for item in build("random", {"k": 4}).select(whole, seed=3, report=silent)]
    for rows in (slice(0, 7), slice(7, 30), slice(11, 12)):
        part = replace(whole, similarity=whole.similarity[rows], own=whole.own[rows])
        found = build("random", {"k": 4}).select(part, seed=3, report=silent)
        assert [item.chosen for item in found] == together[rows]
    other = build("random", {"k": 4}).select(whole, seed=4, report=silent)
    assert [item.chosen for item in other] != together


def silent(doing: str, done: int, total: int) -> None:
    """A report nobody reads."""
