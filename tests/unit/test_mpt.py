"""MPT and its baselines over tiny models: what they learn, keep, note and refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import Cancelled, RecipeError
from core.labelers import build
from core.types import Instance
from tests.needs import needs
from tests.soft_prompts import pairs, run, silent
from tests.tiny_masked import KINDS, TOPICS, cloze_model

pytestmark = needs("torch", "transformers")
METHODS = ("soft_prompt", "mpt", "pct")
PAIRS = pairs(12)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cloze_model("bert", tmp_path_factory.mktemp("models") / "bert")


def extra(name: str) -> dict[str, Any]:
    return {"translator_steps": 4} if name == "mpt" else {"tuning_steps": 4}


@pytest.mark.parametrize("kind", KINDS)
def test_any_model_is_taught_and_its_prompt_read_back_to_the_same_labels(kind: str, tmp_path: Path) -> None:
    place = cloze_model(kind, tmp_path / kind)
    first = run("mpt", place, tmp_path, own=6, parallel=PAIRS, translator_steps=4, encoder="lstm")
    assert np.allclose(first.rows.sum(1), 1)
    assert [len(row.labels) for row in first.found] == [1] * 9
    again = run("mpt", place, tmp_path, prompt=str(first.artefact))
    assert np.array_equal(first.rows, again.rows)
    assert again.note["curve"] == []


@pytest.mark.parametrize("name", METHODS)
def test_the_same_seed_gives_the_same_labels_and_another_does_not(
    name: str, model: Path, tmp_path: Path
) -> None:
    first, same, other = (
        run(name, model, tmp_path, own=6, seed=seed, parallel=PAIRS, **extra(name)) for seed in (3, 3, 4)
    )
    assert np.array_equal(first.rows, same.rows)
    assert first.note["artefact"] == same.note["artefact"] != other.note["artefact"]
    assert not np.array_equal(first.rows, other.rows)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("at", [2, 6])
def test_a_training_that_was_stopped_goes_on_to_the_same_weights(
    name: str, at: int, model: Path, tmp_path: Path
) -> None:
    """Stopped in the first training (step 2 of 4), and in the second (step 2 of 4)."""
    seen = 0

    def stop(message: str, done: int, total: int) -> None:
        nonlocal seen
        silent(message, done, total)
        seen += message.startswith(("training the", "tuning", "learning the")) and done < total
        if seen > at:
            raise Cancelled("stopped")

    whole = run(name, model, tmp_path, own=6, parallel=PAIRS, **extra(name))
    with pytest.raises(Cancelled):
        run(name, model, tmp_path, own=6, parallel=PAIRS, keep=tmp_path / "k", report=stop, **extra(name))
    rest = run(name, model, tmp_path, own=6, parallel=PAIRS, keep=tmp_path / "k", **extra(name))
    assert np.array_equal(whole.rows, rest.rows)
    assert whole.note["artefact"] == rest.note["artefact"]


@pytest.mark.parametrize("name", METHODS)
def test_a_model_that_is_trained_with_its_prompt_is_kept_with_it(
    name: str, model: Path, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {"freeze_backbone": False, "backbone_rate": 1e-2}
    first = run(name, model, tmp_path, own=6, parallel=PAIRS, **settings, **extra(name))
    frozen = run(name, model, tmp_path, own=6, parallel=PAIRS, **extra(name))
    again = run(name, model, tmp_path, prompt=str(first.artefact))
    assert np.array_equal(first.rows, again.rows)
    assert not np.allclose(first.rows, frozen.rows, atol=1e-3)


def test_the_note_tells_how_the_prompt_was_trained(model: Path, tmp_path: Path) -> None:
    note = run("mpt", model, tmp_path, own=6, parallel=PAIRS, translator_steps=40).note
    stages = [point["stage"] for point in note["curve"]]
    assert stages == sorted(stages)
    assert [point["step"] for point in note["curve"]] == [4, 19, 34, 44]
    assert note["curve"][0]["parts"].keys() == {"classification"}
    assert note["curve"][1]["parts"].keys() == {"target shots", "alignment"}
    assert note["curve"][0]["on"] == "held-out source items"
    assert note["curve"][1]["score"] is None
    assert note["shots"] == dict.fromkeys(sorted(TOPICS), 4)
    assert note["target_shots"] == dict.fromkeys(sorted(TOPICS), 2)
    assert note["pairs"] == 12
    assert {name: len(rows) for name, rows in note["near"].items()} == {
        "source prompt": 2,
        "target prompt": 2,
    }
    assert all(len(row) == 5 for rows in note["near"].values() for row in rows)
    assert note["words"]["sports"] == [["sports", ["sports"], True]]


def test_the_alignment_falls_and_moves_the_targets_prompt_alone(model: Path, tmp_path: Path) -> None:
    found = run("mpt", model, tmp_path, parallel=PAIRS, translator_steps=150, translator_rate=0.02)
    falls = [p["parts"]["alignment"] for p in found.note["curve"] if "alignment" in p["parts"]]
    assert falls[-1] < falls[0] / 2
    plain = run("soft_prompt", model, tmp_path)
    assert found.note["near"]["source prompt"] == plain.note["near"]["source prompt"]
    assert found.note["near"]["target prompt"] != plain.note["near"]["source prompt"]


def test_without_alignment_and_shots_the_sources_prompt_is_used_as_it_is(model: Path, tmp_path: Path) -> None:
    mpt = run("mpt", model, tmp_path, alpha=0)
    assert np.array_equal(mpt.rows, run("soft_prompt", model, tmp_path).rows)
    assert [stage["name"] for stage in mpt.note["stages"]] == ["source prompt"]


def test_learning_both_prompts_together_moves_the_sources_too(model: Path, tmp_path: Path) -> None:
    staged = run("mpt", model, tmp_path, parallel=PAIRS, translator_steps=4)
    joint = run("mpt", model, tmp_path, parallel=PAIRS, translator_steps=4, joint=True)
    assert "classification" in joint.note["curve"][-1]["parts"]
    assert not np.array_equal(staged.rows, joint.rows)


def test_shots_of_the_target_are_counted_by_label_and_can_be_left_out(model: Path, tmp_path: Path) -> None:
    one = run("soft_prompt", model, tmp_path, own=6, target_shots=1, tuning_steps=4)
    none = run("soft_prompt", model, tmp_path, own=6, target_shots=0)
    assert one.note["target_shots"] == dict.fromkeys(sorted(TOPICS), 1)
    assert none.note["target_shots"] == {}
    assert np.array_equal(none.rows, run("soft_prompt", model, tmp_path).rows)
    assert not np.array_equal(none.rows, one.rows)


def test_pairs_of_texts_are_aligned_as_pairs(model: Path, tmp_path: Path) -> None:
    items = [Instance(at, "test", (), "the ball", "a goal is") for at in range(3)]
    found = run("mpt", model, tmp_path, parallel=PAIRS, translator_steps=2, items=items)
    assert len(found.found) == 3
    assert found.note["pairs"] == 12


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("mpt", {}, "sentences with their translations, and the run has none"),
        ("mpt", {"translator": "linear-9"}, "translator cannot be 'linear-9'"),
        ("mpt", {"alpha": -1}, "alpha cannot be"),
        ("mpt", {"misaligned": 1.5}, "misaligned cannot be"),
        ("soft_prompt", {"encoder": "gru"}, "encoder cannot be 'gru'"),
        ("soft_prompt", {"prompt_length": 0}, "prompt_length cannot be 0"),
        ("soft_prompt", {"words": ("sports=unheardof",)}, "single token"),
        ("soft_prompt", {"template": "{text} {mask}"}, "no place for soft vectors"),
        ("soft_prompt", {"prompt": "nowhere.safetensors"}, "no soft prompt in nowhere"),
        ("pct", {"switched": 2}, "switched cannot be"),
        ("pct", {"own_words": True}, "no word of the language fao"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    name: str, settings: dict[str, Any], said: str, model: Path, tmp_path: Path
) -> None:
    with pytest.raises(RecipeError, match=said):
        run(name, model, tmp_path, **settings)


def test_a_kept_prompt_is_refused_for_other_labels_and_words_for_word_tasks(
    model: Path, tmp_path: Path
) -> None:
    kept = run("soft_prompt", model, tmp_path).artefact
    labeler = build("mpt", {"model": str(model), "prompt": str(kept)})
    assert not labeler.needs_sources
    beside: Any = None
    item = Instance(0, "test", (), "the ball")
    with pytest.raises(RecipeError, match="trained for the labels"):
        labeler.fit([], [item], ("x", "y"), seed=0, report=silent, beside=beside)
    with pytest.raises(RecipeError, match="not been trained"):
        labeler.label([item], silent)
    with pytest.raises(RecipeError, match="not words"):
        run("mpt", model, tmp_path, items=[Instance(0, "test", ("the", "ball"), "the ball")])
