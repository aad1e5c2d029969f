"""What a correction is worth before it is made, and what the corrections were worth afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from core.evaluation import evaluate
from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.loop import round as loop_round
from core.loop.audit import blind_labels, difference, draw, estimates
from core.loop.budget import budget
from core.loop.curve import curve
from core.loop.inference import Estimate
from core.loop.material import Said
from core.loop.value import Material, Pairs, Worth, ordered, reason_of, values
from core.store import facts, views
from tests.unit.llm_project import quiet
from tests.unit.rerun_project import TARGET, Place, labels, parent, place

pytestmark = pytest.mark.slow

__all__ = ["parent", "place"]


def gold(place: Place) -> dict[int, tuple[str, ...]]:
    return {at: row.labels for at, row in views.predictions(place[0], f"{TARGET}/gold", "gold").items()}


@pytest.fixture
def clean(place: Place) -> Iterator[Place]:
    yield place
    for at in views.annotations(place[0], TARGET):
        facts.annotate(place[0], TARGET, at, None, author="Anna", action="undo")


def made_up(
    doubts: list[list[float]], forms: list[list[int]], prompts: list[int], said: list[int]
) -> Material:
    """Items by the doubts and forms of their words; every form is of one label."""
    owners = np.repeat(np.arange(len(doubts)), [len(row) for row in doubts])
    flat, codes = np.concatenate(doubts).astype(float), np.concatenate(forms)
    mass = np.bincount(codes, weights=flat, minlength=len(said)).astype(float)
    starts = np.concatenate([[0], np.cumsum([len(row) for row in forms])])
    pairs = Pairs(starts, codes, flat, mass, np.array(said))
    none = np.zeros(len(doubts), dtype=np.bool_)
    return Material(np.arange(len(doubts)), owners, flat, np.ones(len(flat)), pairs, np.array(prompts), none)


def test_doubt_comes_first_then_what_it_teaches() -> None:
    alone = made_up([[0.1, 0.1], [0.6, 0.6], [0.3]], [[0, 1], [2, 3], [4]], [0, 0, 0], [0] * 5)
    assert [row for row, _ in ordered(alone)] == [1, 2, 0]
    teaches = made_up([[0.3], [0.35], [0.3]], [[0], [1], [0]], [0, 0, 0], [0, 0])
    assert ordered(teaches)[0][0] == 0
    shown = made_up([[0.3], [0.35]], [[0], [1]], [40, 0], [0, 0])
    assert ordered(shown)[0][0] == 0


def test_what_one_correction_settles_is_not_counted_again() -> None:
    """Three items of one doubted form: the second of them comes after a different, slightly lesser item."""
    twice = made_up([[0.5], [0.5], [0.5], [0.8]], [[0], [0], [0], [1]], [0] * 4, [0, 0])
    first, second = (row for row, _ in ordered(twice)[:2])
    assert (first, second) == (0, 3)
    settled = made_up([[0.5], [0.5], [0.55]], [[0], [0], [1]], [0] * 3, [9, 0])
    assert ordered(settled)[0][0] == 2


def test_values_of_a_run(clean: Place, parent: str) -> None:
    store = clean[0]
    found = values(store, parent)
    assert sorted(row.position for row in found) == sorted(gold(clean))
    assert values(store, parent) is found
    assert all(isinstance(row, Worth) and row.reason for row in found)
    assert set(found[0].parts) == {"doubt", "forms", "prompts", "scarcity"}
    confidences = views.predictions(store, parent, "stage2")
    sums = {at: sum(1 - sure for sure in row.confidences or ()) for at, row in confidences.items()}
    assert all(row.parts["doubt"] >= sums[row.position] - 1e-4 for row in found)
    facts.annotate(store, TARGET, found[0].position, gold(clean)[found[0].position], author="Anna")
    assert found[0].position not in {row.position for row in values(store, parent)}


def test_reasons_say_what_counts() -> None:
    said = reason_of({"doubt": 2.25, "forms": 3.1, "prompts": 1.0, "scarcity": 1.5})
    assert said == (
        "about 2.2 labels probably wrong here; 3 more of the same forms elsewhere; shown in 1 prompt; "
        "has rare labels"
    )
    assert reason_of({"doubt": 0.1, "forms": 0.2, "prompts": 0.0, "scarcity": 1.0}).endswith("wrong here")


def test_expected_spans_are_counted_as_spans() -> None:
    names = ("O", "B-PER", "I-PER", "B-LOC")
    codes = np.array([1, 2, 0, 3, 1, 0], dtype=np.int32)
    sure = np.array([0.9, 0.6, 0.8, 0.7, 0.5, 1.0])
    made = Said(np.array([4, 7]), np.array([0, 4, 6]), codes, names, sure)
    assert made.labels(0) == ("B-PER", "I-PER", "O", "B-LOC")
    right, both = made.expected("span_f1")
    assert right.tolist() == pytest.approx([2 * (0.6 + 0.7), 2 * 0.5])
    assert both.tolist() == pytest.approx([2 + 1.3 + 0.2, 1 + 0.5 + 0.0])
    assert made.expected("token_accuracy")[0].tolist() == pytest.approx([3.0, 1.5])


@pytest.fixture(scope="module")
def audited(place: Place, parent: str) -> list[int]:
    """A random sample of 14; 12 were labelled blind, and one that was not drawn."""
    store, right = place[0], gold(place)
    drawn = draw(sorted(right), 14, seed=3)
    meta = {"seed": 3, "of": len(right), "run": parent, "stage": "stage2"}
    facts.add_queue(store, TARGET, "Audit", drawn, "at random", kind=facts.AUDIT, meta=meta)
    other = next(at for at in right if at not in drawn)
    for at in [*drawn[:12], other]:
        facts.annotate(store, TARGET, at, right[at], author="Ben", layer=facts.BLIND)
    return drawn


def test_a_sample_is_drawn_in_random_order() -> None:
    found = draw(range(100), 20, seed=1)
    assert len(set(found)) == 20
    assert found != sorted(found)
    assert found == draw(range(100), 20, seed=1) != draw(range(100), 20, seed=2)


def test_only_blind_items_that_were_drawn_count(place: Place, parent: str, audited: list[int]) -> None:
    store = place[0]
    found, drawn = blind_labels(store, TARGET)
    assert sorted(found) == sorted(audited[:12])
    assert drawn == set(audited)
    spans, words = estimates(store, parent)
    assert (spans.metric, words.metric) == ("span_f1", "token_accuracy")
    assert (spans.n_items, spans.of_items, spans.missing) == (12, 30, 2)
    assert words.alone is not None
    assert spans.alone is not None
    assert spans.combined is not None
    said, right = labels(store, parent), gold(place)
    rows = [right[at] for at in audited[:12]], [said[at] for at in audited[:12]]
    plain = evaluate("ner", *rows)
    assert spans.alone.value == pytest.approx(plain["span_f1"])
    assert words.alone.value == pytest.approx(plain["token_accuracy"])
    assert spans.combined.high - spans.combined.low <= spans.alone.high - spans.alone.low
    assert "12 of 30 items labelled blind" in spans.remark
    assert "2 that were drawn" in spans.remark


def test_blind_labels_stay_out_of_the_pool(place: Place, parent: str, audited: list[int]) -> None:
    assert not views.annotations(place[0], TARGET)
    assert audited[0] in {row.position for row in values(place[0], parent)}


def test_with_too_few_blind_items_nothing_is_claimed(place: Place, parent: str) -> None:
    bare, _ = run_here(*place, Request("ssp", "sample-ner-swa", sources=["sample-ner-eng"]), quiet)
    assert estimates(place[0], bare) == []
    found = budget(place[0], bare)
    assert found.noise is found.exemplars is found.more is None
    assert found.remark == "Not known yet: label 5 more items of a random sample blind."


def test_the_curve_of_a_loop(clean: Place, parent: str, audited: list[int]) -> None:
    store, right = clean[0], gold(clean)
    for at in (3, 8, 21):
        facts.annotate(store, TARGET, at, right[at], author="Anna", seconds=30.0)
    facts.annotate(store, TARGET, 5, right[5], author="Anna", seconds=4000.0)
    made = loop_round.here(*clean, parent, quiet)
    found = curve(store, parent)
    assert curve(store, made) == found
    assert [point.run for point in found.points] == [parent, made]
    assert [point.corrections for point in found.points] == [0, 4]
    assert [point.minutes for point in found.points] == pytest.approx([0.0, (90 + 120) / 60])
    assert (found.source, found.judged, found.metric) == ("gold", 26, "span_f1")
    others = [at for at in right if at not in (3, 5, 8, 21)]
    for point in found.points:
        given = labels(store, point.run)
        plain = evaluate("ner", [right[at] for at in others], [given[at] for at in others])["span_f1"]
        assert point.gold is not None
        assert point.gold.value == pytest.approx(plain)
        assert point.audit is not None
    gain = difference(store, parent, made)
    assert gain is not None
    assert gain.low < gain.value < gain.high
    rows = [right[at] for at in audited[:12]]
    before, after = (
        evaluate("ner", rows, [labels(store, run)[at] for at in audited[:12]])["span_f1"]
        for run in (parent, made)
    )
    assert gain.value == pytest.approx(after - before, abs=0.1)


def test_the_budget_falls_as_items_are_corrected(clean: Place, parent: str, audited: list[int]) -> None:
    store, right = clean[0], gold(clean)
    before = budget(store, parent)
    assert before.n_blind == 12
    assert isinstance(before.noise, Estimate)
    assert before.exemplars is not None
    assert before.more is not None
    assert before.more[1] <= before.more[0] <= before.more[2]
    _, words = estimates(store, parent, "consensus")
    wrong = words.combined
    assert wrong is not None
    assert before.noise.value == pytest.approx(1 - wrong.value)
    for row in values(store, parent)[:15]:
        facts.annotate(store, TARGET, row.position, right[row.position], author="Anna")
    after = budget(store, parent)
    assert after.exemplars is not None
    assert after.more is not None
    assert after.exemplars.value == 0.0
    assert after.more == (0, 0, 0)
    assert after.remark.startswith("Within the budget")
