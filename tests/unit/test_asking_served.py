"""Asking a server: whatever goes wrong, each item ends once; what was asked before is not asked again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.settings import Settings
from core.store import Store, views
from core.types import OUTCOMES
from tests.fake_llm import FakeLLM, serving
from tests.unit.job_project import chosen, project

pytestmark = pytest.mark.slow

__all__ = ["chosen", "project"]

FAULTS = {
    "500": 0.05,
    "code-fences": 0.2,
    "wrong-rows": 0.2,
    "truncated": 0.1,
    "refusal": 0.1,
    "garbage": 0.1,
}


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSP_LLM_KEY", "OPENAI_API_KEY", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def fake() -> Iterator[FakeLLM]:
    with serving(dialect="vllm") as server:
        yield server


def quiet(_stage: str, _done: int, _total: int) -> None:
    return None


def run(store: Store, settings: Settings, fake: FakeLLM, recipe: str, **more: str) -> str:
    said = {"llm": "endpoint", "llm.model": fake.model, "llm.base_url": fake.url, "llm.constrain": "none"}
    said |= {"llm.logprobs": "off"} | {key.replace("__", "."): value for key, value in more.items()}
    return run_here(store, settings, Request(recipe, "target", said, ["source"]), quiet)[0]


@pytest.mark.parametrize("style", ["rows", "json", "inline"])
def test_every_item_ends_once(project: Store, chosen: Settings, style: str) -> None:
    with serving(dialect="openai", faults=FAULTS, seed=5) as fake:
        run_id = run(project, chosen, fake, "ssp", stage1="incontext", k="2", llm__output=style)
    for stage in ("stage1", "stage2"):
        rows = views.predictions(project, run_id, stage)
        told = views.run(project, run_id)["meta"]["llm"][stage]
        assert sorted(rows) == list(range(6))
        assert all(row.outcome in OUTCOMES for row in rows.values())
        assert sum(told["outcomes"].values()) == 6
        assert told["style"] == style
        assert all(views.completion(project, str(row.completion_key)) for row in rows.values())


def test_asking_one_item_anew_costs_one_call(project: Store, chosen: Settings, fake: FakeLLM) -> None:
    run(project, chosen, fake, "zeroshot")
    assert len(fake.requests) == 6
    run_id = run(project, chosen, fake, "zeroshot", llm__again="2")
    assert len(fake.requests) == 7
    told = views.run(project, run_id)["meta"]["llm"]["stage2"]
    assert (told["spent"]["calls"], told["spent"]["cached"]) == (1, 5)
    run(project, chosen, fake, "zeroshot", llm__again="2 2")
    assert len(fake.requests) == 8


def test_stage_two_of_another_recipe_pays_for_itself_alone(
    project: Store, chosen: Settings, fake: FakeLLM
) -> None:
    run(project, chosen, fake, "source_icl")
    asked = len(fake.requests)
    run(project, chosen, fake, "ssp", stage1="incontext", k="2")
    assert len(fake.requests) == asked + 6


def test_probabilities_of_tokens_become_confidences(project: Store, chosen: Settings, fake: FakeLLM) -> None:
    run_id = run(project, chosen, fake, "source_icl", llm__logprobs="on")
    rows = views.predictions(project, run_id, "stage1")
    assert all(row.confidences and 0 < min(row.confidences) <= 1 for row in rows.values())
    assert views.run(project, run_id)["meta"]["llm"]["stage1"]["confidence"] == {"tokens": 6}
