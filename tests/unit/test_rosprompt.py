"""RoSPrompt and NPPrompt on small models of random weights: what is learned, kept, told and refused."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import Cancelled, RecipeError
from core.labelers import Beside, labelers
from core.types import Instance, Record
from tests.needs import needs
from tests.tiny_masked import CONTENT, KINDS, TOPICS, cloze_model

pytestmark = needs("torch", "transformers")

SHORT: dict[str, Any] = {"epochs": 6, "learning_rate": 0.1, "neighbours": 1, "multilingual": False}


def quiet(_doing: str, _done: int, _total: int) -> None:
    """Progress nobody watches."""


def texts(count: int, seed: int) -> list[Record]:
    dice = np.random.default_rng(seed)
    return [
        Record(Instance(at, "train", (), " ".join(dice.choice(CONTENT[topic], 5))), (topic,))
        for at, topic in enumerate(TOPICS * (count // len(TOPICS)))
    ]


TRAIN, TEST = texts(45, 1), [record.instance for record in texts(12, 2)]
SOURCES = [("eng", TRAIN)]


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(cloze_model("bert", tmp_path_factory.mktemp("bert")))


def beside(folder: Path, notes: dict[str, Any]) -> Beside:
    return Beside("deu", (), folder, notes.__setitem__)


def fitted(model: str, name: str = "rosprompt", seed: int = 1, **settings: Any) -> Any:
    given = {key: settings.pop(key) for key in ("keep", "beside", "report") if key in settings}
    made = labelers[name](model=model, **settings)
    made.fit(SOURCES, TEST, TOPICS, seed=seed, **{"report": quiet, **given})
    return made


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["rosprompt", "npprompt"])
def test_any_architecture_labels_with_probabilities(kind: str, name: str, tmp_path: Path) -> None:
    settings = SHORT | {"epochs": 1} if name == "rosprompt" else {"neighbours": 3}
    found = fitted(str(cloze_model(kind, tmp_path)), name, **settings).label(TEST, quiet)
    assert [one.position for one in found] == [one.position for one in TEST]
    for one in found:
        assert one.posterior is not None
        assert one.confidences is not None
        assert math.isclose(sum(one.posterior[0]), 1.0, abs_tol=1e-6)
        assert one.labels == (TOPICS[int(np.argmax(one.posterior[0]))],)
        assert one.confidences[0] == max(one.posterior[0])


def test_the_loss_falls_and_the_model_stays_as_it_is(bert: str, tmp_path: Path) -> None:
    from core.cloze import checkpoint

    notes: dict[str, Any] = {}
    before = checkpoint.identity_of(Path(bert))
    fitted(bert, beside=beside(tmp_path, notes), **SHORT)
    curve = notes["training"]["curve"]
    assert len(curve) == SHORT["epochs"]
    assert curve[-1]["loss"] < curve[0]["loss"] - 0.1
    assert set(curve[0]["parts"]) == {"classification", "drift"}
    assert checkpoint.identity_of(Path(bert)) == before


def test_the_note_tells_what_was_learned_and_from_what(bert: str, tmp_path: Path) -> None:
    notes: dict[str, Any] = {}
    fitted(bert, beside=beside(tmp_path, notes), seen=TOPICS[:2], held_out=2, **SHORT)
    told = notes["training"]
    assert told["seen"] == list(TOPICS[:2])
    assert told["shots"] == {"sports": 8, "health": 8}
    assert [point["on"] for point in told["curve"]] == ["held-out source items"] * len(told["curve"])
    assert told["words"]["politics"] == [["politics", ["politics"], True]], "an unseen label has words, too"
    assert [len(row) for row in told["near"]["source prompt"]] == [5] * 5
    assert (tmp_path / told["artefact"]).is_file()


def test_an_unseen_label_can_be_given(bert: str) -> None:
    made = fitted(bert, seen=TOPICS[:2], **SHORT)
    found = made.label(TEST, quiet)
    assert made._answering.verbalizer.labels == TOPICS
    assert all(row[2] > 0 for one in found for row in one.posterior or ())


def test_classes_the_target_does_not_have_teach_too(bert: str) -> None:
    made = labelers["rosprompt"](model=bert, **SHORT)
    made.fit(SOURCES, TEST, ("politics", "travel"), seed=1, report=quiet)
    assert {one.labels[0] for one in made.label(TEST, quiet)} <= {"politics", "travel"}


def test_the_same_seed_gives_the_same_and_another_another(bert: str) -> None:
    one, same = (fitted(bert, seed=3, **SHORT).label(TEST, quiet) for _ in range(2))
    assert one == same
    assert fitted(bert, seed=4, **SHORT).label(TEST, quiet) != one


def test_a_kept_prompt_labels_as_the_training_did_and_needs_no_sources(bert: str, tmp_path: Path) -> None:
    notes: dict[str, Any] = {}
    learned = fitted(bert, beside=beside(tmp_path, notes), template="{text} is about {soft} {mask}", **SHORT)
    kept = labelers["rosprompt"](model=bert, prompt=str(tmp_path / notes["training"]["artefact"]), **SHORT)
    assert (learned.label(TEST, quiet), kept.needs_sources) == (learned.label(TEST, quiet), False)
    kept.fit([], TEST, TOPICS, seed=9, report=quiet, beside=beside(tmp_path, notes))
    assert kept.label(TEST, quiet) == learned.label(TEST, quiet)
    assert notes["training"]["curve"] == []
    assert labelers["rosprompt"](model=bert).needs_sources


def test_a_stopped_training_goes_on_to_the_same_prompt(bert: str, tmp_path: Path) -> None:
    def stop(doing: str, done: int, _total: int) -> None:
        if (doing, done) == ("training the prompt", 7):
            raise Cancelled("stopped")

    whole = fitted(bert, **SHORT).label(TEST, quiet)
    with pytest.raises(Cancelled):
        fitted(bert, keep=tmp_path, report=stop, **SHORT)
    assert list(tmp_path.rglob("training.safetensors"))
    steps: list[int] = []
    resumed = fitted(
        bert,
        keep=tmp_path,
        report=lambda doing, done, _: steps.append(done) if "training" in doing else None,
        **SHORT,
    )
    assert min(steps) == 7
    assert resumed.label(TEST, quiet) == whole


def test_calibration_takes_out_what_a_word_says_by_itself(bert: str) -> None:
    plain = fitted(bert, "npprompt", neighbours=1)
    even = fitted(bert, "npprompt", neighbours=1, calibration="target")
    shares = [
        np.array([one.posterior[0] for one in made.label(TEST, quiet)]).mean(0) for made in (plain, even)
    ]
    assert shares[1].max() - shares[1].min() < shares[0].max() - shares[0].min()


def test_items_a_human_corrected_are_learned_from_besides(bert: str, tmp_path: Path) -> None:
    notes: dict[str, Any] = {}
    made = labelers["rosprompt"](model=bert, shots=1, **SHORT)
    corrected = [Record(TEST[0], ("travel",))]
    made.fit(
        SOURCES,
        TEST,
        (*TOPICS, "travel"),
        seed=1,
        report=quiet,
        corrected=corrected,
        beside=beside(tmp_path, notes),
    )
    assert notes["training"]["shots"] == {"sports": 1, "health": 1, "politics": 1, "travel": 1}


def test_what_cannot_be_learned_is_refused_in_a_sentence(bert: str) -> None:
    with pytest.raises(RecipeError, match="no item to train on has the label 'weather'"):
        fitted(bert, seen=("weather",))
    with pytest.raises(RecipeError, match="items of 1 labels"):
        fitted(bert, seen=("sports",))
    with pytest.raises(RecipeError, match="has no place for soft vectors"):
        fitted(bert, template="{text} {mask}", **SHORT)
    with pytest.raises(RecipeError, match="whole texts"):
        labelers["rosprompt"](model=bert).fit(
            SOURCES, [Instance(0, "test", ("a",), "a")], TOPICS, seed=1, report=quiet
        )
    with pytest.raises(RecipeError, match="Call fit before label"):
        labelers["npprompt"](model=bert).label(TEST, quiet)


@pytest.mark.parametrize(
    ("name", "setting", "value"),
    [
        ("rosprompt", "smoothing", 1.0), ("rosprompt", "drift", -1.0), ("rosprompt", "over", "words"),
        ("rosprompt", "calibration", "source"), ("rosprompt", "prompt_length", 0),
        ("npprompt", "neighbours", -1), ("npprompt", "calibration", "yes"),
    ],
)  # fmt: skip
def test_settings_that_mean_nothing_are_refused(name: str, setting: str, value: object) -> None:
    with pytest.raises(RecipeError, match=f"labeler {name}: {setting} cannot be"):
        labelers[name](**{setting: value})


def test_smoothing_goes_to_the_other_label_words_only() -> None:
    import torch

    from core.labelers.robust.losses import drift, smoothed_entropy, smoothed_targets

    targets = smoothed_targets(torch.tensor([2, 0]), 3, 0.2)
    assert targets.flatten().tolist() == pytest.approx([0.1, 0.1, 0.8, 0.8, 0.1, 0.1])
    scores = torch.log_softmax(torch.tensor([[1.0, 2.0, 3.0]]), -1)
    assert float(smoothed_entropy(scores, torch.tensor([2]), 0.0)) == pytest.approx(-float(scores[0, 2]))
    assert float(drift(scores, scores)) == pytest.approx(0.0, abs=1e-6)
    assert float(drift(scores, scores.flip(1))) > 0.5


def test_pairs_are_asked_with_yes_maybe_and_no(bert: str, tmp_path: Path) -> None:
    labels = ("entailment", "neutral", "contradiction")
    pairs = [
        Record(Instance(at, "train", (), "the ball is a goal", word), (label,))
        for at, (label, word) in enumerate(zip(labels * 4, ("ball", "team", "law") * 4, strict=True))
    ]
    notes: dict[str, Any] = {}
    made = labelers["rosprompt"](model=bert, **SHORT | {"multilingual": True})
    items = [record.instance for record in pairs]
    made.fit([("eng", pairs)], items, labels, seed=1, report=quiet, beside=beside(tmp_path, notes))
    assert {len(one.labels) for one in made.label(items, quiet)} == {1}
    words = {label: [word for word, *_ in rows] for label, rows in notes["training"]["words"].items()}
    assert words == {"entailment": ["yes"], "neutral": ["maybe"], "contradiction": ["no"]}
    assert "{text_b}" in notes["training"]["template"]
