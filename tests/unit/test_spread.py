"""How much the form of a prompt decides."""

from __future__ import annotations

import pytest

from core.trust.spread import METRIC, OUTPUTS, presets, sensitivity
from core.types import Labels

GOLD: dict[int, Labels] = dict.fromkeys(range(20), ("NOUN", "VERB", "ADP"))
HALF: dict[int, Labels] = {n: ("NOUN", "NOUN", "NOUN") if n % 2 else GOLD[n] for n in GOLD}


@pytest.mark.parametrize(("unit", "n"), [("token", 12), ("item", 8)])
def test_every_output_order_and_language_is_a_preset(unit: str, n: int) -> None:
    found = presets(unit, ("eng", "fao"))
    assert len(found) == n
    assert len({preset.name for preset in found}) == n
    assert {preset.output for preset in found} == set(OUTPUTS[unit])


def test_forms_are_compared_with_each_other_and_with_gold() -> None:
    found = sensitivity("pos", {"one": GOLD, "two": HALF}, GOLD)
    assert found.agreement == pytest.approx(1 - 10 * 2 / 60)
    assert found.score == {"one": 1.0, "two": pytest.approx(2 / 3)}
    assert found.spread is not None
    gap, low, high = found.spread
    assert gap == pytest.approx(1 / 3)
    assert 0 < low < gap < high
    assert "Report the form" in found.words


def test_a_gap_that_may_be_chance_is_called_so() -> None:
    nearly = {**GOLD, 3: ("NOUN", "VERB", "VERB")}
    assert "may be chance" in sensitivity("pos", {"one": GOLD, "two": nearly}, GOLD).words


def test_without_gold_there_is_agreement_alone() -> None:
    found = sensitivity("pos", {"one": GOLD, "two": HALF}, {})
    assert (found.spread, found.score) == (None, {})
    assert "decides part" in found.words
    assert "hardly matters" in sensitivity("pos", {"one": GOLD, "two": GOLD}, {}).words


def test_items_that_one_form_lacks_do_not_count() -> None:
    assert sensitivity("pos", {"one": GOLD, "two": {0: GOLD[0]}}, GOLD).items == 1


@pytest.mark.parametrize("task", METRIC)
def test_every_task_has_a_metric(task: str) -> None:
    labels = {0: ("B-PER", "O"), 1: ("O", "O")} if task == "ner" else {0: ("A",), 1: ("B",)}
    found = sensitivity(task, {"one": labels, "two": labels}, labels)  # type: ignore[arg-type]
    assert set(found.score.values()) == {1.0}
