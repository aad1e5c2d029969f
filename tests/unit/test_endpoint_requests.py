"""What an endpoint sends, and settings that cannot be meant."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import RecipeError, UnknownName
from core.llms import build, setting_names
from core.llms.endpoint import Endpoint
from tests import llm_client
from tests.fake_llm import FakeLLM
from tests.llm_client import completed, endpoint, request, silent

fake = llm_client.fake


def test_what_is_sent(fake: FakeLLM) -> None:
    completed(endpoint(fake))
    body = fake.requests[-1]
    assert body == {
        "model": "fake-model",
        "messages": [{"role": "user", "content": request(0).prompt.text}],
        "temperature": 0.0,
        "max_tokens": body["max_tokens"],
    }
    assert body["max_tokens"] > len("Hon\tPRON\nsyngur\tVERB\nord0\tNOUN\n")
    sent = {name.lower() for name in fake.headers[-1]}
    assert not any(name.startswith(("x-stainless", "openai")) for name in sent)
    assert "authorization" not in sent
    assert fake.headers[-1]["user-agent"] == "ssp-studio"


def test_settings_reach_the_server(fake: FakeLLM) -> None:
    extra = '{"temperature": null, "service_tier": "flex"}'
    part = endpoint(fake, temperature=0.3, top_p=0.5, max_tokens=33, seed=5, logprobs="on", extra=extra)
    turns = (("assistant", "no"), ("user", "mend it"))
    list(part.answers([request(1, then=turns, sample=2)], silent))
    body = fake.requests[-1]
    assert "temperature" not in body
    wanted = {"top_p": 0.5, "max_tokens": 33, "seed": 7, "logprobs": True, "service_tier": "flex"}
    assert {key: body[key] for key in wanted} == wanted
    assert [turn["role"] for turn in body["messages"]] == ["user", "assistant", "user"]


def test_further_samples_differ_though_the_temperature_is_zero(fake: FakeLLM) -> None:
    list(endpoint(fake).answers([request(1, sample=0), request(1, sample=1)], silent))
    assert sorted(body["temperature"] for body in fake.requests) == [0.0, 0.7]


@pytest.mark.parametrize(
    ("dialect", "constrain", "field"),
    [
        ("openai", "schema", "response_format"),
        ("vllm", "structured", "structured_outputs"),
        ("vllm", "choice schema", "guided_choice"),
        ("llamacpp", "grammar, schema", "grammar"),
        ("openai", "none", ""),
        ("openai", "auto", ""),
    ],
)
def test_an_answer_is_held_to_its_frame(fake: FakeLLM, dialect: str, constrain: str, field: str) -> None:
    fake.set(dialect=dialect)
    part = endpoint(fake, constrain=constrain)
    asked = request(1)
    label = llm_client.Frame("label", ("yes", "no"))
    list(part.answers([llm_client.Request(asked.prompt, label)], silent))
    fields = {"response_format", "structured_outputs", "guided_choice", "grammar"} & set(fake.requests[-1])
    assert fields == ({field} if field else set())


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"base_url": "ftp://x/v1"}, "base_url is not a plain"),
        ({"base_url": "http://user:pw@x/v1"}, "base_url is not a plain"),
        ({"concurrency": 0}, "concurrency cannot be 0"),
        ({"timeout": float("nan")}, "timeout cannot be nan"),
        ({"temperature": 3.0}, "temperature cannot be 3"),
        ({"constrain": "magic"}, "constrain cannot be 'magic'"),
        ({"logprobs": "maybe"}, "logprobs cannot be 'maybe'"),
        ({"extra": "[1]"}, "extra cannot be"),
        ({"extra": '{"stream": true}'}, "extra cannot be"),
        ({"base_url": ""}, "needs a base_url"),
        ({"model": ""}, "needs a model"),
    ],
)
def test_settings_that_cannot_be_meant(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(RecipeError, match=said.replace("[", r"\[")):
        build("endpoint", {"base_url": "http://127.0.0.1/v1", "model": "x"} | settings)


def test_what_changes_no_answer_is_no_part_of_a_call() -> None:
    common = {"base_url": "http://127.0.0.1/v1", "model": "x"}
    part, other = build("endpoint", common), build("endpoint", common | {"timeout": 1, "max_price": 2})
    assert set(Endpoint.operational) < set(setting_names("endpoint"))
    assert part.identity() == other.identity()
    assert part.identity() != build("endpoint", common | {"seed": 1}).identity()
    with pytest.raises(UnknownName):
        build("endpiont", common)
