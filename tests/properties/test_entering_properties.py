"""What it takes to show another item: the same as trying every place it could take."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from core.selectors.exact import Effort, solve
from core.selectors.exact.entering import way_in
from tests.properties.test_exact_properties import Case, _outcome, cases

pytestmark = pytest.mark.slow


@settings(max_examples=300, deadline=None)
@given(case=cases())
def test_the_cheapest_place_is_found(case: Case) -> None:
    answers = solve(case.scores, case.own, case.wish, Effort())
    for query in range(len(case.own)):
        for item in range(len(case.wish.worth)):
            found = way_in(case.scores, case.own, case.wish, answers, query, item)
            expected = cheapest(case, query, item, answers.chosen[query], answers.uncoverable[query])
            assert (found is None) == (expected is None)
            if found and expected:
                assert (found.missing, found.loses) == pytest.approx(expected, abs=1e-9)
                assert found.loses > -1e-9 or case.wish.hard


def cheapest(
    case: Case, query: int, item: int, row: np.ndarray, uncoverable: np.ndarray
) -> tuple[float, float] | None:
    """(tokens more missed, objective lost) by trying every place."""
    wish, chosen = case.wish, [int(j) for j in row if j >= 0]
    if item in chosen or item == case.own[query] or not np.isfinite(wish.worth[item]):
        return None
    now = _outcome(case, query, chosen, ~uncoverable)
    tried = []
    for place in chosen:
        after = [item if j == place else j for j in chosen]
        if place in wish.pins or not all(limit.weights[after].sum() <= limit.most for limit in wish.limits):
            continue
        then = _outcome(case, query, after, ~uncoverable)
        lost = now[1] - then[1] + (0 if wish.hard else then[0] - now[0])
        tried.append((_missing(case, after, uncoverable) - _missing(case, chosen, uncoverable), lost))
    if not tried:
        return None
    return min(tried, key=lambda pair: (round(pair[0], 9) if wish.hard else 0.0, pair[1]))


def _missing(case: Case, chosen: list[int], uncoverable: np.ndarray) -> float:
    wish = case.wish
    demand = np.where(uncoverable, 0.0, np.ceil(wish.demand) if wish.hard else wish.demand)
    return float(np.maximum(demand - wish.counts[chosen].sum(axis=0), 0.0).sum())
