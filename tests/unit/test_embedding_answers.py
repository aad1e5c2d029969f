"""Servers of embeddings that are busy, broken, slow or wrong, over real HTTP on this machine."""

from __future__ import annotations

import time
from email.utils import formatdate
from pathlib import Path

import pytest

from core import sending
from core.errors import RecipeError
from tests import embedding_client
from tests.embedding_client import TEXTS, asking, expected
from tests.embedding_server import (
    Misbehaviour,
    Server,
    body,
    breaking_off,
    dripping,
    endless,
    said,
    serving,
    slow,
    status,
)

server, cache = embedding_client.server, embedding_client.cache


BUSY: dict[str, list[Misbehaviour]] = {
    "too many requests": [status(429, Retry_After="0")],
    "a date to come back": [status(429, Retry_After=formatdate(time.time() - 5, usegmt=True))],
    "a date that is none": [status(503, Retry_After="soon")],
    "broken twice": [status(500), status(502)],
    "broken off": [breaking_off, breaking_off],
    "both": [breaking_off, status(529)],
}


pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", BUSY)
def test_what_passes_is_waited_for(server: Server, name: str) -> None:
    server.script = list(BUSY[name])
    assert asking(server, metric="dot").embed(TEXTS).tolist() == expected(TEXTS).tolist()
    assert len(server.asked) == 1 + len(BUSY[name])


def test_a_server_says_how_long_to_wait(server: Server) -> None:
    server.script = [status(429, Retry_After="1")]
    started = time.monotonic()
    asking(server).embed(["a"])
    assert 1 <= time.monotonic() - started < 3


def test_no_server_can_make_us_wait_for_ever(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LONGEST_PAUSE", 0.05)
    server.script = [status(429, Retry_After="999999999999999999")]
    asking(server).embed(["a"])
    assert len(server.asked) == 2


ENTRY = {"index": 0, "embedding": [1.0, 2.0]}
UNUSABLE: dict[str, tuple[Misbehaviour, str, int]] = {
    "always busy": (status(429), r"is busy or broken \(it answered 429\) \(3 attempts\)", 3),
    "always broken": (status(500), r"it answered 500", 3),
    "always breaking off": (breaking_off, "could not be reached or broke off", 3),
    "no key": (status(401), "asks for a key.*SSP_EMBEDDINGS_KEY", 1),
    "forbidden": (status(403), "asks for a key", 1),
    "absent": (status(404), r"404.*base_url and embedder\.model", 1),
    "refused": (status(400), "batch_size", 1),
    "too large": (status(413), "batch_size", 1),
    "odd": (status(418), "answered 418", 1),
    "empty": (status(204), "answered 204", 1),
    "elsewhere": (
        status(307, Location="http://other.example.org/v1"),
        "other.example.org; text is not sent",
        1,
    ),
    "elsewhere here": (status(301, Location="/v2"), r"sends us on to 127\.0\.0\.1", 1),
    "no JSON": (body(b"<html>"), "answered with no JSON", 1),
    "no text": (body(b"\xff\xfe"), "no JSON", 1),
    "deep": (body(b"[" * 100_000), "no JSON", 1),
    "other JSON": (body(b"[1]"), "no list of embeddings", 1),
    "no list": (body(b'{"data": {"a": 1}}'), "no list of embeddings", 1),
    "no entries": (body(b'{"data": [1, 2]}'), "no list of embeddings", 1),
    "too few": (said(ENTRY), "1 embeddings for 2 texts", 1),
    "too many": (said(ENTRY, ENTRY, ENTRY), "3 embeddings for 2 texts", 1),
    "twice the same": (said(ENTRY, ENTRY), "which text they are of", 1),
    "index is text": (said(ENTRY, ENTRY | {"index": "1"}), "which text they are of", 1),
    "index is a list": (said(ENTRY, ENTRY | {"index": [1]}), "which text they are of", 1),
    "no vector": (said(ENTRY, {"index": 1}), "no lists of numbers", 1),
    "base64": (said(ENTRY, ENTRY | {"index": 1, "embedding": "AACAPw=="}), "no lists of numbers", 1),
    "nothing": (said(ENTRY, {"index": 1, "embedding": []}), "no lists of numbers", 1),
    "numbers as text": (said(ENTRY, {"index": 1, "embedding": ["1", "2"]}), "no lists of numbers", 1),
    "switches": (said(ENTRY, {"index": 1, "embedding": [True, False]}), "no lists of numbers", 1),
    "nested": (said(ENTRY, {"index": 1, "embedding": [[1], [2]]}), "no lists of numbers", 1),
    "ragged": (said(ENTRY, {"index": 1, "embedding": [1.0]}), "unequal length", 1),
    "not a number": (said(ENTRY, {"index": 1, "embedding": [float("nan"), 1]}), "not finite", 1),
    "infinite": (said(ENTRY, {"index": 1, "embedding": [float("inf"), 1]}), "not finite", 1),
    "too large a float": (said(ENTRY, {"index": 1, "embedding": [1e39, 1]}), "not finite", 1),
    "too large a whole": (said(ENTRY, {"index": 1, "embedding": [10**400, 1]}), "not finite", 1),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_an_answer_that_cannot_be_used_is_one_clear_sentence(
    server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    server.always, message, requests = UNUSABLE[name]
    with pytest.raises(RecipeError, match=message) as refused:
        asking(server).embed(["a private text", "another"])
    assert "127.0.0.1" in refused.value.message
    assert refused.value.hint
    assert "private" not in str(refused.value)
    assert len(server.asked) == requests
    assert not list(cache.rglob("*.npy"))


@pytest.mark.parametrize("answer", [slow(1.0), dripping], ids=["says nothing", "says little"])
def test_a_server_that_hangs(server: Server, answer: Misbehaviour) -> None:
    server.always = answer
    started = time.monotonic()
    with pytest.raises(RecipeError, match=r"within 0\.3 seconds \(2 attempts\)"):
        asking(server, timeout=0.3, retries=1).embed(["a"])
    assert time.monotonic() - started < 3


def test_a_server_that_is_not_there(server: Server) -> None:
    with serving() as gone:
        pass
    with pytest.raises(RecipeError, match="could not be reached"):
        asking(gone, retries=1).embed(["a"])


def test_an_answer_without_end(server: Server) -> None:
    server.always = endless
    with pytest.raises(RecipeError, match="more than 2,097,152 bytes"):
        asking(server).embed(["a"])
    assert len(server.asked) == 1


def test_a_large_answer_is_taken(server: Server) -> None:
    wide = [0.1234567890123456] * 20_000
    server.always = said(*({"index": at, "embedding": wide} for at in range(8)))
    assert asking(server, batch_size=8).embed([f"{n}" for n in range(8)]).shape == (8, 20_000)


def test_batches_of_unequal_width(server: Server) -> None:
    server.script = [said(ENTRY), said({"index": 0, "embedding": [1.0]})]
    with pytest.raises(RecipeError, match="unequal length"):
        asking(server, batch_size=1).embed(["a", "b"])


def test_a_query_of_another_width_than_the_pool(server: Server) -> None:
    server.script = [said(ENTRY), said({"index": 0, "embedding": [1.0]})]
    with pytest.raises(RecipeError, match="1 numbers for a query and 2 for a text"):
        asking(server, query_prefix="q").similarity(["a"], ["a"])
