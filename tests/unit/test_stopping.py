"""When an iteration stops, and which of its rounds to use."""

from __future__ import annotations

import pytest

from core.trust.stopping import Round, audit, best, moved, reason
from core.types import Prediction


def rows(*labels: str) -> dict[int, Prediction]:
    return {position: Prediction(position, tuple(text.split())) for position, text in enumerate(labels)}


def test_labels_that_moved() -> None:
    assert moved(rows("A B", "C"), rows("A C", "C")) == pytest.approx(1 / 3)
    assert moved({}, rows("A")) == 0.0


def test_the_audit_sees_corrected_items_alone() -> None:
    assert audit(rows("A B", "C", "A"), {0: ("A", "A"), 2: ("A",), 9: ("B",)}) == (pytest.approx(2 / 3), 3)
    assert audit(rows("A"), {}) == (None, 0)


START = Round("start", "II", 0.3)
HEARD = Round("start", "II", 0.3, 0.8, 50)


@pytest.mark.parametrize(
    ("rounds", "said"),
    [
        ([Round("start", "II", 0.0)], ""),
        ([START, Round("a", "III", 0.2)], ""),
        ([START, Round("a", "III", 0.009)], "settled"),
        ([START, Round("a", "III", 0.01)], ""),
        ([HEARD, Round("a", "III", 0.1, 0.9, 50)], ""),
        ([HEARD, Round("a", "III", 0.1, 0.8, 50)], "did not get better"),
        ([HEARD, Round("a", "III", 0.2, 0.9, 50), Round("b", "IV", 0.1, 0.7, 50)], "did not get better"),
        ([Round("start", "II", 0.3, 0.8, 9), Round("a", "III", 0.1, 0.7, 9)], ""),
        ([START, *[Round("a", "III", 0.2)] * 4], ""),
        ([START, *[Round("a", "III", 0.2)] * 5], "5 rounds"),
    ],
)
def test_why_to_stop(rounds: list[Round], said: str) -> None:
    found = reason(rounds)
    assert (said in found) if said else not found


def test_the_best_round_is_that_of_the_audit_else_the_last() -> None:
    heard = [Round("a", "III", 0.2, 0.9, 50), Round("b", "IV", 0.1, 0.8, 50)]
    assert best(heard).run == "a"
    assert best([Round("a", "III", 0.2), Round("b", "IV", 0.1)]).run == "b"
