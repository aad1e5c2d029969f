"""Choosing under other settings: one query explained and a whole set in figures, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core import what_if
from core.choosing import Candidates
from core.errors import RecipeError
from core.types import Dataset, Exemplar, Instance, Selection
from core.what_if import VARIANTS, figures, queries_of, side_by_side, try_one
from core.workbench import Workbench

OUTSIDE = 5
"""The query that is not in the pool."""
TABLE = np.array(
    [
        [1.0, 0.6, 0.2, 0.1, 0.5],
        [0.6, 1.0, 0.4, 0.3, 0.1],
        [0.2, 0.4, 1.0, 0.2, 0.3],
        [0.1, 0.3, 0.2, 1.0, 0.4],
        [0.5, 0.1, 0.3, 0.4, 1.0],
        [0.9, 0.8, 0.3, 0.1, 0.7],
    ]
)
"""Similarities of six queries to five items; the items are the first five queries."""
COUNTS = np.array([[1, 0, 0], [2, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]])
CONFIDENCE = np.array([[0.9, 0, 0], [0.7, 0.5, 0], [0, 0.95, 0], [0, 0, 0.2], [0.7, 0, 0]])
# thresholds at 0.8: A .9 (of .7 .7 .9), B .95, C .2; so the terms are 0, -.65, 0, 0, -.2


def silent(doing: str, done: int, total: int) -> None:
    assert doing
    assert 0 <= done <= total


@pytest.fixture
def bench() -> Workbench:
    """Six sentences at positions 10 to 15, each named by its row; five of them are the pool."""
    queries = [Instance(10 + row, "test", (str(row),), str(row)) for row in range(6)]
    pool = [Exemplar("d", item, ("A",), (0.5,)) for item in queries[:5]]
    ready = Candidates(
        labels=("A", "B", "C"),
        counts=COUNTS,
        confidence=CONFIDENCE,
        item_confidence=np.array([0.9, 0.63, 0.95, 0.2, 0.7]),
        lengths=np.ones(5, dtype=np.int64),
        rows={10 + row: row for row in range(5)},
        texts=[str(row) for row in range(5)],
        compare=lambda texts: TABLE[[int(text) for text in texts]],
    )
    return Workbench(Dataset("d", "D", "fao", "pos", ("A", "B", "C")), queries, pool, ready, {})


def test_one_query_is_explained(bench: Workbench) -> None:
    """Scores .9, .15, .3, .1, .5: the three best lack C, which costs 1."""
    tried = try_one(bench, {"k": 3}, OUTSIDE)
    assert tried.selection.chosen == (0, 2, 3)
    assert tried.selection.value == pytest.approx(1.3)
    assert tried.found == tried.selection.status == "search"
    assert tried.similarity.tolist() == TABLE[OUTSIDE].tolist()
    assert [pick.row for pick in tried.picks] == [0, 2, 3]
    assert [pick.loser for pick in tried.picks] == [4, 1, 4]
    assert [pick.loses for pick in tried.picks] == pytest.approx([0.4, 0.15, 0.6])
    assert [pick.worth for pick in tried.picks] == pytest.approx([0, 0, 0])
    assert tried.price is not None
    assert tried.price.labels.tolist() == [1]
    assert tried.price.similarity == pytest.approx([0.6])
    assert tried.price.worth == pytest.approx([-0.2])
    assert tried.price.forced.tolist() == [[0, 0, 1]]
    assert not np.any(tried.price.doubtful)


def test_the_best_by_score_may_be_the_best(bench: Workbench) -> None:
    tried = try_one(bench, {"k": 2, "coverage": "off"}, OUTSIDE)
    assert tried.selection.chosen == (0, 4)
    assert tried.found == tried.selection.status == "certificate"
    assert tried.selection.value == pytest.approx(1.4)


def test_the_solver_says_so(bench: Workbench) -> None:
    tried = try_one(bench, {"k": 3, "full_pool": True}, OUTSIDE)
    assert tried.selection.chosen == (0, 2, 3)
    assert tried.found == tried.selection.status == "milp"


@pytest.mark.parametrize("name", ["similarity", "random", "mmr", "dpp", "label_diverse", "set_bsr", "vote_k"])
def test_a_baseline_has_no_program_to_explain(bench: Workbench, name: str) -> None:
    tried = try_one(bench, {"name": name, "k": 3}, OUTSIDE)
    assert len(tried.selection.chosen) == 3
    assert (tried.picks, tried.price, tried.found) == ((), None, "heuristic")
    assert tried.similarity.tolist() == TABLE[OUTSIDE].tolist()
    assert try_one(bench, {"name": name, "k": 3}, OUTSIDE).selection.chosen == tried.selection.chosen


def test_the_nearest_are_the_nearest(bench: Workbench) -> None:
    assert try_one(bench, {"name": "similarity", "k": 3}, OUTSIDE).selection.chosen == (0, 1, 4)
    assert try_one(bench, {"name": "similarity", "k": 2}, 0).selection.chosen == (1, 4)


def test_pins_and_bans_are_positions(bench: Workbench) -> None:
    pinned = try_one(bench, {"k": 2, "coverage": "off", "pin": "14"}, OUTSIDE)
    assert pinned.selection.chosen == (0, 4)
    assert [pick.pinned for pick in pinned.picks] == [False, True]
    banned = try_one(bench, {"k": 2, "coverage": "off", "ban": "10"}, OUTSIDE)
    assert banned.selection.chosen == (4, 2)
    with pytest.raises(RecipeError, match="sentence 15 is not in the pool"):
        try_one(bench, {"pin": "15"}, OUTSIDE)


def test_settings_that_do_not_exist_are_refused(bench: Workbench) -> None:
    with pytest.raises(RecipeError):
        try_one(bench, {"kk": 2}, OUTSIDE)


def selection(query: int, chosen: tuple[int, ...]) -> Selection:
    similarity = tuple(TABLE[query, list(chosen)].tolist())
    confidence = tuple([0.9, 0.63, 0.95, 0.2, 0.7][row] for row in chosen)
    return Selection(query, chosen, similarity, confidence, (), None, None, "recorded")


def test_a_set_in_figures(bench: Workbench) -> None:
    found = figures(bench, [selection(OUTSIDE, (0, 2, 3)), selection(0, (1, 4, 2))], {})
    assert found == pytest.approx(
        {
            "queries": 2,
            "distinct": 5,
            "core_share": 4 / 6,  # item 2 twice, two others once
            "similarity": (0.9 + 0.3 + 0.1 + 0.6 + 0.5 + 0.2) / 6,
            "confidence": (0.9 + 0.95 + 0.2 + 0.63 + 0.7 + 0.95) / 6,
            "above_tau": 4 / 7,  # of A; A B; B twice; C; A: the first A, both B of item 2, and C
            "covered": (3 / 3 + 2 / 3) / 2,
            "within": ((0.2 + 0.1 + 0.2) / 3 + (0.1 + 0.4 + 0.3) / 3) / 2,
        }
    )


def test_the_threshold_is_that_of_the_settings(bench: Workbench) -> None:
    sets = [selection(OUTSIDE, (0, 1, 4))]
    assert figures(bench, sets, {})["above_tau"] == pytest.approx(1 / 4)
    assert figures(bench, sets, {"percentile": "0"})["above_tau"] == pytest.approx(4 / 4)


def test_a_label_only_the_query_carries_is_not_asked_for(bench: Workbench) -> None:
    assert figures(bench, [selection(3, (0, 2, 4))], {})["covered"] == 1.0
    assert figures(bench, [selection(OUTSIDE, (0, 2, 4))], {})["covered"] == pytest.approx(2 / 3)


def test_one_prompt_for_all_is_a_core_of_one(bench: Workbench) -> None:
    found = figures(bench, [selection(OUTSIDE, (0, 1)), selection(4, (0, 1))], {})
    assert (found["core_share"], found["distinct"]) == (1.0, 2.0)
    assert figures(bench, [selection(OUTSIDE, (3,))], {})["within"] == 0.0


@pytest.mark.parametrize("sets", [[], [selection(OUTSIDE, ())]])
def test_nothing_chosen_is_nothing(bench: Workbench, sets: list[Selection]) -> None:
    found = figures(bench, sets, {})
    assert found.pop("queries") == len(sets)
    assert set(found.values()) == {0.0}


def test_side_by_side_has_every_variant(bench: Workbench) -> None:
    told: list[tuple[str, int, int]] = []
    found = side_by_side(bench, {"k": 2, "lambda": 0.5}, lambda *step: told.append(step))
    assert list(found) == ["these settings", *VARIANTS]
    assert [name for name, _, _ in told] == list(found)
    assert {given["queries"] for given in found.values()} == {6.0}
    for name, given in VARIANTS.items():
        chosen = bench.choose({**given, "k": 2}, silent)
        assert all(len(one.chosen) == 2 for one in chosen)
        assert found[name] == figures(bench, chosen, given)
    own: dict[str, Any] = {"k": 2, "lambda": 0.5}
    assert found["these settings"] == figures(bench, bench.choose(own, silent), own)
    assert {"set coverage (Set-BSR)", "vote-k"} <= set(found)
    assert found["similarity only"]["similarity"] == max(given["similarity"] for given in found.values())


def test_of_a_large_set_some_queries_spread_over_it(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert queries_of(bench) == [0, 1, 2, 3, 4, 5]
    monkeypatch.setattr(what_if, "LARGEST_SET", 3)
    assert queries_of(bench) == [0, 2, 5]
    found = side_by_side(bench, {"k": 1}, silent)
    assert {given["queries"] for given in found.values()} == {3.0}
