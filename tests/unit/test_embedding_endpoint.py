"""Embeddings of a server: over real HTTP on this machine."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.egress import EgressRefused
from core.embedders import build
from core.embedders.endpoint import EndpointEmbedder
from core.errors import RecipeError
from core.keys import key_name
from core.sending import KEYS, _headers, connect
from core.types import Egress
from tests import embedding_client
from tests.embedding_client import SECRET, TEXTS, asking, dataset, expected
from tests.embedding_server import WIDTH, Server, said, serving, status

server, cache = embedding_client.server, embedding_client.cache


def test_vectors_come_in_order_and_as_they_were_said(server: Server) -> None:
    """The server answers in reverse order; `index` says whose a vector is."""
    rows = asking(server, metric="dot", batch_size=2).embed(TEXTS)
    assert rows.tolist() == expected(TEXTS).tolist()
    assert [len(document["input"]) for document in server.asked] == [2, 1]
    assert server.paths == ["/v1/embeddings"] * 2
    assert {key: server.asked[0][key] for key in ("model", "encoding_format")} == {
        "model": "x",
        "encoding_format": "float",
    }
    assert "Authorization" not in server.headers[0]


def test_entries_without_index_are_in_order(server: Server) -> None:
    server.always = said({"embedding": [1, 2]}, {"embedding": [3.5, 4]})
    assert asking(server, metric="dot").embed(["bb", "a"]).tolist() == [[3.5, 4.0], [1.0, 2.0]]


@pytest.mark.parametrize("metric", ["cosine", "dot", "euclidean"])
def test_metrics_by_hand(server: Server, metric: str) -> None:
    queries, pool = [*TEXTS[:2], "new"], TEXTS
    table = asking(server, metric=metric).similarity(queries, pool)
    for at, query in enumerate(expected(queries)):
        for other, item in enumerate(expected(pool)):
            by_hand = {
                "cosine": query @ item / np.linalg.norm(query) / np.linalg.norm(item),
                "dot": query @ item,
                "euclidean": 1 / (1 + np.linalg.norm(query - item)),
            }[metric]
            assert table[at, other] == pytest.approx(by_hand, abs=1e-12)
    if metric == "euclidean":
        assert table[0, 0] == table[1, 1] == 1.0
        assert (table > 0).all()


def test_prefixes(server: Server) -> None:
    embedder = asking(server, prefix="passage: ", query_prefix='"query: "')
    embedder.similarity(["a"], ["a", "b"])
    assert server.texts == ["passage: a", "passage: b", "query: a"]
    alike = asking(server, prefix="text: ", model="y")
    alike.similarity(["a"], ["a"])
    assert server.texts[3:] == ["text: a"]


def test_an_empty_text_is_sent_as_a_blank(server: Server) -> None:
    assert asking(server).embed([""]).shape == (1, WIDTH)
    assert server.texts == [" "]


def test_nothing_to_compare_asks_nothing(server: Server) -> None:
    compare = asking(server).against([])
    assert (compare([]).shape, compare(["a"]).shape) == ((0, 0), (1, 0))
    assert asking(server).similarity([], ["a"]).shape == (0, 1)
    assert server.asked == []


def test_the_vectors_compared_can_be_had(server: Server) -> None:
    compare: Any = asking(server).against(TEXTS)
    asked, held = compare.embeddings(["new"])
    assert (asked.shape, held.shape) == ((1, WIDTH), (3, WIDTH))
    assert compare(["new"]).tolist() == np.minimum(asked @ held.T, 1).tolist()


def test_the_second_time_no_server_is_needed() -> None:
    with serving() as server:
        first = asking(server, batch_size=2).similarity(TEXTS, TEXTS)
    settings = {"base_url": f"{server.url}/", "model": "x"}
    for later in (asking(server), EndpointEmbedder(**settings, timeout=1.0), EndpointEmbedder(**settings)):
        assert later.similarity(TEXTS, TEXTS).tobytes() == first.tobytes()
    raw = EndpointEmbedder(**settings, metric="dot").embed(TEXTS)
    assert raw.tolist() == expected(TEXTS).tolist()
    with pytest.raises(RecipeError, match="no leave to send text"):
        EndpointEmbedder(**settings | {"model": "y"}).embed(TEXTS)


def test_progress(server: Server) -> None:
    told: list[tuple[int, int]] = []
    asking(server).embed([f"{n}" for n in range(300)], lambda *done: told.append(done))
    assert told == [(0, 300), (256, 300)]


@pytest.mark.parametrize("name", KEYS)
def test_the_key_comes_from_the_environment_and_stays_there(
    server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    monkeypatch.setenv(name, f" {SECRET}\n")
    caplog.set_level(logging.DEBUG)
    embedder = asking(server)
    embedder.embed(["a"])
    assert server.headers[0]["Authorization"] == f"Bearer {SECRET}"
    server.always = status(401)
    with pytest.raises(RecipeError, match=f"key in {name}") as refused:
        embedder.embed(["b"])
    seen = [str(refused.value), repr(refused.value), repr(embedder), str(embedder._state), caplog.text]
    seen += [path.read_bytes().decode("latin1") + str(path) for path in cache.rglob("*.*")]
    assert not any(SECRET in text for text in seen)
    assert caplog.records, "nothing was logged: this test looks at nothing"


def test_our_own_key_comes_first(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, key in zip(KEYS, ("ours", "theirs"), strict=True):
        monkeypatch.setenv(name, key)
    asking(server).embed(["a"])
    assert server.headers[0]["Authorization"] == "Bearer ours"


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://api.example.org/v1", KEYS[1]),
        ("http://127.0.0.1:8000/v1", KEYS[1]),
        ("http://api.example.org/v1", ""),
        ("http://localhost.example.org/v1", ""),
    ],
)
def test_a_key_meant_for_others_travels_encrypted(
    monkeypatch: pytest.MonkeyPatch, address: str, name: str
) -> None:
    monkeypatch.delenv(KEYS[0], raising=False)
    monkeypatch.setenv(KEYS[1], SECRET)
    assert key_name(address, KEYS) == name
    assert ("Authorization" in _headers(address)) == bool(name)
    monkeypatch.setenv(KEYS[0], "for this very server")
    assert key_name(address, KEYS) == KEYS[0]


@pytest.mark.parametrize("key", ["two\nlines", "schlüssel"])
def test_a_key_that_cannot_be_one(server: Server, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv(KEYS[0], key)
    with pytest.raises(RecipeError, match="SSP_EMBEDDINGS_KEY holds signs") as refused:
        asking(server).embed(["a"])
    assert key not in str(refused.value)
    assert server.asked == []


def test_what_stays_here_goes_through_no_proxy(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        asking(server).embed(["a"])
    assert (len(server.asked), proxy.asked) == (1, [])


AWAY = "https://api.example.org/v1"
GATE = [
    (AWAY, "local", "", False),
    (AWAY, "local", "api.example.org", False),
    (AWAY, "ask", "", False),
    (AWAY, "ask", "example.org", False),
    (AWAY, "ask", "127.0.0.1", False),
    (AWAY, "ask", "api.example.org", True),
    (AWAY, "any", "", True),
    ("http://127.0.0.1:9/v1", "local", "", True),
    ("http://[::1]:9/v1", "local", "", True),
]


@pytest.mark.parametrize(("base_url", "egress", "agreed", "allowed"), GATE)
def test_the_gate_is_asked_before_there_is_a_line(
    base_url: str, egress: Egress, agreed: str, allowed: bool
) -> None:
    embedder = EndpointEmbedder(base_url=base_url, model="x", agreed=agreed)
    if allowed:
        connect(embedder, [dataset(egress)])
    else:
        with pytest.raises(EgressRefused):
            connect(embedder, [dataset("any"), dataset(egress)])
    assert ("line" in embedder._state) == allowed


def test_whoever_sends_nothing_needs_no_leave() -> None:
    connect(build("ngrams", {}), [dataset("local")])
    assert build("ngrams", {}).address == ""


BAD = [
    ({"model": "x"}, "needs a base_url"),
    ({"base_url": AWAY}, "needs a model"),
    ({"base_url": 7}, "base_url cannot be 7"),
    ({"model": 7}, "model cannot be 7"),
    ({"prefix": 7}, "prefix cannot be 7"),
    ({"query_prefix": True}, "query_prefix cannot be True"),
    ({"agreed": 127.0}, "agreed cannot be"),
    ({"metric": "manhattan"}, "cosine, dot or euclidean"),
    ({"metric": ["dot"]}, "cosine, dot or euclidean"),
    ({"batch_size": 0}, "from 1 to"),
    ({"batch_size": 2.5}, "a whole number"),
    ({"batch_size": True}, "a whole number"),
    ({"timeout": 0}, "timeout cannot be 0"),
    ({"timeout": "long"}, "more than 0"),
    ({"timeout": float("inf")}, "more than 0"),
    ({"retries": -1}, "from 0 to 10"),
]


@pytest.mark.parametrize(("settings", "message"), BAD)
def test_settings_that_cannot_be(settings: dict[str, Any], message: str) -> None:
    whole = settings if message.startswith("needs") else {"base_url": AWAY, "model": "x"} | settings
    with pytest.raises(RecipeError, match=message):
        build("endpoint", whole)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://h/v1", "h/v1", "//h/v1", "http://", "http:///v1", f"http://me:{SECRET}@h/v1", "http://me@h/v1",
        f"http://h/v1?key={SECRET}", f"http://h/v1#{SECRET}", "http://h\\@evil.example.org/v1", "http://[::1/v1",
        "http://h:99999/v1", "http://h:x/v1", "http://a b/v1", "http://h/\n", "http://hé/v1", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_addresses_that_are_no_plain_ones(url: str) -> None:
    with pytest.raises(RecipeError, match="not a plain http or https address") as refused:
        EndpointEmbedder(base_url=url, model="x")
    assert SECRET not in str(refused.value)


def test_the_settings_are_all_there_is_to_see() -> None:
    embedder = EndpointEmbedder(base_url=AWAY, model="x")
    assert json.dumps({name: getattr(embedder, name) for name in ("base_url", "model", "agreed")})
    assert "_state" not in repr(embedder)
