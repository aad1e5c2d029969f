"""The small project with a language model whose answers the test writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from core import in_context
from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.llms import Request as Call
from core.llms import llms
from core.run_input import RunInput
from core.settings import Settings
from core.store import Store, views
from tests.scripted_llm import Endpoint, Scripted, tagged
from tests.unit.job_project import WORDS

LLM = {"llm": "endpoint", "llm.model": "m", "llm.base_url": "http://127.0.0.1:9/v1"}
TAGS = dict(WORDS)


@dataclass
class Asked:
    """What the model was asked, and how it answers."""

    model: Scripted
    jobs: list[RunInput] = field(default_factory=list)

    def texts(self) -> list[str]:
        return [call.prompt.text for call in self.model.asked]


@dataclass
class Given:
    """The scripted model in the place of a connection."""

    llm: Scripted
    host: str = "127.0.0.1"

    def capabilities(self) -> None:
        """Nobody tried what it can do."""

    def spent(self) -> None:
        """Nothing."""

    def expect(self, requests: int) -> None:
        """Nothing is projected."""


def answer(call: Call) -> str:
    return tagged(call, lambda word: TAGS.get(word, "NOUN"))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    found = Asked(Scripted(answer))
    llms["replay"]  # the registry is filled before something stands in for a part of it
    monkeypatch.setitem(llms._parts, "endpoint", Endpoint)

    def connected(job: RunInput, alive: Callable[[], None]) -> Given:
        alive()
        found.jobs.append(job)
        return Given(found.model)

    monkeypatch.setattr(in_context, "connected", connected)
    return found


def quiet(_stage: str, _done: int, _total: int) -> None:
    return None


def run(store: Store, settings: Settings, recipe: str, **overrides: str) -> str:
    said = LLM | {key.replace("__", "."): value for key, value in overrides.items()}
    return run_here(store, settings, Request(recipe, "target", said, ["source"]), quiet)[0]


def told(store: Store, run_id: str, stage: str = "stage2") -> dict[str, object]:
    found: dict[str, object] = views.run(store, run_id)["meta"]["llm"][stage]
    return found
