"""Acceptance: `make test-llm` against a server made for tests. It prints, counts, and is skipped aloud."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fake_llm import serving

ROOT = Path(__file__).resolve().parents[2]
KEY = "sk-of-this-test-alone"

pytestmark = pytest.mark.slow


def run(**more: str) -> subprocess.CompletedProcess[str]:
    """The target's own command line, in a process of its own."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("SSP_LLM", "COV"))}
    command = [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", "tests/llm_endpoint"]
    return subprocess.run(
        command, cwd=ROOT, env=clean | more, capture_output=True, text=True, check=False, timeout=300
    )


def test_the_target_runs_that_folder() -> None:
    lines = (ROOT / "Makefile").read_text("utf8").splitlines()
    at = lines.index("test-llm: dev")
    assert lines[at + 1].strip() == "$(BIN)/python -m pytest -rs -p no:cacheprovider tests/llm_endpoint"
    (everything,) = [line for line in lines if "--cov-fail-under" in line]
    assert "--ignore=tests/llm_endpoint" in everything


def test_without_an_address_it_is_skipped_aloud() -> None:
    done = run()
    assert done.returncode == 0
    assert "ENDPOINT TEST SKIPPED: set SSP_LLM_URL and SSP_LLM_MODEL" in done.stdout


@pytest.mark.parametrize("dialect", ["vllm", "transformers-serve"])
def test_it_prints_what_a_server_can_do_and_what_came_of_it(dialect: str) -> None:
    with serving(dialect=dialect, key=KEY, faults={"429": 0.1, "wrong-rows": 0.1}) as fake:
        done = run(SSP_LLM_URL=fake.url, SSP_LLM_MODEL=fake.model, SSP_LLM_KEY=KEY)
        calls = len(fake.requests)
    assert done.returncode == 0, done.stdout[-3000:]
    said = done.stdout
    for task in ("pos", "ner", "nli", "topic"):
        assert f"{task}: 10 sentences of sample-{task}-" in said
    assert said.count("  outcomes  ") == said.count("  scores    ") == said.count("  spent     ") == 4
    assert "JSON schema" in said
    assert calls >= 40
    assert KEY not in said + done.stderr
