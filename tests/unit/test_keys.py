"""Keys come from the environment, go where they were meant for, and are taken out of everything said."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest

from core.addresses import is_plain
from core.errors import RecipeError
from core.keys import LLM_KEYS, about_the_key, authorization, key_name, without_keys, without_secrets
from core.pauses import asked_pause
from tests.llm_client import SECRET, plain


@pytest.fixture(autouse=True)
def nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    plain(monkeypatch)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://api.example.org/v1", "OPENAI_API_KEY"),
        ("http://127.0.0.1:8000/v1", "OPENAI_API_KEY"),
        ("http://api.example.org/v1", ""),
        ("http://localhost.example.org/v1", ""),
    ],
)
def test_a_key_meant_for_others_travels_encrypted(
    monkeypatch: pytest.MonkeyPatch, address: str, name: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    assert key_name(address, LLM_KEYS) == name
    assert bool(authorization(address, LLM_KEYS)) == bool(name)
    monkeypatch.setenv("SSP_LLM_KEY", "ours")
    assert authorization(address, LLM_KEYS) == {"Authorization": "Bearer ours"}


def test_what_is_said_of_a_key_names_its_variable_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "https://api.example.org/v1"
    assert about_the_key(address, LLM_KEYS)[1] == "Put it into the environment: SSP_LLM_KEY=..."
    monkeypatch.setenv("SSP_LLM_KEY", SECRET)
    assert about_the_key(address, LLM_KEYS)[0] == "does not accept the key in SSP_LLM_KEY (401 or 403)"


@pytest.mark.parametrize("key", ["two\nlines", "schlüssel"])
def test_a_key_that_cannot_be_one(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("SSP_LLM_KEY", key)
    with pytest.raises(RecipeError, match="SSP_LLM_KEY holds signs") as refused:
        authorization("https://api.example.org/v1", LLM_KEYS)
    assert key not in str(refused.value)


def test_keys_are_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSP_EMBEDDINGS_KEY", " theirs-12345 ")
    monkeypatch.setenv("SSP_LLM_KEY", SECRET)
    said = f"Incorrect key {SECRET}, theirs-12345, sk-somebody-elses or Bearer abc.def"
    assert without_keys(said) == "Incorrect key [key], [key], sk-somebody-elses or Bearer abc.def"
    assert without_secrets(said) == "Incorrect key [key], [key], [key] or [key]"
    monkeypatch.setenv("SSP_LLM_KEY", "x")
    assert without_keys("six fixes") == "six fixes"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0.0),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": " 0.25 "}, 0.25),
        ({"Retry-After": "-3"}, 0.0),
        ({"Retry-After": "nan"}, 0.0),
        ({"Retry-After": "soon"}, 0.0),
        ({"Retry-After": "7", "retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "x", "Retry-After": "2"}, 2.0),
        ({"Retry-After": formatdate(0, usegmt=True)}, 0.0),
    ],
)
def test_how_long_a_host_wants_to_be_left_alone(headers: dict[str, str], seconds: float) -> None:
    assert asked_pause(headers) == seconds


def test_a_date_to_wait_for() -> None:
    assert 28 < asked_pause({"Retry-After": formatdate(time.time() + 30, usegmt=True)}) <= 30


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("https://example.org", True),
        ("https://user@example.org/", False),
        ("https://example.org/?key=1", False),
        ("ftp://example.org", False),
        ("http://", False),
        ("http://example.org:99999/", False),
    ],
)
def test_plain_addresses(url: str, good: bool) -> None:
    assert is_plain(url) is good
