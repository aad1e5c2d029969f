"""Embedders: cosines that are the same everywhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.embedders import embedders
from core.embedders.ngrams import NGrams, hashed_ngrams
from core.embedders.sentence_transformer import SentenceEmbedder
from core.errors import RecipeError
from tests.needs import needs

TEXTS = ["Gáta er stutt søga", "gáta ER  stutt søga", "Katten sover", "", "猫は寝る"]


def test_cosines_of_equal_and_unlike_texts() -> None:
    table = NGrams().similarity(TEXTS, TEXTS)
    assert table.shape == (5, 5)
    assert table[0, 1] == pytest.approx(1.0)
    assert table[0, 0] == pytest.approx(1.0)
    assert 0 <= table[0, 2] < 0.3
    assert not table[3].any()
    assert table.max() <= 1.0
    assert table.dtype == np.float64


def test_ngrams_never_cross_from_one_text_to_the_next() -> None:
    rows, buckets = hashed_ngrams(["ab", "cd"], 2, 2, 18)
    assert rows.tolist() == [0, 0, 0, 1, 1, 1]
    alone = hashed_ngrams(["cd"], 2, 2, 18)[1]
    assert buckets[3:].tolist() == alone.tolist()


def test_the_hash_is_the_same_in_every_process() -> None:
    code = "from core.embedders.ngrams import hashed_ngrams as h; print(h(['søga'], 2, 4, 18)[1].sum())"
    root = Path(__file__).parents[2]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            cwd=root,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {f"{hashed_ngrams(['søga'], 2, 4, 18)[1].sum()}\n".encode()}


def test_a_query_scores_the_same_alone_or_among_others() -> None:
    together = NGrams().similarity(TEXTS, TEXTS)
    assert NGrams().similarity(TEXTS[2:3], TEXTS).tolist() == together[2:3].tolist()


def test_nothing_to_compare() -> None:
    assert NGrams().similarity([], ["a"]).shape == (0, 1)
    assert NGrams().similarity(["a"], []).shape == (1, 0)
    assert NGrams().embed([]).shape[0] == 0


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(RecipeError, match="n-grams of 3 to 2"):
        NGrams(low=3, high=2)


def test_embedders_are_found_by_name() -> None:
    assert {"ngrams", "sentence_transformer"} <= set(embedders)


def test_a_neural_embedder_without_a_model_says_what_to_do() -> None:
    assert SentenceEmbedder().similarity([], ["a"]).shape == (0, 1)
    with pytest.raises(RecipeError, match=r"embedder\.model"):
        SentenceEmbedder().embed(["a"])


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence model with random weights, made here; nothing is downloaded."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    BertTokenizerFast(vocab=str(folder / "vocab.txt")).save_pretrained(folder / "bert")
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder / "bert")
    module = Transformer(str(folder / "bert"))
    SentenceTransformer(modules=[module, Pooling(16)], device="cpu").save(str(folder / "model"))
    return folder / "model"


@needs("sentence-transformers")
@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_model_in_a_folder(tiny_model: Path) -> None:
    embedder = SentenceEmbedder(model=str(tiny_model), prefix="query: ")
    table = embedder.similarity(["abc def", "xyz"], ["abc def", "xyz", "klm"])
    assert table.shape == (2, 3)
    assert table[0, 0] == pytest.approx(1.0, abs=1e-5)
    with pytest.raises(RecipeError, match="could not be loaded"):
        SentenceEmbedder(model=str(tiny_model / "nowhere")).embed(["a"])
