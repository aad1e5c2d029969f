"""A language model behind the fake server of these tests, with leave to ask it, and requests to send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.keys import EMBEDDINGS_KEYS, LLM_KEYS
from core.llms import Frame, Request, session
from core.llms.endpoint import Endpoint
from core.prompts import prompt_sha256
from core.sending import let_through, model_line
from core.types import Completion, Dataset, Egress, Prompt
from tests.fake_llm import FakeLLM, serving

SECRET = "sk-this-is-the-key-0123456789"
LABELS = ("NOUN", "VERB", "PRON")
PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
TEMPLATE = """Allowed tags: NOUN, VERB, PRON.
One word, a tab and a tag per line.

Text: Hon syngur
Words:
```
Hon\tPRON
syngur\tVERB
```

Text: {sentence}
Words:
```
"""


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeLLM]:
    """A server; no key and no proxy comes from outside, pauses are short."""
    plain(monkeypatch)
    with serving() as running:
        yield running


def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """No keys, no proxies, short pauses."""
    for name in {*LLM_KEYS, *EMBEDDINGS_KEYS, *PROXIES}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(session, "PAUSE", 0.01)
    monkeypatch.setattr(session, "LONGEST_PAUSE", 0.05)


def dataset(egress: Egress = "ask", name: str = "mine") -> Dataset:
    return Dataset(name, name, "fao", "pos", LABELS, egress=egress)


def endpoint(fake: FakeLLM, **settings: Any) -> Endpoint:
    """A model of this server, with leave to ask it."""
    said = {"base_url": fake.url, "model": fake.model, "timeout": 5.0, "retries": 2}
    return allowed(Endpoint(**said | settings))


def allowed(part: Endpoint) -> Endpoint:
    host = let_through(part.base_url, [dataset("local")], part.agreed)
    part.connect(model_line(part.base_url, host, lambda _: True))
    return part


def request(number: int = 0, sentence: str = "", **more: Any) -> Request:
    """A question for the tags of a sentence of its own."""
    words = (sentence or f"Hon syngur ord{number}").split()
    text = TEMPLATE.format(sentence=" ".join(words))
    return Request(
        Prompt(text, prompt_sha256(text)), Frame("rows", LABELS, tuple(words)), number=number, **more
    )


def requests(count: int) -> Iterator[Request]:
    return map(request, range(count))


def silent() -> None:
    """Nobody wants to know."""


def completed(part: Any, count: int = 1) -> list[Completion]:
    """The completions of so many requests, in their order."""
    found = sorted(part.answers(requests(count), silent), key=lambda pair: pair[0].number)
    assert [asked.number for asked, _ in found] == list(range(count))
    return [completion for _, completion in found]
