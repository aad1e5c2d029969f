"""Label words: what a vocabulary makes of them, their neighbours, and scores of labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.cloze import checkpoint as models
from core.cloze.checkpoint import Checkpoint
from core.cloze.verbalizer import checked, read_words, told, verbalizer
from core.errors import RecipeError
from tests.needs import needs
from tests.tiny_masked import KINDS, TOPICS, cloze_model

pytestmark = [needs("torch", "transformers"), pytest.mark.filterwarnings("default")]


def silent(message: str, done: int, total: int) -> None:
    """Progress goes nowhere."""


@pytest.fixture(scope="module", params=KINDS)
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return models.load(str(cloze_model(request.param, tmp_path_factory.mktemp("m"))), report=silent)


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Checkpoint:
    return models.load(str(cloze_model("bert", tmp_path_factory.mktemp("m"))), report=silent)


def test_words_are_single_tokens_with_the_space_before_them(model: Checkpoint) -> None:
    found = checked(model, TOPICS, read_words(TOPICS, ()))
    assert [word.text for word in found] == list(TOPICS)
    assert all(word.single for word in found)
    assert [model.word(word.id or 0) for word in found] == list(TOPICS)
    if model.kind == "causal":
        assert found[0].pieces == ("Ġsports",)
    (long,) = checked(model, ("a",), {"a": ("sportsball",)})
    assert not long.single
    assert len(long.pieces) > 1
    assert told([long]) == {"a": [["sportsball", list(long.pieces), False]]}


def test_entries_name_words_and_labels_have_names() -> None:
    labels = ("science/technology", "travel", "entailment")
    assert read_words(labels, ()) == {
        "science/technology": ("science", "technology"),
        "travel": ("travel",),
        "entailment": ("yes",),
    }
    assert read_words(("a=b", "c"), ("a=b=x", "a=b=y", "a=b=x"))["a=b"] == ("x", "y")
    for wrong in ("travel", "travel=", "trips=trip"):
        with pytest.raises(RecipeError, match="label word"):
            read_words(labels, (wrong,))


def test_a_class_scores_as_the_best_of_its_names(bert: Checkpoint) -> None:
    import torch

    made = verbalizer(bert, ("x", "y"), {"x": ("sports", "ball"), "y": ("health",)})
    logits = torch.zeros(2, len(bert.vectors))
    ids = dict(zip(made.names, made.ids[:, 0].tolist(), strict=True))
    logits[0, ids["ball"]] = 3.0
    logits[1, ids["health"]] = 2.0
    logits[1, ids["sports"]] = -1.0
    assert made.scores(logits).tolist() == [[3.0, 0.0], [0.0, 2.0]]


def test_neighbours_are_the_nearest_by_cosine_and_weighted_by_its_softmax(model: Checkpoint) -> None:
    import torch

    made = verbalizer(model, TOPICS, read_words(TOPICS, ()), 4)
    table = torch.nn.functional.normalize(model.vectors, dim=1)
    for row, word in enumerate(checked(model, TOPICS, read_words(TOPICS, ()))):
        cosines = table @ table[word.id]
        order = [at for at in cosines.argsort(descending=True).tolist() if at not in model.nameless][:4]
        assert made.ids[row].tolist() == order
        assert order[0] == word.id
        torch.testing.assert_close(made.weights[row], cosines[order].softmax(0), atol=1e-5, rtol=1e-5)
    logits = torch.randn(3, len(model.vectors))
    wanted = (logits[:, made.ids[1]] * made.weights[1]).sum(1)
    torch.testing.assert_close(made.scores(logits)[:, 1], wanted)


def test_a_word_of_several_tokens_is_looked_for_by_the_mean_of_its_pieces(model: Checkpoint) -> None:
    words = {"x": ("sportsball",), "y": ("health",)}
    with pytest.raises(RecipeError, match="'sportsball' is not a single token"):
        verbalizer(model, ("x", "y"), words)
    made = verbalizer(model, ("x", "y"), words, 3)
    assert made.ids.shape == (2, 3)


def test_words_that_cannot_tell_labels_apart_are_refused(bert: Checkpoint) -> None:
    with pytest.raises(RecipeError, match="x and y have the same word"):
        verbalizer(bert, ("x", "y"), {"x": ("ball",), "y": ("ball",)})
    with pytest.raises(RecipeError, match="does not know the label word '日本'"):
        verbalizer(bert, ("x",), {"x": ("日本",)}, 3)
    with pytest.raises(RecipeError, match="the label y has no word"):
        verbalizer(bert, ("x", "y"), {"x": ("ball",), "y": ()})


def test_a_vocabulary_of_whole_words(tmp_path: Path) -> None:
    """Words outside it are unknown, not pieces: as in the demo world."""
    import transformers
    from tokenizers import Tokenizer, pre_tokenizers
    from tokenizers import models as kinds

    folder = cloze_model("bert", tmp_path)
    known = {
        word: at for at, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "sports", "of"])
    }
    plain = Tokenizer(kinds.WordLevel(known, unk_token="[UNK]"))
    plain.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "mask_token": "[MASK]"}
    library: Any = transformers
    library.PreTrainedTokenizerFast(tokenizer_object=plain, **names).save_pretrained(folder)
    model = models.load(str(folder), report=silent)
    assert set(range(len(known), len(model.vectors))) < model.nameless
    assert verbalizer(model, ("x",), {"x": ("sports",)}).ids.tolist() == [[known["sports"]]]
    with pytest.raises(RecipeError, match="does not know"):
        verbalizer(model, ("x",), {"x": ("health",)})
