"""Sentence models from a folder: pooling and prefixes by hand, and vectors kept without the model."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.embedders import build
from core.embedders.sentence_transformer import POOLINGS, SentenceEmbedder
from core.embedding_cache import kept_in
from core.errors import RecipeError
from tests.needs import needs
from tests.tiny_model import WIDTH, sentence_model, token_vectors, transformer

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ["abc def", "x", "a much longer line of text than the others"]
pytestmark = [
    needs("sentence-transformers"),
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),
]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path) -> Iterator[Path]:
    with kept_in(tmp_path / "cache") as place:
        yield place


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return transformer(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def model(plain: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence model that pools by its first token."""
    return sentence_model(tmp_path_factory.mktemp("cls"), plain)


def pooled(tokens: Any, how: str) -> Any:
    ways = {"mean": tokens.mean(0), "cls": tokens[0], "max": tokens.max(0), "lasttoken": tokens[-1]}
    return ways[how]


def by_hand(plain: Path, texts: list[str], how: str) -> Any:
    return np.array([pooled(token_vectors(plain, text), how) for text in texts])


@pytest.mark.parametrize("pooling", POOLINGS)
def test_pooling_by_hand(plain: Path, model: Path, pooling: str) -> None:
    """`model` is what its files say (cls here), and mean where they say nothing."""
    for folder, said in ((plain, "mean"), (model, "cls")):
        embedder = SentenceEmbedder(model=str(folder), pooling=pooling, metric="dot", batch_size=2)
        wanted = by_hand(plain, TEXTS, said if pooling == "model" else pooling)
        assert embedder.embed(TEXTS) == pytest.approx(wanted, abs=1e-5)


@pytest.mark.parametrize("metric", ["cosine", "dot", "euclidean"])
def test_metrics_and_prefixes_by_hand(plain: Path, metric: str) -> None:
    embedder = SentenceEmbedder(
        model=str(plain), metric=metric, prefix='"passage: "', query_prefix="query: ", batch_size=2
    )
    table = embedder.similarity(["abc", "klm"], TEXTS)
    queries = by_hand(plain, ["query: abc", "query: klm"], "mean")
    pool = by_hand(plain, [f"passage: {text}" for text in TEXTS], "mean")
    products = queries @ pool.T
    lengths = np.outer(np.linalg.norm(queries, axis=1), np.linalg.norm(pool, axis=1))
    distances = np.linalg.norm(queries[:, None] - pool, axis=2)
    wanted = {"cosine": products / lengths, "dot": products, "euclidean": 1 / (1 + distances)}[metric]
    assert table == pytest.approx(wanted, abs=1e-4)


def test_a_prefix_of_ours_replaces_the_models_own_prompt(plain: Path, tmp_path: Path) -> None:
    folder = sentence_model(tmp_path / "model", plain, prompts={"text": "own: "}, default_prompt_name="text")
    for settings, before in (({}, "own: "), ({"prefix": "my: "}, "my: ")):
        rows = SentenceEmbedder(model=str(folder), metric="dot", **settings).embed(["abc"])
        assert rows == pytest.approx(by_hand(plain, [f"{before}abc"], "cls"), abs=1e-5)
    bare = SentenceEmbedder(model=str(folder), metric="dot", query_prefix="q: ").embed(["abc"])
    assert bare == pytest.approx(by_hand(plain, ["abc"], "cls"), abs=1e-5)


def test_a_hit_equals_a_miss_bit_for_bit_whatever_the_batch(model: Path) -> None:
    first = SentenceEmbedder(model=str(model), batch_size=3).embed(TEXTS)
    for settings in ({"batch_size": 1}, {"batch_size": 3, "download": True}):
        assert SentenceEmbedder(model=str(model), **settings).embed(TEXTS).tobytes() == first.tobytes()


CACHED = """
import sys
from core.embedders import build
table = build("sentence_transformer", {"model": sys.argv[1]}).similarity(["abc"], ["abc", "x"])
print(table.tobytes().hex(), "torch" in sys.modules, "transformers" in sys.modules)
"""


def test_the_second_time_no_model_is_loaded(model: Path, tmp_path: Path) -> None:
    """In a process of its own: neither the model nor the libraries it would need."""
    with kept_in(tmp_path / "workspace" / "cache" / "embeddings"):
        table = SentenceEmbedder(model=str(model)).similarity(["abc"], ["abc", "x"])
    environment = os.environ | {"SSP_WORKSPACE": str(tmp_path / "workspace"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", CACHED, str(model)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.stdout.split() == [table.tobytes().hex(), "False", "False"], done.stderr


def test_weights_that_cannot_be_read_are_not_missed_while_everything_is_kept(
    plain: Path, tmp_path: Path
) -> None:
    folder = transformer(tmp_path / "copy")
    first = SentenceEmbedder(model=str(folder)).embed(TEXTS)
    weights = folder / "model.safetensors"
    stat = weights.stat()
    weights.write_bytes(b"\xff" * stat.st_size)
    os.utime(weights, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    again = SentenceEmbedder(model=str(folder))
    assert again.embed(TEXTS).tobytes() == first.tobytes()
    with pytest.raises(RecipeError, match="could not be loaded"):
        again.embed(["another"])


def test_another_model_pooling_or_prefix_is_another_identity(
    plain: Path, tmp_path: Path, cache: Path
) -> None:
    folder = transformer(tmp_path / "copy")
    settings: list[dict[str, Any]] = [{}, {"pooling": "max"}, {"prefix": "a"}, {"query_prefix": "a"}]
    for count, more in enumerate(settings, 1):
        SentenceEmbedder(model=str(folder), **more).embed(["abc"])
        assert len(list(cache.iterdir())) == count
    for more in ({"metric": "dot"}, {"batch_size": 7}, {"pooling": "max", "metric": "euclidean"}):
        SentenceEmbedder(model=str(folder), **more).embed(["abc"])
        assert len(list(cache.iterdir())) == 4
    weights = folder / "model.safetensors"
    os.utime(weights, ns=(0, weights.stat().st_mtime_ns + 1))
    SentenceEmbedder(model=str(folder)).embed(["abc"])
    assert len(list(cache.iterdir())) == 5


@pytest.mark.thorough
def test_a_model_of_the_local_cache_is_found_by_name(tmp_path: Path) -> None:
    """Laid out as the hub's client does; nothing is asked of any host."""
    snapshot = tmp_path / "hub" / "models--somebody--tiny" / "snapshots" / ("0" * 40)
    transformer(snapshot)
    references = tmp_path / "hub" / "models--somebody--tiny" / "refs"
    references.mkdir()
    (references / "main").write_text("0" * 40)
    code = (
        "from core.embedders import build; "
        "print(build('sentence_transformer', {'model': 'somebody/tiny'}).embed(['abc']).shape)"
    )
    environment = os.environ | {
        "HF_HUB_CACHE": str(tmp_path / "hub"),
        "HF_HUB_OFFLINE": "1",
        "SSP_WORKSPACE": str(tmp_path / "workspace"),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False
    )
    assert done.stdout.strip() == f"(1, {WIDTH})", done.stderr


@pytest.mark.parametrize("name", ["nobody/absent", "absent", "../absent", "a/b/c", "/absent", "a b"])
def test_a_model_that_is_not_there(name: str) -> None:
    with pytest.raises(RecipeError, match="could not be loaded") as refused:
        SentenceEmbedder(model=name).embed(["a"])
    assert "embedder.download=true" in refused.value.hint


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="could not be loaded"):
        SentenceEmbedder(model=str(tmp_path)).embed(["a"])


def test_pooling_that_cannot_be_replaced(plain: Path, tmp_path: Path) -> None:
    folder = sentence_model(tmp_path / "two", plain, pooling=("cls", "mean"))
    assert SentenceEmbedder(model=str(folder)).embed(["abc"]).shape == (1, 2 * WIDTH)
    with pytest.raises(RecipeError, match=r"pool tokens.*pooling=model"):
        SentenceEmbedder(model=str(folder), pooling="max").embed(["abc"])


BAD = [
    ({"pooling": "sum"}, "one of model, mean, cls, max, lasttoken"),
    ({"model": 7}, "model cannot be 7"),
    ({"prefix": 1.5}, "prefix cannot be"),
    ({"metric": "l2"}, "cosine, dot or euclidean"),
    ({"batch_size": 0}, "a whole number"),
    ({"download": "yes"}, "true or false"),
]


@pytest.mark.parametrize(("settings", "message"), BAD)
def test_settings_that_cannot_be(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        build("sentence_transformer", {"model": "x"} | settings)


def test_a_model_is_asked_for_when_a_run_begins() -> None:
    with pytest.raises(RecipeError, match="embedder sentence_transformer needs a model"):
        build("sentence_transformer", {})
