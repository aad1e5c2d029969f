"""Acceptance: the exact engine against a solver on the full pool, and against the paper's own choices.

Every instance is a sentence of the paper's release under one setting; HiGHS solves the unreduced
program of all of them, CBC that of every tenth. What is printed is the largest difference.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.selectors import SelectionProblem, build
from core.selectors.exact import STATUS, Answers, Effort, Matrix, Wish, solve
from core.selectors.ilp import Ilp
from tests.real_pools import all_pools, pair_pool, tagger_pool

pytestmark = [pytest.mark.real, pytest.mark.slow]

SETTINGS = {
    "present": {},
    "plain": {"confidence": "none"},
    "ssp_seq": {"preset": "ssp_seq"},
    "ssp_nli": {"preset": "ssp_nli"},
    "dear": {"lambda": 0.1, "price": 3, "k": 5},
    "hard": {"coverage": "hard", "k": 4},
}
PER_SETTING = 40


def answers(problem: SelectionProblem, given: dict[str, object], effort: Effort) -> Answers:
    selector = build("ilp", given)
    assert isinstance(selector, Ilp)
    return solve(Matrix(problem.similarity), problem.own, selector.wish(problem), effort)


def first(problem: SelectionProblem, rows: np.ndarray) -> SelectionProblem:
    return replace(problem, similarity=problem.similarity[rows], own=problem.own[rows])


def test_every_choice_is_that_of_the_solver(mirror: Path) -> None:
    worst, seen, by_status = 0.0, 0, np.zeros(len(STATUS), dtype=int)
    for offset, (name, whole) in enumerate(all_pools(mirror)):
        for setting, given in SETTINGS.items():
            rows = np.arange(offset % 2, len(whole.own), 2)[:PER_SETTING]
            problem = first(whole, rows)
            fast = answers(problem, given, Effort())
            proof = answers(problem, given, Effort(full_pool=True, solver="highs"))
            gap = float(np.abs(fast.value - proof.value).max())
            assert gap <= 1e-9, (name, setting)
            assert (fast.uncovered.sum(axis=1) == proof.uncovered.sum(axis=1)).all() or setting != "hard"
            worst, seen = max(worst, gap), seen + len(rows)
            by_status += np.bincount(fast.status, minlength=len(STATUS))
    print(f"{seen} instances against HiGHS on the full pool: largest difference {worst:.1e}")
    print(dict(zip(STATUS, by_status.tolist(), strict=True)))
    assert seen >= 2000


def test_a_tenth_also_against_cbc(mirror: Path) -> None:
    worst, seen = 0.0, 0
    for _, whole in all_pools(mirror):
        for given in SETTINGS.values():
            problem = first(whole, np.arange(3, 99, 25))
            fast = answers(problem, given, Effort())
            proof = answers(problem, given, Effort(full_pool=True, solver="cbc"))
            worst, seen = max(worst, float(np.abs(fast.value - proof.value).max())), seen + len(fast.value)
    print(f"{seen} instances against CBC on the full pool: largest difference {worst:.1e}")
    assert worst <= 1e-9


RELEASED = {
    "fo": "translation/zgul_plus_outputs/fo_80percile_8ex_ILP_seq_grb_zgul_lam_100.0_v5.npy",
    "gsw": "translation/zgul_plus_outputs/gsw_80percile_8ex_ILP_seq_grb_zgul_lam_100.0_v5.npy",
    "hau": "zgul_outputs/hau_80percile_8ex_ILP_seq_grb_zgul_lam_100.0_100_v5.npy",
    "ibo": "zgul_outputs/ibo_80percile_8ex_ILP_seq_grb_zgul_lam_100.0_100_v5.npy",
    "lug": "zgul_outputs/lug_80percile_8ex_ILP_seq_grb_zgul_lam_100.0_100_v5.npy",
}


# Of the similarities behind these files nothing is known but that they were not released; those that
# were (NLI) spread over .22. Without them the terms at lambda 100 decide every row but hau's, where
# items 65 and 8 are .0162 apart: there similarity, which we do not have, chose.
SPREAD = 0.22


@pytest.mark.parametrize("language", RELEASED)
def test_released_selections(mirror: Path, language: str) -> None:
    path = mirror / "dair-iitd/SSP" / RELEASED[language]
    problem = tagger_pool(mirror, language, "plus" in path.parent.name)
    problem = replace(problem, similarity=np.zeros_like(problem.similarity))
    released = np.load(path, allow_pickle=False)
    selector = build("ilp", {"preset": "ssp_seq", "lambda": 100.0})
    assert isinstance(selector, Ilp)
    wish = selector.wish(problem)
    found = solve(Matrix(problem.similarity), problem.own, wish)
    differ = np.flatnonzero((np.sort(found.chosen, axis=1) != np.sort(released, axis=1)).any(axis=1))
    print(f"{language}: {100 - len(differ)} of 100 rows equal")
    for row in differ:
        ours, theirs = set(found.chosen[row].tolist()), set(released[row].tolist())
        gap = _terms(wish, found.chosen[row]) - _terms(wish, released[row])
        print(f"  row {row}: ours {ours - theirs}, theirs {theirs - ours}, terms {gap:.4f} apart")
        assert 0 <= gap <= SPREAD
    assert language == "hau" or not len(differ)


def _terms(wish: Wish, chosen: np.ndarray) -> float:
    """The objective but for similarity: lambda times confidence, less the price of what is missing."""
    missing = np.maximum(wish.demand - wish.counts[chosen].sum(axis=0), 0.0)
    return float(wish.worth[chosen].sum() - missing @ wish.price)


@pytest.mark.parametrize("language", ["aym", "gn"])
def test_no_other_set_is_better_on_the_released_similarities(mirror: Path, language: str) -> None:
    problem = pair_pool(mirror, language)
    found = answers(problem, {"preset": "ssp_nli"}, Effort())
    proof = answers(problem, {"preset": "ssp_nli"}, Effort(full_pool=True))
    assert (proof.value <= found.value + 1e-9).all()
