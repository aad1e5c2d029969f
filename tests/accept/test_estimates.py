"""Estimates against what GPT-4 really took: 500 recorded calls of the release, with their token counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from core import catalog
from core.calls.pricing import price_by_name
from core.costs.counting import EXEMPLARS
from core.costs.estimating import estimate_of
from core.jobs.prepare import Request, prepare
from core.release import import_release
from core.run_input import RunInput
from core.store import Store, views

pytestmark = pytest.mark.real

RECORDED = ("fao", "gsw", "hau", "ibo", "lug")
INFERENCE = ("aym", "grn")
THERE = {"llm": "endpoint", "llm.base_url": "http://localhost:1/v1", "llm.model": "gpt-4", "llm.repairs": "0"}
PROMPTS, ANSWERS = 0.05, 0.12
"""How far the estimate of 100 items may be off, from the prompts of 50."""


@pytest.fixture(scope="module")
def store(mirror: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    root = mirror / "dair-iitd" / "SSP"

    def fetch(paths: tuple[str, ...]) -> Path | None:
        return next((root / path for path in paths if (root / path).is_file()), None)

    with Store.open(tmp_path_factory.mktemp("real") / "workspace") as opened:
        for code in (*RECORDED, *INFERENCE):
            import_release(opened, catalog.entry(f"ssp-release-{code}"), fetch, lambda *_: None)
        yield opened


def job_of(store: Store, code: str, **settings: str) -> RunInput:
    overrides = THERE | {key.replace("__", "."): value for key, value in settings.items()}
    return prepare(store, Request("ssp", f"ssp-release-{code}", overrides))


@pytest.mark.parametrize("code", RECORDED)
def test_the_tokens_of_recorded_prompts_and_answers(
    store: Store, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = list(views.completions(store, f"ssp-release-{code}"))
    prompts, answers = (sum(getattr(call, name) or 0 for call in calls) for name in FIELDS)
    recorded = job_of(store, code, selector="recorded", template="ssp-release", llm__output="rows")
    found = estimate_of(store, recorded, store.path.parent)
    off = found.prompt_tokens.likely / prompts - 1, found.completion_tokens.likely / answers - 1
    paid = price_by_name(calls[0].model)
    assert paid
    with capsys.disabled():
        print(
            f"\n{code}: prompts {prompts:,} ({off[0]:+.1%}), answers {answers:,} ({off[1]:+.1%}), "
            f"{calls[0].model}: {paid.of(prompts, answers):.2f} {paid.currency}"
        )
    assert abs(off[0]) < PROMPTS
    assert abs(off[1]) < ANSWERS
    assert found.prompt_tokens.low < prompts < found.prompt_tokens.high
    assert found.completion_tokens.low < answers < found.completion_tokens.high


FIELDS = ("prompt_tokens", "completion_tokens")
CASES = [
    *product(RECORDED, ("zgul", "zgul_plus"), ("present", "ssp_seq")),
    *product(INFERENCE, ("deberta",), ("present", "ssp_nli")),
]


def test_placeholder_labels_choose_exemplars_of_the_length_that_real_ones_do(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before Stage I, against the same run with the labels that Stage I gave."""
    off = {}
    for code, labels, preset in CASES:
        known = job_of(store, code, selector="ilp", stage1__labels=labels, selector__preset=preset)
        before = replace(known, stage1={})
        sizes = [estimate_of(store, job, store.path.parent).prompt_tokens.likely for job in (before, known)]
        off[f"{code} {labels} {preset}"] = sizes[0] / sizes[1] - 1
    ranked = sorted(off.items(), key=lambda pair: pair[1])
    with capsys.disabled():
        print(f"\nbefore Stage I: from {ranked[0]} over {ranked[len(ranked) // 2]} to {ranked[-1]}")
    assert max(map(abs, off.values())) < EXEMPLARS
