"""What the run form says of similarity, as overrides of a recipe."""

from __future__ import annotations

import pytest

from dashboard.widgets.similarity_form import Asked, overrides

SERVER = {"embedder": "endpoint", "embedder.metric": "cosine", "embedder.model": "m"}
AWAY = "https://api.example.org/v1"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Asked("auto", model="left over"), {}),
        (Asked("ngrams", "dot", model="left over"), {"embedder": "ngrams", "embedder.metric": "dot"}),
        (
            Asked("sentence_transformer", "euclidean", "e5", "http://left.over", "क्वेरी \\: "),
            {
                "embedder": "sentence_transformer",
                "embedder.metric": "euclidean",
                "embedder.model": "e5",
                "embedder.prefix": '"क्वेरी \\: "',
            },
        ),
        (Asked("endpoint", model="m", base_url=AWAY), SERVER | {"embedder.base_url": AWAY}),
        (
            Asked("endpoint", model="m", base_url=AWAY, agreed=True),
            SERVER | {"embedder.base_url": AWAY, "embedder.agreed": "api.example.org"},
        ),
        (
            Asked("endpoint", model="m", base_url="http://127.0.0.1:1/v1", agreed=True),
            SERVER | {"embedder.base_url": "http://127.0.0.1:1/v1"},
        ),
    ],
)
def test_overrides(asked: Asked, expected: dict[str, str]) -> None:
    assert overrides(asked) == expected
