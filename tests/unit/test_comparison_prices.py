"""What the sides of a comparison cost: from what the runs stored, and never a 0 for what nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.calls.pricing import FILE
from core.comparison import Side, change_counts, load
from core.costs.afterwards import cost_of
from core.costs.comparing import prices
from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.settings import with_workspace
from core.store import Store, facts, views
from core.types import Prediction
from tests.fake_llm import FakeLLM, serving
from tests.language_model_project import project as small

pytestmark = pytest.mark.slow

PRICES = """[[price]]
model = "*"
host = "127.0.0.1"
prompt = 10.0
completion = 30.0
currency = "USD"
source = "me"
date = "2026-01-01"
"""
MISSING = ("seconds", "calls", "prompt_tokens", "completion_tokens", "money", "paid")


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeLLM]:
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, fake: FakeLLM) -> Iterator[tuple[Store, list[str]]]:
    """A store with a run of SSP, the same run once more from the log of calls, and one with no model."""
    place = with_workspace(small(tmp_path_factory.mktemp("project")) / "workspace")
    asked = {"llm": "endpoint", "llm.base_url": fake.url, "llm.model": fake.model}
    asked |= {"llm.constrain": "none", "llm.logprobs": "off", "k": "2", "llm.concurrency": "1"}
    with pytest.MonkeyPatch.context() as patch, Store.open(place.workspace) as store:
        patch.setenv("SSP_LLM_KEY", "planted-key-0815")
        runs = [
            run_here(store, place, Request("ssp", "mine", more, ("theirs",)), lambda *_: None)[0]
            for more in (asked, asked | {"llm.repairs": "1"}, {"k": "2"})
        ]
        yield store, runs


def rows(store: Store, sides: list[Side], against: str = "gold", workspace: Path | None = None) -> list[Any]:
    compared = load(store, "mine", sides, against)
    return list(prices(store, compared, workspace or store.path.parent).itertuples())


def test_a_run_is_priced_over_its_own_stage_one(project: tuple[Store, list[str]], tmp_path: Path) -> None:
    store, (run, *_) = project
    (tmp_path / FILE).write_text(PRICES, "utf8")
    sides = [Side(run, "stage1"), Side(run, "stage2")]
    before, after = rows(store, sides, workspace=tmp_path)
    cost = cost_of(store, run, tmp_path)
    assert cost is not None
    assert (after.side, after.over) == (f"{run}@stage2", f"{run}@stage1")
    spent = cost.spending
    assert (after.calls, after.prompt_tokens) == (spent.calls, spent.prompt_tokens)
    assert after.completion_tokens == spent.completion_tokens
    assert after.money == pytest.approx((spent.prompt_tokens * 10 + spent.completion_tokens * 30) / 1e6)
    counts = change_counts(load(store, "mine", sides, "gold"))
    assert cost.changes is not None
    assert (after.changed, after.fixed, after.broken) == (
        cost.changes.changed, cost.changes.fixed, cost.changes.broken,
    ) == (counts["changed"], counts["fixed"], counts["broken"])  # fmt: skip
    assert after.net == after.fixed - after.broken
    assert after.seconds == views.run(store, run)["meta"]["seconds"] > 0
    if after.fixed:
        assert after.money_per_fixed == pytest.approx(after.money / after.fixed)
        assert after.seconds_per_fixed == pytest.approx(after.seconds / after.fixed)
    else:
        assert (after.money_per_fixed, after.seconds_per_fixed) == (None, None)
    assert [getattr(before, name) for name in MISSING] == [None] * len(MISSING)
    assert (before.over, before.fixed) == ("", None)


def test_answers_from_the_log_took_no_time_that_could_be_told(project: tuple[Store, list[str]]) -> None:
    store, (run, again, _) = project
    first, second = rows(store, [Side(run, "stage2"), Side(again, "stage2")])
    assert first.seconds is not None
    assert (second.seconds, second.seconds_per_fixed) == (None, None)
    assert "answers were in the log" in second.remark
    assert second.calls == first.calls


def test_where_no_model_was_asked_there_is_time_but_no_money(project: tuple[Store, list[str]]) -> None:
    store, (_, _, offline) = project
    (found,) = rows(store, [Side(offline, "stage2")])
    assert found.seconds > 0
    assert [getattr(found, name) for name in MISSING[1:]] == [None] * 5
    assert found.over == f"{offline}@stage1"


def test_without_a_reference_only_changes_are_told(project: tuple[Store, list[str]]) -> None:
    store, (run, *_) = project
    (found,) = rows(store, [Side(run, "stage2")], "")
    assert found.changed is not None
    assert (found.fixed, found.broken, found.net, found.money_per_fixed) == (None,) * 4
    assert "a change need not be a correction" in found.remark


def test_all_sentences_of_a_run_are_paid_for(project: tuple[Store, list[str]]) -> None:
    """Another side that has but one sentence in common takes nothing from what the run fixed."""
    store, (_, _, offline) = project
    words = views.word_column(store, "mine")
    size = int(words.offsets[1])
    part = facts.add_import_run(store, "mine", "part", stage1=[Prediction(0, ("ADV",) * size)], stage2=None)
    whole = rows(store, [Side(offline, "stage1"), Side(offline, "stage2")])[1]
    both = rows(store, [Side(offline, "stage2"), Side(offline, "stage1"), Side(part, "stage1")])
    assert (both[0].changed, both[0].fixed, both[0].broken) == (whole.changed, whole.fixed, whole.broken)
    assert "brought along" in both[2].remark
    assert both[2].seconds is None


def test_humans_have_no_price_here(project: tuple[Store, list[str]]) -> None:
    store, (run, *_) = project
    size = int(views.word_column(store, "mine").offsets[1])
    facts.annotate(store, "mine", 0, ("ADV",) * size, author="a")
    human, _ = rows(store, [Side("", "human"), Side(run, "stage2")])
    assert human.side == "human"
    assert human.remark == "What human work cost is not counted here."
    assert human.seconds is None
