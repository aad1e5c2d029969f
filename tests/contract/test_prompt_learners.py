"""What every labeler that prompts a language model promises, on a tiny model with random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.errors import RecipeError
from core.labelers import Beside, labelers, setting_names
from core.types import Instance, Record
from tests.needs import needs
from tests.tiny_masked import CONTENT, TOPICS, cloze_model

pytestmark = [pytest.mark.slow, needs("torch", "transformers")]
PROMPTED = ("hard_prompt", "mpt", "npprompt", "pct", "rosprompt", "soft_prompt")
QUICK = {
    "steps": 2,
    "tuning_steps": 2,
    "translator_steps": 2,
    "epochs": 1,
    "shots": 2,
    "target_shots": 1,
    "prompt_length": 2,
    "neighbours": 1,
    "max_length": 32,
}
"""A training that ends at once: what it learned is not looked at here."""
PAIRS = tuple((f"the {a} is a {b}", f"{b} a the {a}") for a in CONTENT["sports"] for b in CONTENT["health"])


def records(split: str) -> list[Record]:
    """Four items of each topic."""
    found: list[Record] = []
    for topic in TOPICS:
        for turn in range(4):
            words = (CONTENT[topic][turn % 3], CONTENT[topic][(turn + 1) % 3])
            found.append(Record(Instance(len(found), split, (), f"the {words[0]} a {words[1]}"), (topic,)))
    return found


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cloze_model("bert", tmp_path_factory.mktemp("tiny") / "bert")


def silent(message: str, done: int, total: int) -> None:
    assert message
    assert 0 <= done <= total or total == 0


def fitted(name: str, model: Path, prompts: Path, notes: list[tuple[str, Any]], **settings: Any) -> Any:
    quick = {key: value for key, value in QUICK.items() if key in setting_names(name)}
    labeler = labelers[name](model=str(model), **quick, **settings)
    labeler.fit(
        [("eng", records("train"))],
        [record.instance for record in records("test")],
        TOPICS,
        seed=3,
        report=silent,
        beside=Beside("deu", PAIRS, prompts, lambda *said: notes.append(said)),
    )
    return labeler


def test_every_prompting_labeler_is_held_to_this() -> None:
    wants_model = {name for name in labelers if "model" in setting_names(name)}
    assert wants_model - {"encoder"} == set(PROMPTED)


@pytest.mark.parametrize("name", PROMPTED)
def test_it_labels_every_item_with_real_probabilities_and_says_how_it_learned(
    name: str, model: Path, tmp_path: Path
) -> None:
    notes: list[tuple[str, Any]] = []
    labeler = fitted(name, model, tmp_path, notes)
    items = [record.instance for record in records("test")][:5]
    found = labeler.label(items, silent)
    assert [prediction.position for prediction in found] == [item.position for item in items]
    for prediction in found:
        (row,) = prediction.posterior
        assert sum(row) == pytest.approx(1.0)
        assert prediction.labels == (TOPICS[max(range(3), key=row.__getitem__)],)
        assert prediction.confidences == (pytest.approx(max(row)),)
    assert [said for said, _ in notes].count("training") == 1
    told = dict(notes)["training"]
    assert told["method"] == name
    assert set(told["words"]) == set(TOPICS)


@pytest.mark.thorough
@pytest.mark.parametrize("name", PROMPTED)
def test_the_same_seed_gives_the_same_answers(name: str, model: Path, tmp_path: Path) -> None:
    items = [record.instance for record in records("test")]
    first, second = (fitted(name, model, tmp_path, []).label(items, silent) for _ in range(2))
    assert [one.posterior for one in first] == [one.posterior for one in second]


@pytest.mark.parametrize("name", PROMPTED)
def test_words_are_not_its_to_label_and_what_it_lacks_is_said(name: str, model: Path, tmp_path: Path) -> None:
    assert labelers[name].tasks == ("nli", "topic")
    assert labelers[name].required == ("model",)
    with pytest.raises(RecipeError):
        labelers[name](model="no such folder").fit(
            [("eng", records("train"))],
            [record.instance for record in records("test")],
            TOPICS,
            seed=0,
            report=silent,
            beside=Beside("deu", PAIRS, tmp_path, lambda *_: None),
        )
