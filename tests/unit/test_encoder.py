"""The fine-tuned encoder: it learns every task, labels every token, and is the same every time."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from core.errors import RecipeError
from core.labelers import build
from core.types import Instance, Labels, Prediction, Record
from tests import tiny_encoder
from tests.needs import needs
from tests.tiny_encoder import BIO, NLI, TOPICS, UPOS, encoder, named, pairs, right, tagged, topics

pytestmark = [needs("torch", "transformers"), pytest.mark.slow, pytest.mark.filterwarnings("default")]
QUICK = {"epochs": 6, "learning_rate": 5e-3, "batch_size": 16, "patience": 3}


def silent(message: str, done: int, total: int) -> None:
    assert message
    assert 0 <= done <= total


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return encoder(tmp_path_factory.mktemp("encoder"))


def fitted(model: Path, train: Sequence[Record], label_set: Labels, **settings: Any) -> Any:
    labeler = build("encoder", {"model": str(model), **QUICK, **settings})
    half = len(train) // 2
    labeler.fit([("aaa", train[:half]), ("bbb", train[half:])], [], label_set, seed=0, report=silent)
    return labeler


def labelled(labeler: Any, records: Sequence[Record]) -> list[Prediction]:
    found: list[Prediction] = labeler.label([record.instance for record in records], silent)
    return found


def majority(records: Sequence[Record]) -> float:
    labels = [label for record in records for label in record.labels or ()]
    return max(labels.count(label) for label in labels) / len(labels)


@pytest.mark.parametrize(
    ("make", "label_set", "least"),
    [(tagged, UPOS, 0.95), (named, BIO, 0.85), (pairs, NLI, 0.9), (topics, TOPICS, 0.9)],
)
def test_it_learns(
    model: Path, make: Callable[[int, int], list[Record]], label_set: Labels, least: float
) -> None:
    labeler, gold = fitted(model, make(300, 1), label_set), make(60, 9)
    found = labelled(labeler, gold)
    assert right([prediction.labels for prediction in found], gold) > max(least, majority(gold) + 0.3)
    for prediction in found:
        assert prediction.confidences is not None
        assert prediction.posterior is not None
        for label, sure, row in zip(
            prediction.labels, prediction.confidences, prediction.posterior, strict=True
        ):
            assert len(row) == len(label_set)
            assert sum(row) == pytest.approx(1.0)
            assert row[label_set.index(label)] == sure


@pytest.fixture(scope="module")
def tagger(model: Path) -> Any:
    return fitted(model, tagged(300, 1), UPOS, max_length=24)


def test_sentences_longer_than_a_window_are_labelled_to_their_end(tagger: Any) -> None:
    dice = random.Random(3)
    tokens = tuple(tiny_encoder.word(dice, "mvab"[at % 4]) for at in range(90))
    wanted = [("NOUN", "VERB", "ADJ", "ADJ")[at % 4] for at in range(90)]
    (found,) = tagger.label([Instance(0, "test", tokens, " ".join(tokens))], silent)
    assert len(found.labels) == 90
    assert sum(a == b for a, b in zip(found.labels, wanted, strict=True)) > 85
    assert sum(a == b for a, b in zip(found.labels[60:], wanted[60:], strict=True)) > 27


@pytest.mark.parametrize(
    "tokens",
    [("",), ("", "mm", ""), ("\u200b", "m"), (" ", "m"), ("猫", "m"), ("a b", "m"), ("m" * 300, "v"), ()],
)
def test_odd_tokens_get_a_label_too(tagger: Any, tokens: tuple[str, ...]) -> None:
    (found,) = tagger.label([Instance(7, "test", tokens, "whatever")], silent)
    assert found.position == 7
    assert len(found.labels) == len(found.confidences) == len(found.posterior) == len(tokens)
    assert set(found.labels) <= set(UPOS)


def test_a_token_without_sub_words_is_given_the_shares_of_the_sources(model: Path) -> None:
    train = tagged(60, 1)
    labels = [label for record in train for label in record.labels or ()]
    labeler = fitted(model, train, UPOS, epochs=1, dev_share=0)
    (found,) = labeler.label([Instance(0, "test", ("", "m"), "m")], silent)
    shares = [labels.count(label) / len(labels) for label in UPOS]
    assert found.posterior[0] == pytest.approx(shares, abs=1e-3)


def test_labels_do_not_depend_on_what_is_labelled_along_with_them(tagger: Any) -> None:
    gold = tagged(40, 5)
    together, alone = labelled(tagger, gold), [labelled(tagger, [record])[0] for record in gold]
    assert [one.labels for one in together] == [one.labels for one in alone]
    for one, other in zip(together, alone, strict=True):
        assert one.confidences == pytest.approx(other.confidences, abs=1e-4)


def test_the_same_seed_gives_the_same_labels_and_torch_keeps_its_dice(model: Path) -> None:
    import torch

    gold = tagged(10, 5)
    torch.manual_seed(5)
    wanted = torch.rand(1).item()
    torch.manual_seed(5)
    first = labelled(fitted(model, tagged(60, 1), UPOS, epochs=2), gold)
    assert torch.rand(1).item() == wanted
    assert labelled(fitted(model, tagged(60, 1), UPOS, epochs=2), gold) == first


def test_entity_types_a_source_never_marks_are_not_denied(model: Path) -> None:
    """One source marks persons and places, the other persons alone: its O may be a place."""
    both = named(150, 1)
    persons = [
        Record(record.instance, tuple("O" if "LOC" in label else label for label in record.labels or ()))
        for record in named(450, 2)
    ]
    labeler = build("encoder", {"model": str(model), **QUICK})
    labeler.fit([("aaa", both), ("bbb", persons)], [], BIO, seed=0, report=silent)
    gold = named(60, 9)
    found = [label for prediction in labelled(labeler, gold) for label in prediction.labels]
    wanted = [label for record in gold for label in record.labels or ()]
    places = [a == b for a, b in zip(found, wanted, strict=True) if b == "B-LOC"]
    assert sum(places) / len(places) > 0.7


def test_corrected_items_of_the_target_teach(model: Path) -> None:
    """A word class the sources never show is learned from the target's corrected sentences."""
    shown = [tiny_encoder.record(at, ["k" * (1 + at % 3), "mm"], ["ADJ", "NOUN"]) for at in range(40)]
    labeler = build("encoder", {"model": str(model), **QUICK})
    train = [
        record for record in tagged(300, 1) if not any(token[0] in "ab" for token in record.instance.tokens)
    ]
    labeler.fit([("aaa", train)], [], UPOS, seed=0, report=silent, corrected=shown)
    (found,) = labeler.label([Instance(0, "test", ("kkkk", "vv"), "")], silent)
    assert found.labels == ("ADJ", "VERB")


def test_training_stops_early_and_says_so(model: Path) -> None:
    said: list[str] = []

    def report(stage: str, done: int, total: int) -> None:
        silent(stage, done, total)
        said.append(stage)

    labeler = build("encoder", {"model": str(model), **QUICK, "epochs": 30, "patience": 1})
    labeler.fit([("aaa", tagged(100, 1))], [], UPOS, seed=0, report=report)
    assert "fine-tuning the encoder, epoch 2 of 30" in said
    assert "fine-tuning the encoder, epoch 30 of 30" not in said
    assert said[-1].startswith("fine-tuning stopped early, after epoch")


def test_a_loss_that_is_no_number_is_an_error(model: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = shutil.copytree(model, tmp_path / "broken")
    weights = load_file(folder / "model.safetensors")
    weights["embeddings.LayerNorm.weight"] *= float("nan")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(RecipeError, match=r"diverged at step 1.*learning_rate"):
        fitted(folder, tagged(20, 1), UPOS)


def test_progress_of_labelling_is_in_instances(tagger: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.labelers.encoder.AT_A_TIME", 20)
    said: list[tuple[str, int, int]] = []
    tagger.label([record.instance for record in tagged(50, 5)], lambda *told: said.append(told))
    assert {(stage, total) for stage, _, total in said} == {("labelling", 50)}
    done = [done for _, done, _ in said]
    assert done == sorted(done)
    assert done[-1] == 50


def test_label_before_fit_and_nothing_to_label(model: Path, tagger: Any) -> None:
    with pytest.raises(RecipeError, match="not been trained"):
        build("encoder", {"model": str(model)}).label([], silent)
    assert tagger.label([], silent) == []
