"""What servers do is tried out: what they ignore, refuse and do wrong is told apart."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from core.errors import Cancelled, RecipeError
from core.llms import Frame
from core.probing import (
    Capabilities,
    capabilities_rows,
    confidence_for,
    constraint_for,
    constraints_for,
    probe,
    style_for,
)
from core.probing.asking import _implausible
from tests.fake_llm import serving
from tests.raw_server import Said, Server

FEATURES = ("schema", "grammar", "choice", "structured", "logprobs", "several")
EXPECTED = {
    "openai": ("yes", "refused", "refused", "refused", "yes", "yes"),
    "vllm": ("yes", "ignored", "ignored", "yes", "yes", "yes"),
    "llamacpp": ("refused", "yes", "ignored", "ignored", "no", "yes"),
    "transformers-serve": ("ignored", "refused", "refused", "refused", "ignored", "ignored"),
}
ROWS, LABEL = Frame("rows", ("A", "B"), ("w",)), Frame("label", ("A", "B"))
JSON = Frame("json", ("A", "B"), ("w",))


def quiet() -> None:
    """Nobody wants to stop."""


@pytest.mark.parametrize("dialect", EXPECTED)
def test_each_kind_of_server(dialect: str) -> None:
    with serving(dialect=dialect) as fake:
        found = probe(Server(fake.url, fake.model), quiet)
        assert len(fake.requests) <= 8
    assert {name: found.found[name] for name in FEATURES} == dict(
        zip(FEATURES, EXPECTED[dialect], strict=True)
    )
    assert (found.place, found.host, found.model) == ("endpoint", "127.0.0.1", fake.model)
    assert found.listed is True
    assert found.models == (fake.model,)
    assert found.asked_at.endswith("+00:00")
    for name in FEATURES:
        assert getattr(found, name) is (found.found[name] == "yes")


def test_what_a_probe_asks_says_nothing_of_what_it_wants_to_hear() -> None:
    with serving(dialect="vllm") as fake:
        probe(Server(fake.url, fake.model), quiet)
        asked = [json.dumps(body["messages"]) for body in fake.requests]
    assert len(set(asked)) == 1
    assert "zq" not in asked[0]


def test_a_server_that_is_busy_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.probing.asking.PAUSE", 0.01)
    with serving(dialect="openai") as fake:
        fake.script.extend(["429", "500", ""])
        assert probe(Server(fake.url, fake.model), quiet).schema is True


def test_a_server_that_answers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.probing.asking.PAUSE", 0.01)
    with pytest.raises(RecipeError, match="no answer to a plain question"):
        probe(Server("http://127.0.0.1:9", "x"), quiet)


def test_a_model_that_is_not_there_leaves_the_list_of_those_that_are() -> None:
    with serving(dialect="openai") as fake:
        found = probe(Server(fake.url, "-"), quiet)
    assert found.models == (fake.model,)
    assert found.listed is False
    assert {found.found[name] for name in FEATURES} == {"not tried"}
    assert {getattr(found, name) for name in FEATURES} == {None}
    assert "did not answer (404)" in found.notes[0]


def test_it_can_be_stopped() -> None:
    def stop() -> None:
        raise Cancelled("stopped")

    with serving(dialect="openai") as fake:
        fake.set(held=True)
        with pytest.raises(Cancelled):
            probe(Server(fake.url, fake.model), stop)
        fake.set(held=False)


class Scripted:
    """A server that answers by a function of the request."""

    base_url, model = "http://example.org/v1", "m"

    def __init__(self, answer: Callable[[Mapping[str, Any]], Said]) -> None:
        self._answer = answer

    def ask_raw(self, body: Mapping[str, Any]) -> Said:
        return self._answer(body)

    def ask_models(self) -> Said:
        return Said(404, {})


def reply(text: str, served: str = "m", **more: Any) -> Said:
    return Said(200, {"model": served, "choices": [{"message": {"content": text}, **more}]})


def test_a_new_name_of_a_field_is_used() -> None:
    def answer(body: Mapping[str, Any]) -> Said:
        if "max_tokens" in body:
            return Said(400, {"error": {"message": "Use 'max_completion_tokens' instead."}})
        return reply("Yes.")

    found = probe(Scripted(answer), quiet)
    assert found.schema is False
    assert found.found["schema"] == "ignored"
    assert found.listed is None


def test_a_server_that_breaks_at_a_field_has_refused_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.probing.asking.PAUSE", 0.01)
    found = probe(Scripted(lambda body: Said(500, {}) if "grammar" in body else reply("Yes.")), quiet)
    assert found.found["grammar"] == "refused"


def test_another_model_behind_the_name_is_noted() -> None:
    found = probe(Scripted(lambda body: reply("Yes.", served="other")), quiet)
    assert found.served == "other"
    assert found.notes == ("The answer says that it comes from other.",)


def row(value: object, token: str = "Yes", **more: object) -> dict[str, object]:
    return {"token": token, "logprob": value, **more}


@pytest.mark.parametrize(
    ("given", "usage", "problem"),
    [
        ({"content": [row(-0.5)]}, {"completion_tokens": 1}, ""),
        ({"content": [row(-0.5)]}, {"completion_tokens": 2}, ""),
        ({"content": [row(-0.5)]}, None, ""),
        ({"tokens": ["Yes"], "token_logprobs": [None]}, None, "not in the form"),
        ({"content": []}, None, "not in the form"),
        ({"content": [row(0.5)]}, None, "no logarithms"),
        ({"content": [row(None)]}, None, "no logarithms"),
        ({"content": [row(float("nan"))]}, None, "no logarithms"),
        ({"content": [row(-0.5), row(-0.5)]}, {"completion_tokens": 5}, "2 for 5"),
        ({"content": [row(-0.5, "No")]}, None, "another text"),
        ({"content": [row(-0.1, top_logprobs=[row(-0.1), row(-0.1)])]}, None, "more than 1"),
    ],
)
def test_log_probabilities_that_cannot_be(given: object, usage: object, problem: str) -> None:
    found = _implausible(given, "Yes", usage)
    assert problem in found
    assert bool(found) is bool(problem)


def test_a_model_in_this_process_is_not_asked() -> None:
    class Inside:
        model, free = "folder", False

    class Wrapped:
        llm = Inside()

    found = probe(Wrapped(), quiet)  # type: ignore[arg-type]
    assert (found.place, found.scoring, found.logprobs) == ("transformers", True, True)
    Inside.free = True
    assert probe(Wrapped(), quiet).scoring is False  # type: ignore[arg-type]


def test_what_follows_for_how_a_model_is_asked() -> None:
    openai = Capabilities("endpoint", "m", "now", schema=True, logprobs=True)
    vllm = replace(openai, structured=True)
    llamacpp = Capabilities("endpoint", "m", "now", grammar=True)
    assert [constraint_for(cap, ROWS) for cap in (openai, vllm, llamacpp, None)] == [
        "none",
        "structured",
        "grammar",
        "none",
    ]
    assert constraint_for(openai, JSON) == constraint_for(openai, LABEL) == "schema"
    assert constraints_for(vllm) == ("structured", "schema")
    assert [style_for(cap, "token") for cap in (openai, vllm, llamacpp, None)] == [
        "json",
        "rows",
        "rows",
        "rows",
    ]
    assert style_for(openai, "item") == "label"
    inside = Capabilities("transformers", "m", "now", scoring=True, logprobs=True)
    assert [confidence_for(cap) for cap in (inside, openai, llamacpp, None)] == [
        "scoring",
        "tokens",
        "none",
        "none",
    ]


def test_it_is_kept_as_json_and_shown_as_rows(tmp_path: Path) -> None:
    with serving(dialect="transformers-serve") as fake:
        found = probe(Server(fake.url, fake.model), quiet)
    kept = json.loads(json.dumps(asdict(found)))
    assert Capabilities.read(kept) == found
    assert Capabilities.read(kept | {"of a later version": 1}) == found
    rows = {feature: (state, meaning) for feature, state, meaning in capabilities_rows(found)}
    assert rows["JSON schema"][0] == "ignored"
    assert "accepted without effect" in rows["JSON schema"][1]
    assert rows["grammar"][0] == "refused"
    assert rows["model list"][0] == "yes"
    with pytest.raises(RecipeError, match="not the capabilities"):
        Capabilities.read({"place": "endpoint"})
