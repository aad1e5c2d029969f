"""A user's own endpoint: what it can do, what comes of ten sentences of each task, and what that costs.

    SSP_LLM_URL=http://localhost:8000/v1 SSP_LLM_MODEL=NAME [SSP_LLM_KEY=...] make test-llm

Nothing is sent unless both are set. What is sent is the sample that ships with the project: 40 invented
sentences and their exemplars.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.types import OUTCOMES
from tests.llm_endpoint.trying import capability_lines, try_out

SKIPPED = "ENDPOINT TEST SKIPPED: set SSP_LLM_URL and SSP_LLM_MODEL (and SSP_LLM_KEY if it wants a key)"
TASKS = {"pos", "ner", "nli", "topic"}

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]


def test_ten_sentences_of_each_task(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url, model = (os.environ.get(name, "").strip() for name in ("SSP_LLM_URL", "SSP_LLM_MODEL"))
    if not (url and model):
        pytest.skip(SKIPPED)
    tasks = set()
    told = False
    for tried in try_out(tmp_path / "workspace", {"base_url": url, "model": model, "agreed": url}):
        with capsys.disabled():
            if tried.capabilities and not told:
                print("\n" + "\n".join(capability_lines(tried.capabilities)))
                told = True
            print("\n".join(tried.lines()), flush=True)
        tasks.add(tried.task)
        assert sum(tried.outcomes.values()) == tried.sentences
        assert set(tried.outcomes) <= set(OUTCOMES)
        assert tried.outcomes.get("failed", 0) < tried.sentences, "no call was answered"
    assert tasks == TASKS
