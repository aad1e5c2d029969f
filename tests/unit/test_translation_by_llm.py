"""Translation by a language model through the real client: kept calls, the gate, prompts that show it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core import catalog, pipeline
from core.egress import EgressRefused
from core.pipeline import strip_gold
from core.recipes import Context, resolve
from core.run_input import RunInput, Source
from core.settings import reset
from core.types import Egress
from tests.fake_llm import FakeLLM, serving
from tests.unit.test_pipeline import Facts, silent
from tests.unit.test_translating import ENG, FAO, TARGET

ELSEWHERE = {
    "llm.base_url": "https://models.example.org/v1",
    "llm.model": "m",
    "llm.agreed": "models.example.org",
}
QUICK = {"stage1": "crf", "stage1.iterations": "5", "stage1.calibrate": "false", "k": "2"}


@pytest.fixture(autouse=True)
def own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SSP_WORKSPACE", str(tmp_path / "workspace"))
    reset()
    yield
    reset()


@pytest.fixture
def fake() -> Iterator[FakeLLM]:
    with serving(dialect="openai") as server:
        yield server


def job(recipe: str, settings: dict[str, str], target: Egress = "ask", source: Egress = "ask") -> RunInput:
    dataset = replace(TARGET, egress=target)
    asked = QUICK | {"translation": "llm", "llm": "endpoint"} | settings
    return RunInput(
        "r",
        dataset,
        resolve(recipe, asked, Context(dataset)),
        0,
        strip_gold(FAO[:4]),
        sources=[Source("english", "eng", ENG[:8], egress=source)],
        template=catalog.prompt_template("pos"),
    )


def served(fake: FakeLLM) -> dict[str, str]:
    return {"llm.base_url": fake.url, "llm.model": fake.model}


def texts(fake: FakeLLM) -> list[str]:
    return [str(body["messages"][0]["content"]) for body in fake.requests if body.get("messages")]


def test_every_sentence_is_asked_for_once_and_never_again(fake: FakeLLM) -> None:
    given = job("translate_test", {**served(fake), "stage2": "none"})
    for _ in range(2):
        found = Facts()
        pipeline.run(given, found, silent)
        assert found.notes["translation"]["outcomes"] == {"ok": 4}
        assert len(found.stages["stage1"]) == 4
    asked = [text for text in texts(fake) if text.startswith("Translate from Faroese to English.")]
    assert len(asked) == len(set(asked)) == 4


def test_a_prompt_shows_the_translation_beside_the_sentence(fake: FakeLLM) -> None:
    found = Facts()
    pipeline.run(job("beside", served(fake)), found, silent)
    (translation,) = found.notes["translation"]["translations"]["0"]  # type: ignore[index]
    sentence = re.escape(" ".join(FAO[0].instance.tokens))
    query = re.compile(rf"{sentence}\n.*\(eng\): {re.escape(translation)}\n[^\n]*\Z")
    (prompt,) = [text for text in texts(fake) if query.search(text)]
    assert prompt.count("(eng):") == 3
    assert len(found.stages["stage2"]) == 4


def test_translated_sources_are_asked_for_too(fake: FakeLLM) -> None:
    found = Facts()
    pipeline.run(job("translate_train", {**served(fake), "stage2": "none"}), found, silent)
    asked = [text for text in texts(fake) if text.startswith("Translate from English to Faroese.")]
    assert len(asked) == len({record.instance.text for record in ENG[:8]})


@pytest.mark.parametrize(
    ("recipe", "target", "source", "refused"),
    [("translate_test", "local", "any", "fao"), ("translate_train", "any", "local", "english")],
)
def test_text_that_must_stay_here_is_not_sent_to_be_translated(
    recipe: str, target: Egress, source: Egress, refused: str
) -> None:
    with pytest.raises(EgressRefused, match=f"{refused} is set to stay on this machine"):
        pipeline.run(job(recipe, {**ELSEWHERE, "stage2": "none"}, target, source), Facts(), silent)
