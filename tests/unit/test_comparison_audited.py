"""What human labels say of the sides, and whether it stands for the rest."""

from __future__ import annotations

import pytest

from core.comparison import audited
from core.evaluation import evaluate
from core.intervals import Interval
from core.score_intervals import differences, intervals, tallies
from core.types import Labels
from tests.small_comparison import NER, comparison, drawn, noisy

GOLD = drawn(NER, 60)
ONE, TWO = noisy(GOLD, NER, 0.6, 1), noisy(GOLD, NER, 0.8, 2)
SOME: list[Labels | None] = [row if place % 2 else None for place, row in enumerate(GOLD)]
JUDGED = [row for row in SOME if row]


def odd(rows: list[Labels]) -> list[Labels]:
    return rows[1::2]


def test_the_figures_are_those_of_the_corrected_sentences() -> None:
    found = audited(comparison("ner", SOME, ONE, TWO, against="human"))
    assert found is not None
    assert (found.n_sentences, found.of_sentences, found.metric) == (30, 60, "span_f1")
    assert found.n_tokens == sum(map(len, JUDGED))
    first, second = (tallies("ner", JUDGED, odd(rows)) for rows in (ONE, TWO))
    assert found.sides == (intervals(first)["span_f1"], intervals(second)["span_f1"])
    assert found.differences == (None, differences(first, second)["span_f1"])
    one = found.sides[0]
    assert one is not None
    assert one.value == pytest.approx(evaluate("ner", JUDGED, odd(ONE))["span_f1"])


def test_chosen_sentences_are_not_called_a_random_sample() -> None:
    compared = comparison("ner", SOME, ONE, TWO, against="human")
    found = audited(compared)
    assert found is not None
    assert (found.at_random, found.complete) == (False, False)
    assert "30 of 60 sentences have human labels" in found.remark
    assert "not drawn at random" in found.remark
    said = audited(compared, at_random=True)
    assert said is not None
    assert "drawn at random: the intervals hold for all" in said.remark


def test_all_of_them_need_no_sample() -> None:
    whole = audited(comparison("ner", GOLD, ONE, TWO, against="human"))
    assert whole is not None
    assert whole.complete
    assert whole.remark == "All sentences compared have human labels."


def test_humans_are_not_held_against_themselves() -> None:
    found = audited(comparison("ner", GOLD, ONE, GOLD, against="human", human=True))
    assert found is not None
    assert isinstance(found.sides[0], Interval)
    assert found.sides[1] is None
    assert found.differences == (None, None)


def test_without_human_labels_nothing_is_said() -> None:
    assert audited(comparison("ner", GOLD, ONE, TWO)) is None
    assert audited(comparison("ner", None, ONE, TWO)) is None
    assert audited(comparison("ner", [None] * 60, ONE, TWO, against="human")) is None
