"""An embedder of the server of these tests, with leave to ask it, and fixtures to take over by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import sending
from core.embedders.endpoint import EndpointEmbedder
from core.embedding_cache import kept_in
from core.sending import KEYS, connect
from core.types import Dataset, Egress
from tests.embedding_server import Server, serving, vector

SECRET = "sk-this-is-the-key"
TEXTS = ["Gáta er stutt søga", "Katten sover", "猫は寝る"]


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Vectors go to a folder of the test; no key and no proxy comes from outside; pauses are short."""
    for name in (*KEYS, "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sending, "PAUSE", 0.01)
    with kept_in(tmp_path / "cache") as place:
        yield place


def dataset(egress: Egress = "ask") -> Dataset:
    return Dataset("mine", "mine", "fao", "pos", ("X",), egress=egress)


def asking(server: Server, **settings: Any) -> EndpointEmbedder:
    """An embedder of this server, with leave to ask it."""
    embedder = EndpointEmbedder(
        base_url=server.url, **{"model": "x", "retries": 2, "timeout": 5.0} | settings
    )
    connect(embedder, [dataset("local")])
    return embedder


def expected(texts: list[str]) -> Any:
    return np.array([vector(text) for text in texts], dtype=np.float32).astype(np.float64)
