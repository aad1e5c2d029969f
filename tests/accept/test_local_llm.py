"""Acceptance: SSP with a language model in this process, all four tasks; prints what became of the answers.

The model has random weights: its labels are worthless, and every one of them can be read.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.llms import Frame, Request, build
from core.prompts import prompt_sha256
from core.types import Prompt
from tests.llm_endpoint.trying import try_out
from tests.needs import needs
from tests.tiny_llm import language_model

pytestmark = [needs("torch", "transformers"), pytest.mark.slow, pytest.mark.filterwarnings("default")]
MANY = 2000
GROWTH = 30
"""Megabytes that memory may grow by while 2,000 requests are answered."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return language_model(tmp_path_factory.mktemp("llm"), positions=8192)


def test_every_answer_of_every_task_parses(folder: Path, tmp_path: Path) -> None:
    found = list(
        try_out(tmp_path / "workspace", {"model": str(folder)}, provider="transformers", sentences=20)
    )
    for tried in found:
        print("\n" + "\n".join(tried.lines()))
        assert tried.outcomes["ok"] == tried.sentences == sum(tried.outcomes.values())
        assert tried.spent["price"] in (None, 0.0)
    assert {tried.task for tried in found} == {"pos", "ner", "nli", "topic"}


def test_memory_stays_as_it_is(folder: Path) -> None:
    def requests() -> Iterator[Request]:
        for number in range(MANY):
            text = f"{'Words. ' * (number % 7)}{number}:"
            frame = Frame("rows", ("ADJ", "NOUN", "VERB"), ("Hon", "syngur", "nú")[: number % 3 + 1])
            yield Request(Prompt(text, prompt_sha256(text)), frame, number=number)

    seen = []
    for request, said in build("transformers", {"model": str(folder)}).answers(requests(), lambda: None):
        assert said.status == "ok"
        if request.number in (MANY // 4, MANY - 1):
            seen.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(f"\n{MANY} requests: {seen[0]:.0f} MB after a quarter, {seen[1]:.0f} MB at the end")
    assert seen[1] - seen[0] < GROWTH
