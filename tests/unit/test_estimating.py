"""An estimate before the run: what is known is used, what is not is stood in for and said."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.costs import Estimate, sampling
from core.costs.afterwards import cost_of, spending
from core.costs.estimating import estimate
from core.importing import import_file
from core.jobs.prepare import Request, prepare
from core.store import Store
from core.types import Completion, Instance
from tests.language_model_project import project
from tests.own_files import NER, choice, put

THERE = {
    "llm": "endpoint",
    "llm.base_url": "http://127.0.0.1:9/v1",
    "llm.model": "m",
    "llm.constrain": "none",
    "llm.logprobs": "off",
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    place = project(tmp_path_factory.mktemp("estimating"))
    with Store.open(place / "workspace") as opened:
        import_file(opened, choice(put(place, "names.bio", NER), "ner", "ha"))
        yield opened


def asked(recipe: str = "ssp", dataset: str = "mine", **more: str) -> Request:
    there = {key: value for key, value in THERE.items() if key != "llm" or recipe == "ssp"}
    settings = there | {key.replace("__", "."): value for key, value in more.items()}
    return Request(recipe, dataset, settings, ("theirs",))


def found(store: Store, request: Request) -> Estimate:
    return estimate(store, request, store.path.parent)


def test_exemplars_of_sources_are_certain_and_so_is_the_log(store: Store) -> None:
    said = found(store, asked("source_icl", stage1__k="2"))
    assert said.cached == 0
    assert said.calls.low == 6
    assert not any("stand in" in note for note in said.notes)
    away = found(store, replace(asked("source_icl", llm__base_url="https://api.example.org/v1"), limit=3))
    assert away.statement == (
        "3 sentences of mine (and up to 4 exemplar sentences of theirs) go to api.example.org (model m)."
    )
    assert (away.price, away.agree, away.leaves, away.costs) == (None, ("api.example.org",), True, True)
    assert "no price is known" in away.priced


def test_labels_that_are_not_there_yet_are_stood_in_for_and_said(store: Store) -> None:
    said = found(store, asked(k="2"))
    assert said.cached is None
    assert any("stand in" in note for note in said.notes)
    assert said.prompt_tokens.low < said.prompt_tokens.likely < said.prompt_tokens.high


@pytest.mark.parametrize("more", [{"embedder": "endpoint"}, {}])
def test_a_slow_embedder_or_a_large_pool_is_stood_in_for(
    store: Store, monkeypatch: pytest.MonkeyPatch, more: dict[str, str]
) -> None:
    """Neither is asked: the estimate stays quick, and does not call the exemplars certain."""
    if more:
        more = more | {"embedder.base_url": "http://127.0.0.1:9/v1", "embedder.model": "v"}
    else:
        monkeypatch.setattr(sampling, "POOL", 2)
    request = asked("source_icl", stage1__k="2")
    said = found(store, replace(request, overrides={**request.overrides, **more}))
    assert said.cached is None
    assert found(store, asked(k="2", **{key.replace(".", "__"): value for key, value in more.items()}))


def test_two_stages_and_samples_add_up(store: Store) -> None:
    one = found(store, asked("zeroshot", llm__repairs="0"))
    several = found(store, asked("zeroshot", llm__repairs="0", llm__confidence="samples", llm__samples="3"))
    both = found(store, asked(stage1="incontext", llm__repairs="0", k="2"))
    assert (one.calls.likely, several.calls.likely, both.calls.likely) == (6, 18, 12)
    assert several.prompt_tokens.likely == pytest.approx(3 * one.prompt_tokens.likely)


def test_answers_are_bounded_by_where_the_model_is_stopped(store: Store) -> None:
    free, short = (found(store, asked("zeroshot", llm__max_tokens=n, llm__repairs="0")) for n in ("0", "20"))
    assert short.completion_tokens.high == 6 * 20 < free.completion_tokens.high
    assert short.completion_tokens.likely <= 6 * 20


def test_a_server_nobody_tried_out_may_want_longer_answers(store: Store) -> None:
    rows, json, unknown = (
        found(store, asked("zeroshot", llm__repairs="0", llm__output=output, llm__constrain=held))
        for output, held in (("rows", "none"), ("json", "none"), ("auto", "auto"))
    )
    assert unknown.completion_tokens.likely == json.completion_tokens.likely > rows.completion_tokens.likely
    assert unknown.completion_tokens.low == rows.completion_tokens.low
    assert any("not tried out" in note for note in unknown.notes)
    assert not any("not tried out" in note for note in json.notes)


def test_no_model_no_cost(store: Store) -> None:
    said = found(store, Request("ssp", "mine", {"k": "2"}, ("theirs",)))
    assert (said.calls.high, said.costs, said.leaves, said.per_item) == (0, False, False, None)


def test_placeholders_are_as_frequent_as_in_the_sources_and_the_same_each_time(store: Store) -> None:
    ready = prepare(store, asked(k="2"))
    first, second = (sampling._placeholders(ready, random.Random(4)) for _ in range(2))
    assert first == second
    theirs = {label for record in ready.sources[0].records for label in record.labels or ()}
    assert {label for row in first for label in row.labels} <= theirs


def test_without_sources_entities_are_rare(store: Store) -> None:
    ready = prepare(store, asked("zeroshot", "names"))
    many = replace(ready, instances=[Instance(n, "test", ("a",) * 9, "a") for n in range(200)])
    drawn = Counter(label for row in sampling._placeholders(many, random.Random(1)) for label in row.labels)
    assert 0.85 < drawn["O"] / drawn.total() < 0.99


def call(n: int, **more: object) -> Completion:
    facts = {"prompt_tokens": 1_000, "completion_tokens": 10, "seconds": 2.0, **more}
    return Completion(f"k{n}", "gpt-4-1106-preview", "p", "prompt", "text", **facts)  # type: ignore[arg-type]


def test_recorded_calls_are_worth_what_they_cost_in_their_day(tmp_path: Path) -> None:
    run = {"n": 2, "meta": {}}
    spent = spending(run, [call(1), call(2, completion_tokens=None)], tmp_path)
    assert spent
    assert spent.worth == pytest.approx((2_000 * 10 + 10 * 30) / 1e6)
    assert (spent.untold, spent.paid, spent.asked, spent.seconds) == (1, None, False, 4.0)


def test_what_a_run_paid_itself_is_what_it_noted(tmp_path: Path) -> None:
    run = {"n": 1, "meta": {"llm": {"stage2": {"spent": {"price": 0.5, "currency": "USD", "cached": 7}}}}}
    spent = spending(run, [call(1, host="api.openai.com", parameters="{}")], tmp_path)
    assert spent
    assert (spent.paid, spent.cached, spent.asked) == (0.5, 7, True)
    assert spending(run, [], tmp_path) is None


def test_an_import_has_no_cost(store: Store) -> None:
    assert cost_of(store, "mine/gold", store.path.parent) is None
