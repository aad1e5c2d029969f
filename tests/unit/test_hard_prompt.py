"""The labeler hard_prompt: asked as it is, or tuned on items of the sources; and what it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import Cancelled, RecipeError
from core.labelers import Beside, build
from core.types import Instance, Prediction, Record
from tests.needs import needs
from tests.tiny_encoder import UPOS, tagged
from tests.tiny_masked import CONTENT, KINDS, TOPICS, cloze_model

pytestmark = [needs("torch", "transformers"), pytest.mark.filterwarnings("default")]
TUNED = {"freeze_backbone": False, "steps": 60, "learning_rate": 1e-2, "shots": 16, "patience": 0}


def silent(message: str, done: int, total: int) -> None:
    """Progress goes nowhere."""


def topics(count: int, seed: int) -> list[Record]:
    """Texts with two words of their topic among others."""
    dice = np.random.default_rng(seed)
    found = []
    for at in range(count):
        topic = TOPICS[at % 3]
        words = [*dice.choice(CONTENT[topic], 2), *dice.choice(["the", "a", "is"], 3)]
        found.append(Record(Instance(at, "train", (), " ".join(dice.permutation(words))), (topic,)))
    return found


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(cloze_model("bert", tmp_path_factory.mktemp("model")))


def labelled(
    model: str, settings: Mapping[str, Any], tmp_path: Path, report: Any = silent, keep: Path | None = None
) -> tuple[list[Prediction], dict[str, Any]]:
    notes: dict[str, Any] = {}
    labeler = build("hard_prompt", {"model": model, **settings})
    gold = topics(30, 9)
    labeler.fit(
        [("eng", topics(120, 1))] if labeler.needs_sources else [],
        [record.instance for record in gold],
        TOPICS,
        seed=2,
        report=report,
        keep=keep,
        beside=Beside("hau", (), tmp_path, notes.__setitem__),
    )
    return labeler.label([record.instance for record in gold], silent), notes


def right(found: list[Prediction]) -> float:
    pairs = zip(found, topics(30, 9), strict=True)
    return sum(one.labels == record.labels for one, record in pairs) / len(found)


@pytest.mark.parametrize("kind", KINDS)
def test_asked_as_it_is(kind: str, tmp_path: Path) -> None:
    folder = str(cloze_model(kind, tmp_path))
    found, notes = labelled(folder, {}, tmp_path)
    assert found == labelled(folder, {}, tmp_path)[0]
    for one in found:
        assert one.posterior is not None
        (row,) = one.posterior
        assert sum(row) == pytest.approx(1.0)
        assert one.confidences == (max(row),)
        assert one.labels == (TOPICS[row.index(max(row))],)
    told = notes["training"]
    assert told["curve"] == []
    assert told["words"]["sports"][0][2] is True
    assert told["shots"] == dict.fromkeys(TOPICS, 0)


def test_tuned_on_items_of_the_sources(model: str, tmp_path: Path) -> None:
    found, notes = labelled(model, TUNED, tmp_path)
    assert right(found) > 0.8
    told = notes["training"]
    assert told["curve"][-1]["score"] > 0.8
    assert told["shots"] == dict.fromkeys(TOPICS, 16)
    assert labelled(model, TUNED, tmp_path)[0] == found


def test_a_stopped_tuning_goes_on(model: str, tmp_path: Path) -> None:
    steps: list[int] = []

    def stop(message: str, done: int, total: int) -> None:
        if message.startswith("tuning"):
            steps.append(done)
            if len(steps) == 25:
                raise Cancelled("stopped.")

    keep = tmp_path / "keep"
    with pytest.raises(Cancelled):
        labelled(model, TUNED, tmp_path, stop, keep)
    found = labelled(model, TUNED, tmp_path, stop, keep)[0]
    assert steps[25] == 24
    assert found == labelled(model, TUNED, tmp_path)[0]


def test_label_words_are_those_that_are_given(model: str, tmp_path: Path) -> None:
    words = tuple(f"{topic}={word}" for topic in TOPICS for word in CONTENT[topic])
    found, notes = labelled(model, {"words": words, "neighbours": 2}, tmp_path)
    assert [row[0] for row in notes["training"]["words"]["health"]] == list(CONTENT["health"])
    assert found != labelled(model, {}, tmp_path)[0]


def test_pairs_are_asked_by_their_own_template(model: str, tmp_path: Path) -> None:
    labeler = build("hard_prompt", {"model": model})
    pairs = [Instance(0, "test", (), "the ball", "a team"), Instance(1, "test", (), "the law", "a nurse")]
    labels = ("entailment", "neutral", "contradiction")
    labeler.fit([], pairs, labels, seed=0, report=silent)
    assert [one.position for one in labeler.label(pairs, silent)] == [0, 1]


def test_what_it_cannot_do_is_refused(model: str, tmp_path: Path) -> None:
    labeler = build("hard_prompt", {"model": model})
    with pytest.raises(RecipeError, match="Call fit"):
        labeler.label([], silent)
    with pytest.raises(RecipeError, match="hard_prompt labels whole texts"):
        labeler.fit([], [record.instance for record in tagged(2, 1)], UPOS, seed=0, report=silent)
    tuned = build("hard_prompt", {"model": model, "freeze_backbone": False})
    with pytest.raises(RecipeError, match="no items in the sources"):
        tuned.fit([], [], TOPICS, seed=0, report=silent)
    for settings, said in (
        ({"steps": 0}, "steps"),
        ({"shots": -1}, "shots"),
        ({"neighbours": 0}, "neighbours"),
        ({"max_length": 4}, "max_length"),
        ({"template": "{text}"}, "template"),
        ({"model": str(tmp_path / "none")}, "no folder"),
        ({"model": ""}, "needs a model"),
    ):
        with pytest.raises(RecipeError, match=said):
            build("hard_prompt", {"model": model} | settings)
