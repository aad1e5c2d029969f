"""Embedders: similarities that are the same everywhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.embedders import embedders
from core.embedders.checks import unquoted
from core.embedders.metric import METRICS, similarities, unit
from core.embedders.ngrams import NGrams, hashed_ngrams
from core.embedders.sentence_transformer import SentenceEmbedder
from core.errors import RecipeError

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
    assert {"ngrams", "sentence_transformer", "endpoint", "xampler", "random"} == set(embedders)


def test_a_neural_embedder_without_a_model_says_what_to_do() -> None:
    assert SentenceEmbedder().similarity([], ["a"]).shape == (0, 1)
    with pytest.raises(RecipeError, match=r"embedder\.model"):
        SentenceEmbedder().embed(["a"])


def rows_by_hand(pool: list[str], queries: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """TF-IDF of character pairs, not scaled: (1 + ln count) times (1 + ln((1 + N) / (1 + n)))."""

    def pairs(text: str) -> list[str]:
        padded = f" {text} "
        return [padded[at : at + 2] for at in range(len(padded) - 1)]

    names = sorted({pair for text in (*pool, *queries) for pair in pairs(text)})
    seen = np.array([sum(name in pairs(text) for text in pool) for name in names])
    rarity = np.log((1 + len(pool)) / (1 + seen)) + 1
    counts = np.array([[pairs(text).count(name) for name in names] for text in (*queries, *pool)])
    rows = np.where(counts, 1 + np.log(np.maximum(counts, 1)), 0) * rarity
    return rows[: len(queries)], rows[len(queries) :]


@pytest.mark.parametrize("metric", ["cosine", "dot", "euclidean"])
def test_metrics_of_ngrams_by_hand(metric: str) -> None:
    pool, queries = ["abab", "abc", "xyz"], ["abab", "bcx", "zzz"]
    table = NGrams(low=2, high=2, bits=24, metric=metric).similarity(queries, pool)
    asked, held = rows_by_hand(pool, queries)
    products = asked @ held.T
    lengths = np.outer(np.linalg.norm(asked, axis=1), np.linalg.norm(held, axis=1))
    distances = np.linalg.norm(asked[:, None] - held, axis=2)
    wanted = {"cosine": products / lengths, "dot": products, "euclidean": 1 / (1 + distances)}[metric]
    assert table == pytest.approx(wanted, abs=1e-12)
    if metric == "euclidean":
        assert table[0, 0] == 1.0


def test_a_distance_of_nothing_is_nothing() -> None:
    table = NGrams(metric="euclidean").similarity(TEXTS, TEXTS)
    assert np.diag(table).tolist() == [1.0] * 5
    assert ((table > 0) & (table <= 1)).all()
    assert table[0, 1] == 1.0


def test_a_metric_nobody_knows() -> None:
    with pytest.raises(RecipeError, match="metric cannot be 'manhattan'"):
        NGrams(metric="manhattan")


@given(
    arrays(np.float32, st.tuples(st.integers(1, 5), st.just(4)), elements=st.floats(-1e3, 1e3, width=32)),
    st.sampled_from(METRICS),
)
def test_similarities_are_finite_and_in_range(rows: np.ndarray, metric: str) -> None:
    exact = rows.astype(np.float64)
    held = unit(exact) if metric == "cosine" else exact
    squares = np.einsum("qd,qd->q", held, held)
    table = similarities(metric, held @ held.T, squares, squares)
    assert np.isfinite(table).all()
    assert metric == "dot" or table.max() <= 1.0
    if metric == "euclidean":
        assert (table > 0).all()
        assert np.diag(table).tolist() == [1.0] * len(rows)
        distances = np.linalg.norm(exact[:, None] - exact, axis=2)
        assert table == pytest.approx(1 / (1 + distances), abs=1e-2)


@pytest.mark.parametrize(
    ("given_text", "meant"),
    [('"query: "', "query: "), ("query:", "query:"), ('"', '"'), ('""', ""), ("", "")],
)
def test_a_space_at_the_end_can_be_given_in_quotes(given_text: str, meant: str) -> None:
    assert unquoted(given_text) == meant
