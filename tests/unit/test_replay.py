"""The replay model answers exactly the prompts it has seen."""

from __future__ import annotations

import pytest

from core.errors import NoRecordedCalls, UnknownName
from core.llms import content_key, llms
from core.llms.replay import Replay
from core.prompts import prompt_sha256
from core.types import Completion, Prompt


def prompt(text: str) -> Prompt:
    return Prompt(text, prompt_sha256(text))


def recorded(text: str, answer: str) -> Completion:
    sha256 = prompt_sha256(text)
    return Completion(content_key("m", sha256), "m", sha256, text, answer)


def test_answers_what_it_has_seen() -> None:
    calls = [recorded("one", "1"), recorded("two", "2")]
    replay = Replay(calls)
    assert replay.name == "replay"
    assert replay.complete(prompt("two")) is calls[1]
    assert replay.complete(prompt("one\n")) is calls[0]


@pytest.mark.parametrize("text", ["One", "one ", "one\n\n", ""])
def test_one_character_more_has_no_answer(text: str) -> None:
    with pytest.raises(NoRecordedCalls, match="no recorded calls") as caught:
        Replay([recorded("one", "1")]).complete(prompt(text))
    assert caught.value.exit_code == 2
    assert caught.value.hint


def test_nothing_recorded() -> None:
    with pytest.raises(NoRecordedCalls, match="no recorded calls for the prompt"):
        Replay([]).complete(prompt("one"))


def test_registry() -> None:
    assert llms["replay"] is Replay
    with pytest.raises(UnknownName, match="Did you mean replay"):
        llms["repaly"]


def test_keys_depend_on_model_and_prompt() -> None:
    keys = {content_key(model, sha256) for model in ("a", "b") for sha256 in ("x", "y")}
    assert len(keys) == 4
    assert all(len(key) == 64 for key in keys)
    assert content_key("a", "x") == content_key("a", "x")
