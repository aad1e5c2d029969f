"""Language models behind an address: over real HTTP on this machine."""

from __future__ import annotations

import json
import threading
import time
from itertools import pairwise
from typing import Any

import pytest

from core.errors import Cancelled, RecipeError
from core.llms import request_key
from core.llms.endpoint import Endpoint
from tests import llm_client
from tests.fake_llm import FakeLLM
from tests.llm_client import SECRET, allowed, completed, endpoint, request, requests, silent

pytestmark = pytest.mark.slow

fake = llm_client.fake


def test_a_call_is_kept_whole(fake: FakeLLM) -> None:
    part = endpoint(fake, logprobs="on", concurrency=2)
    asked = request(7)
    ((given, found),) = part.answers([asked], silent)
    assert given is asked
    assert found.text == "Hon\tPRON\nsyngur\tVERB\nord7\tNOUN"
    assert (found.status, found.finish_reason, found.error) == ("ok", "stop", None)
    assert (found.model, found.host, found.prompt) == ("fake-model", "127.0.0.1", asked.prompt.text)
    assert found.key == request_key(part.identity(), asked)
    assert found.prompt_tokens
    assert found.completion_tokens
    assert found.seconds is not None
    assert 0 < found.seconds < 5
    assert "".join(token for token, _ in found.logprobs or ()) == found.text
    assert json.loads(found.parameters)["model"]["model"] == "fake-model"


@pytest.mark.parametrize("fault", ["429", "429-retry-after", "500", "503", "reset", "invalid-json"])
def test_what_may_help_is_tried_again(fake: FakeLLM, fault: str) -> None:
    fake.script.extend([fault, fault])
    (found,) = completed(endpoint(fake, retries=2))
    assert found.status == "ok"
    assert fake.counts() | {"fates": {}} == {
        "asked": 3, "contents": 1, "finished": 1, "repeated": 0, "fates": {}, "most_at_once": 1,
    }  # fmt: skip


def test_a_host_is_left_alone_as_long_as_it_asks(fake: FakeLLM) -> None:
    """One call is told to wait, and all of them do."""
    fake.set(retry_after="0.4")
    completed(endpoint(fake))
    fake.script.append("429-retry-after")
    began = time.monotonic()
    completed(endpoint(fake, concurrency=1), 3)
    assert time.monotonic() - began >= 0.4


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("429", "busy or broken (it answered 429) (2 attempts)"),
        ("reset", "broke off before it had answered (2 attempts)"),
        ("invalid-json", "no chat completion (2 attempts)"),
        ("timeout", "did not answer within 0.3 seconds (2 attempts)"),
        ("huge", "more than 16,777,216 bytes"),
    ],
)
def test_a_call_that_fails_says_why(fake: FakeLLM, fault: str, said: str) -> None:
    part = endpoint(fake, retries=1, timeout=5.0 if fault == "huge" else 0.3, concurrency=1)
    fake.script.extend(["", *[fault] * (1 if fault == "huge" else 2)])
    first, failed = completed(part, 2)
    assert (first.status, failed.status) == ("ok", "failed")
    assert said in str(failed.error)
    assert failed.key == request_key(part.identity(), request(1))


def test_a_slow_answer_is_no_failure(fake: FakeLLM) -> None:
    fake.script.append("slow-stream")
    assert completed(endpoint(fake, timeout=3.0))[0].status == "ok"


@pytest.mark.parametrize(
    ("fault", "status"),
    [("truncated", "truncated"), ("refusal", "refused"), ("content-filter", "refused"), ("garbage", "ok")],
)
def test_a_bad_answer_is_an_answer(fake: FakeLLM, fault: str, status: str) -> None:
    fake.script.append(fault)
    (found,) = completed(endpoint(fake))
    assert (found.status, found.error) == (status, None)
    assert fake.counts()["asked"] == 1


def test_a_wrong_key_is_one_error(fake: FakeLLM, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.set(key="another")
    with pytest.raises(RecipeError, match=r"asks for a key.*SSP_LLM_KEY"):
        completed(endpoint(fake), 50)
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    with pytest.raises(RecipeError, match="does not accept the key in OPENAI_API_KEY") as refused:
        completed(endpoint(fake), 50)
    assert SECRET not in str(refused.value)
    assert fake.counts()["asked"] == 0


def test_no_such_model_is_one_error_that_names_those_there_are(fake: FakeLLM) -> None:
    with pytest.raises(RecipeError, match=r"no such model.*It has: fake-model\."):
        completed(endpoint(fake, model="missing"), 50)
    assert fake.counts()["asked"] <= 16


def test_a_host_that_is_not_there_is_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    llm_client.plain(monkeypatch)
    part = allowed(Endpoint(base_url="http://127.0.0.1:9/v1", model="x"))
    with pytest.raises(RecipeError, match=r"127\.0\.0\.1 cannot be reached"):
        completed(part, 50)


@pytest.mark.parametrize(("extra", "dialect"), [('{"x": 1}', "openai"), ('{"x": 1}', "transformers-serve")])
def test_a_field_that_a_server_refuses_is_one_error(fake: FakeLLM, extra: str, dialect: str) -> None:
    fake.set(dialect=dialect)
    with pytest.raises(RecipeError, match=r"does not take this request.*: Un"):
        completed(endpoint(fake, extra=extra), 50)
    assert fake.counts()["asked"] <= 16


def test_a_server_that_dies_stops_the_run(fake: FakeLLM, monkeypatch: pytest.MonkeyPatch) -> None:
    part = endpoint(fake, retries=0, concurrency=4)
    answers = part.answers(requests(500), silent)
    next(answers)
    fake.set(faults={"500": 1.0})
    with pytest.raises(RecipeError, match=r"25 calls in a row failed.*kept"):
        list(answers)
    assert fake.counts()["asked"] < 100


def test_models_that_call_it_otherwise(fake: FakeLLM) -> None:
    """Hosted reasoning models want max_completion_tokens; nobody has to know."""
    fake.set(models=("o-model",))
    assert {found.status for found in completed(endpoint(fake, model="o-model"), 5)} == {"ok"}
    assert "max_completion_tokens" in fake.requests[-1]


def test_calls_at_once_and_requests_taken(fake: FakeLLM) -> None:
    fake.set(latency=0.05)
    taken: list[int] = []

    def counted() -> Any:
        for asked in requests(40):
            taken.append(asked.number)
            yield asked

    answers = endpoint(fake, concurrency=5).answers(counted(), silent)
    next(answers)
    assert len(taken) <= 10
    assert len(list(answers)) == 39
    assert fake.counts()["most_at_once"] == 5


def test_somebody_is_told_twice_a_second(fake: FakeLLM) -> None:
    fake.set(latency=1.2)
    told: list[float] = [time.monotonic()]
    list(endpoint(fake).answers([request(1)], lambda: told.append(time.monotonic())))
    told.append(time.monotonic())
    assert max(after - before for before, after in pairwise(told)) < 0.6


def test_who_is_not_wanted_any_more_goes_at_once(fake: FakeLLM) -> None:
    fake.set(latency=30.0)

    def stop() -> None:
        raise Cancelled("stopped")

    began, before = time.monotonic(), threading.active_count()
    with pytest.raises(Cancelled):
        list(endpoint(fake).answers(requests(50), stop))
    assert time.monotonic() - began < 5
    assert threading.active_count() == before


def test_answers_can_be_given_up(fake: FakeLLM) -> None:
    before = threading.active_count()
    answers = endpoint(fake).answers(requests(50), silent)
    next(answers)
    answers.close()
    assert threading.active_count() == before
    assert list(answers) == []


def test_nothing_to_ask_opens_nothing(fake: FakeLLM) -> None:
    assert list(endpoint(fake).answers([], silent)) == []
    assert fake.paths == type(fake.paths)()


def test_a_broken_source_of_requests_ends_all(fake: FakeLLM) -> None:
    def broken() -> Any:
        yield request(0)
        raise RecipeError("the template is broken.")

    before = threading.active_count()
    with pytest.raises(RecipeError, match="the template is broken"):
        list(endpoint(fake).answers(broken(), silent))
    assert threading.active_count() == before


def test_without_leave_nothing_is_asked(fake: FakeLLM) -> None:
    part = Endpoint(base_url=fake.url, model=fake.model)
    for ask in (lambda: list(part.answers([request(1)], silent)), part.ask_models):
        with pytest.raises(RecipeError, match="no leave to send text"):
            ask()
    assert not fake.paths


def test_raw_questions(fake: FakeLLM) -> None:
    part = endpoint(fake)
    assert part.ask_models().body["data"][0]["id"] == "fake-model"
    said = part.ask_raw({"model": "fake-model", "messages": [], "max_tokens": 1})
    assert (said.status, said.body["error"]["message"]) == (400, "'messages' is required.")
    fake.script.append("reset")
    lost = part.ask_raw({"model": "fake-model", "messages": [{"role": "user", "content": "x"}]})
    assert (lost.status, lost.body) == (0, {})
    assert "broke off" in lost.error
