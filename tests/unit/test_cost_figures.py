"""Figures around the cost of asking: pace, projection, shares, repairs, what labels cost."""

from __future__ import annotations

import pytest

from core.calls.pricing import Price
from core.costs import PerItem, Range
from core.costs.afterwards import compared
from core.costs.pace import Pace
from core.costs.repairs import UNKNOWN, repairs_of
from core.costs.scale import table
from core.costs.shares import share
from core.types import Prediction

TWO_SECONDS = Range(1.0, 2.0, 4.0)
PRICE = Price("m", "h", 2.0, 8.0, "USD")


def sure(value: float) -> Range:
    return Range(value, value, value)


def test_calls_at_a_time_divide_the_time() -> None:
    assert Pace(TWO_SECONDS, 8).of(sure(800), sure(0)) == Range(100.0, 200.0, 400.0)
    assert Pace(TWO_SECONDS, 8).of(sure(2), sure(0)) == Range(1.0, 2.0, 4.0)


@pytest.mark.parametrize(
    ("pace", "seconds"),
    [
        (Pace(TWO_SECONDS, 100, requests_per_minute=60), 1000.0),
        (Pace(TWO_SECONDS, 100, tokens_per_minute=100_000), 600.0),
        (Pace(TWO_SECONDS, 10, requests_per_minute=600, tokens_per_minute=10_000_000), 200.0),
        (Pace(None, 10, requests_per_minute=60), 1000.0),
    ],
)
def test_the_limit_that_binds_counts(pace: Pace, seconds: float) -> None:
    found = pace.of(sure(1000), sure(1_000_000))
    assert found
    assert found.likely == pytest.approx(seconds)


def test_without_a_measurement_nothing_is_said_of_time() -> None:
    assert Pace(None).of(sure(10), sure(10)) is None


def test_larger_sizes_are_projected_and_marked() -> None:
    one = PerItem(1.1, 2_000.0, 50.0, "measured", 100)
    rows = table(one, Pace(TWO_SECONDS, 8, requests_per_minute=6_000), PRICE)
    assert [(row.items, row.basis) for row in rows] == [
        (100, "measured"), (1_000, "projected"), (10_000, "projected"), (100_000, "projected"),
    ]  # fmt: skip
    assert rows[0].price == pytest.approx(100 * (2_000 * 2 + 50 * 8) / 1e6)
    assert rows[3].price == pytest.approx(1_000 * rows[0].price)
    assert rows[3].seconds == pytest.approx(110_000 * 2 / 8)
    assert table(one, Pace(None), None)[0].seconds is None
    assert table(one, Pace(None), None)[0].price is None


def test_a_share_of_nothing_seen_is_not_nothing() -> None:
    assert share(0, 0) == Range(0.0, 0.0, 1.0)
    none = share(0, 30)
    assert (none.low, none.likely) == (0.0, 0.0)
    assert none.high == pytest.approx(0.1135, abs=1e-3)
    assert share(30, 30).low == pytest.approx(1 - none.high)


def test_repairs_are_learned_from_what_was_asked() -> None:
    assert repairs_of({"ok": 90, "repaired": 10}, 0).calls == Range(0.0, 0.0, 0.0)
    assert repairs_of({}, 1).calls == UNKNOWN
    learned = repairs_of({"ok": 90, "repaired": 6, "unparseable": 4, "failed": 0}, 2)
    assert (learned.calls.likely, learned.known_from) == (0.1, 100)
    assert learned.calls.low < 0.1 < learned.calls.high


def rows(*labels: str) -> dict[int, Prediction]:
    return {position: Prediction(position, tuple(text.split())) for position, text in enumerate(labels)}


def test_fixed_and_broken_labels_are_counted_apart() -> None:
    before, after = rows("A A A", "B B", "C"), rows("A B C", "B C", "C")
    found = compared(before, after, rows("A B A", "B C", "A"))
    assert (found.labels, found.changed, found.fixed, found.broken) == (6, 3, 2, 1)
    without = compared(before, after, {})
    assert (without.changed, without.fixed, without.broken, without.against) == (3, None, None, "no gold")


def test_items_without_gold_are_neither_fixed_nor_broken() -> None:
    found = compared(rows("A", "A"), rows("B", "B"), {0: Prediction(0, ("B",))})
    assert (found.changed, found.fixed, found.broken) == (2, 1, 0)
