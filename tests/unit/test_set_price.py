"""A whole set at once: the same choices as one by one, and the price of coverage added up."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.set_price import choose_all
from core.store import Store
from core.what_if import try_one
from core.workbench import Workbench, of_dataset
from tests.ssp_command import Ssp, filled

pytestmark = pytest.mark.slow


@pytest.fixture
def bench(ssp: Ssp, tmp_path: Path) -> Workbench:
    target = filled(ssp, tmp_path)
    assert ssp("run", "ssp", "--dataset", target, "--source", "theirs", "--set", "k=2").code == 0
    with Store.open(tmp_path / "workspace") as store:
        return of_dataset(store, target)


@pytest.mark.parametrize("settings", [{"k": 1}, {"k": 2, "price": 5.0}, {"k": 2, "coverage": "hard"}])
def test_it_is_the_sum_of_its_queries(bench: Workbench, settings: dict[str, object]) -> None:
    rows = list(range(len(bench.queries)))
    together, price = choose_all(bench, settings, rows)
    alone = [try_one(bench, settings, row) for row in rows]
    assert [item.chosen for item in together] == [item.selection.chosen for item in alone]
    assert price is not None
    prices = [item.price for item in alone if item.price is not None]
    assert price.labels == sum(int(one.labels[0]) for one in prices)
    assert price.forced == sum(int(one.forced.sum()) for one in prices)
    assert price.doubtful == sum(int(one.doubtful.sum()) for one in prices)
    assert price.similarity == pytest.approx(sum(float(one.similarity[0]) for one in prices))
    assert price.worth == pytest.approx(sum(float(one.worth[0]) for one in prices))


def test_without_coverage_nothing_is_paid(bench: Workbench) -> None:
    _, price = choose_all(bench, {"k": 2, "coverage": "off"}, [0, 1])
    assert price is not None
    assert (price.labels, price.forced, price.similarity, price.worth) == (0, 0, 0.0, 0.0)


def test_other_selectors_have_no_price(bench: Workbench) -> None:
    found, price = choose_all(bench, {"name": "mmr", "k": 2}, [1, 3])
    assert price is None
    assert [item.query for item in found] == [1, 3]
