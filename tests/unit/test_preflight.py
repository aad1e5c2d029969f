"""Preflight: what is said before Stage II, and what is advised."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.advice import verdict
from core.advice.noise import Share
from core.advice.preflight import of_run, preflight
from core.advice.scripts import overlap, scripts
from core.advice.verdict import CORRECT, GO, Seen, correct_first, decide
from core.errors import StudioError
from core.store import Store, facts
from core.tasks import tasks
from core.types import Dataset, Instance, Prediction, Record
from tests.unit.test_noise import PLAN, labelled, text

SEEN = Seen("pos", "crf", Share(0.2, 0.1, 0.3), 1.0, (), 0.2, 17, confidences=True)
POOL = [(1 - at / 100, at / 100, 10) for at in range(100)]
UPOS = tasks["pos"].labels


@pytest.mark.parametrize(("value", "advice"), [(0.2, "go"), (0.5, "mix"), (0.7, "correct")])
def test_the_advice_follows_the_noise_of_likely_exemplars(value: float, advice: str) -> None:
    assert GO["pos"] < 0.5 < CORRECT["pos"] < 0.7
    found = decide(replace(SEEN, exemplar_noise=Share(value, value - 0.1, value + 0.1)), POOL)
    assert found.advice == advice
    assert f"{100 * value:.0f} %" in found.reasons[0]
    assert (found.correct_first > 0) is (advice == "correct")


def test_another_script_is_to_be_corrected_where_the_crf_labelled() -> None:
    other = replace(SEEN, script_overlap=0.1)
    assert decide(other, POOL).advice == "correct"
    assert "10 % of the target's letters" in decide(other, POOL).reasons[0]
    assert decide(replace(other, labeler="imported"), POOL).advice == "go"


def test_what_is_missing_is_said() -> None:
    found = decide(replace(SEEN, missing=("INTJ", "SYM"), confidences=False), POOL)
    assert any("INTJ, SYM" in reason for reason in found.reasons)
    assert any("without confidences" in reason for reason in found.reasons)


@pytest.mark.parametrize(
    ("chance", "value", "advice"), [(1 / 3, 0.6, "correct"), (1 / 3, 0.4, "mix"), (1 / 3, 0.2, "go")]
)
def test_items_are_held_against_chance(chance: float, value: float, advice: str) -> None:
    seen = replace(SEEN, task="nli", exemplar_noise=Share(value, 0.0, 1.0), chance=chance, n_labels=3)
    found = decide(seen, POOL)
    assert found.advice == advice
    assert any("33 %" in reason for reason in found.reasons)


def test_how_many_to_correct_is_the_least_number_that_is_enough() -> None:
    same = [(0.9, 0.6, 10)] * 100
    n = correct_first(same, 0.3)
    assert n == 25, "half of the fifty likely exemplars"
    assert correct_first(same, 0.0) == 50
    assert correct_first(same, 0.7) == verdict.FEWEST
    assert correct_first([(1.0, 0.9, 3)], 0.1) == 1


def test_scripts_are_those_of_letters() -> None:
    def of(*texts: str) -> dict[str, float]:
        return scripts([Instance(at, "test", (), said) for at, said in enumerate(texts)])

    assert list(of("Привет, мир! 12", "abc")) == ["CYRILLIC", "LATIN"]
    assert overlap(of("Привет"), of("abc")) == 0.0
    assert overlap(of("áb"), of("abc")) == 1.0
    assert overlap(of("..."), of("abc")) == 1.0


def test_a_preflight_says_everything_about_labels() -> None:
    items, rows = text(60), labelled(60, 0.0, PLAN, PLAN, 0.95)
    gold = Record(Instance(0, "train", ("oh", "no"), "oh no"), ("INTJ", "NOUN"))
    found = preflight("pos", items, rows, UPOS, sources=[gold], labeler="crf")
    assert (found.n_items, found.n_labels, found.confidences) == (60, 420, True)
    assert found.never_but_in_sources == ("INTJ",)
    assert {"INTJ", "SYM"} <= set(found.never_predicted)
    assert found.scripts == found.source_scripts == ("LATIN",)
    assert found.script_overlap == 1.0
    assert found.chance == pytest.approx(2 / 7)
    assert sorted(found.order) == list(range(60))
    shares = [found.by_item[at] for at in found.order]
    assert shares == sorted(shares, reverse=True)
    assert "GPT-4" in found.from_llm
    unknown = preflight("pos", items, rows, UPOS)
    assert unknown.script_overlap is None
    assert unknown.never_but_in_sources == ()


def test_labels_replaced_at_random_are_to_be_corrected_first() -> None:
    items = text(200)
    for sure in (0.95, None):
        bad = preflight("pos", items, labelled(200, 0.75, UPOS, PLAN, sure), UPOS, labeler="crf")
        assert bad.advice == "correct"
        assert 10 <= bad.correct_first <= 100
        good = preflight("pos", items, labelled(200, 0.0, UPOS, PLAN, sure), UPOS, labeler="crf")
        assert good.advice != "correct"


def test_a_stored_run_is_looked_at_with_its_sources(store: Store) -> None:
    gold = [Record(item, PLAN) for item in text(40)]
    facts.add_dataset(store, Dataset("d", "d", "fao", "pos", UPOS), gold)
    facts.add_dataset(store, Dataset("s", "s", "isl", "pos", UPOS), [Record(text(1)[0], PLAN)])
    rows = labelled(30, 0.1, UPOS, PLAN, 0.9)
    meta = {"sources": [{"dataset": "s"}, {"dataset": "gone"}]}
    run = facts.add_import_run(store, "d", "mine", stage1=rows, stage2=None, meta=meta)
    found = of_run(store, run)
    assert (found.run, found.n_items) == ("d/mine", 30)
    assert found.script_overlap == 1.0
    with pytest.raises(StudioError, match="no Stage-I labels"):
        of_run(store, "d/gold")


def test_a_run_of_labels_without_words_is_looked_at(store: Store) -> None:
    items = [Instance(at, "test", (), f"premise {at}", "b") for at in range(6)]
    names = tasks["nli"].labels
    facts.add_dataset(store, Dataset("n", "n", "grn", "nli", names), [Record(item) for item in items])
    rows = [Prediction(at, ("neutral",), None) for at in range(6)]
    found = of_run(store, facts.add_import_run(store, "n", "mine", stage1=rows, stage2=None))
    assert found.chance == pytest.approx(1 / 3)
    assert found.from_llm == ""
    assert not found.confidences


def test_of_a_large_run_a_sample_is_looked_at_and_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    items = [Instance(at, "test", ("a", "b"), "a b") for at in range(25)]
    facts.add_dataset(store, Dataset("n", "N", "fao", "pos", ("X", "Y")), [Record(item) for item in items])
    rows = [Prediction(at, ("X", "Y"), (0.9, 0.8)) for at in range(25)]
    run = facts.add_import_run(store, "n", "mine", stage1=rows, stage2=None)
    whole = of_run(store, run)
    monkeypatch.setattr("core.advice.preflight.LOOKED_AT", 10)
    found = of_run(store, run)
    assert (whole.n_items, found.n_items) == (25, 9)
    assert set(found.order) == set(range(0, 25, 3))
    assert "9 of 25 items" in found.reasons[-1]
    assert "items, evenly" not in " ".join(whole.reasons)
