"""A thousand calls of a server that fails in every way it can, and workers that are killed meanwhile: every
sentence ends in exactly one outcome, and no finished call is made twice. The server counts.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.settings import Settings
from core.store import Store
from core.types import OUTCOMES
from tests.accept.llm_jobs import Job, asking, project
from tests.fake_llm import FAULTS, FakeLLM, serving

SENTENCES = 1_000
CONCURRENCY = 32
FAULT_RATES = {
    "429": 0.04,
    "429-retry-after": 0.03,
    "429-date": 0.005,
    "500": 0.03,
    "503": 0.01,
    "reset": 0.03,
    "timeout": 0.01,
    "invalid-json": 0.03,
    "huge": 0.005,
    "slow-stream": 0.02,
    "truncated": 0.02,
    "wrong-rows": 0.02,
    "code-fences": 0.02,
    "refusal": 0.01,
    "content-filter": 0.005,
    "empty": 0.005,
    "garbage": 0.005,
    "ignored-fields": 0.005,
}
"""30 % in all."""
SEED = 6


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    return project(tmp_path / "workspace", SENTENCES)


@pytest.fixture
def fake() -> Iterator[FakeLLM]:
    with serving(faults=FAULT_RATES, seed=SEED, latency=0.2, huge=20 << 20, silence=20.0) as running:
        yield running


def test_every_fault_is_tried() -> None:
    assert set(FAULT_RATES) == set(FAULTS)
    assert sum(FAULT_RATES.values()) == pytest.approx(0.3)


def settled(job: Job, fake: FakeLLM) -> None:
    """Every answer that was given is in the log."""
    end = time.monotonic() + 30
    while job.kept() < fake.tally.finished.total():
        assert time.monotonic() < end
        time.sleep(0.05)


def check(job: Job, fake: FakeLLM) -> Counter[str]:
    """Every sentence has one outcome; returns how many have each."""
    found = job.outcomes()
    assert found.total() == SENTENCES
    assert set(found) <= set(OUTCOMES)
    assert len(job.prompts()) == SENTENCES - found["failed"]
    return found


def told(title: str, job: Job, fake: FakeLLM, found: Counter[str], seconds: float) -> str:
    counts = fake.counts()
    return (
        f"\n{title}: {counts['asked']:,} attempts, {counts['finished']:,} finished calls, "
        f"{counts['repeated']} of them repeated, {seconds:.0f} s; outcomes {dict(found)}; "
        f"fates {counts['fates']}"
    )


def test_thousand_calls_with_faults_and_a_kill_in_the_middle(chosen: Settings, fake: FakeLLM) -> None:
    """The server holds its answers back, the worker has kept what it got, and is killed with all its calls
    on their way: after that not one finished call is repeated.
    """
    began = time.monotonic()
    with Store.open(chosen.workspace) as store:
        job = Job(store, chosen, asking(fake, timeout=2.0))
        job.until(lambda: job.kept() > SENTENCES // 2)
        fake.set(held=True)
        settled(job, fake)
        at = job.kept()
        job.kill()
        fake.set(held=False)
        job.until(lambda: job.is_done)
        found = check(job, fake)
        assert fake.tally.repeated == 0
        assert max(fake.tally.finished.values()) == 1
        print(told(f"killed after {at} calls", job, fake, found, time.monotonic() - began))


def test_kills_at_random_moments(chosen: Settings, fake: FakeLLM) -> None:
    """What is in the log is never asked again. An answer that the server gave while the worker died, and
    that nobody could keep, is: at most as many as were on their way.
    """
    dice, kills = random.Random(SEED), 0
    began = time.monotonic()
    with Store.open(chosen.workspace) as store:
        job = Job(store, chosen, asking(fake, timeout=2.0))
        for share in (0.15, 0.35, 0.6, 0.8):
            job.until(lambda least=share * SENTENCES: job.kept() > least)
            time.sleep(dice.random())
            job.kill()
            kills += 1
            kept, finished = job.prompts(), Counter(fake.tally.finished)
            mine = Counter(
                {content: count for content, count in finished.items() if fake.prompts[content] in kept}
            )
            least = len(kept) + 20
            job.until(lambda least=least: job.is_done or job.kept() > least)
            assert {content: fake.tally.finished[content] for content in mine} == mine
        job.until(lambda: job.is_done)
        found = check(job, fake)
        assert fake.tally.repeated <= kills * CONCURRENCY
        print(told(f"{kills} kills at random", job, fake, found, time.monotonic() - began))
