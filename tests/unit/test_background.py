"""Work behind a page, and what pages say of providers and money."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator

import pytest

from core.errors import RecipeError, StudioError
from core.jobs import JobStatus
from core.llms import Alive
from dashboard import background, providers
from dashboard.widgets.language_model import money, spending


@pytest.fixture(autouse=True)
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[OrderedDict[str, background.Work]]:
    """A desk of this test's own."""
    mine: OrderedDict[str, background.Work] = OrderedDict()
    monkeypatch.setattr(background, "_desk", lambda: mine)
    yield mine
    for work in mine.values():
        work.stopped.set()


def done(work: background.Work) -> background.Work:
    end = time.monotonic() + 5
    while not work.done:
        assert time.monotonic() < end
        time.sleep(0.002)
    return work


def test_it_is_done_once_for_all_who_ask() -> None:
    asked = []

    def do(_: Alive) -> str:
        asked.append(1)
        return "found"

    first = done(background.start("key", do))
    assert background.start("key", do) is first
    assert (first.value, asked) == ("found", [1])


def test_after_an_error_it_is_tried_again() -> None:
    def fail(_: Alive) -> None:
        raise RecipeError("no such model.")

    assert str(done(background.start("key", fail)).error) == "no such model."
    assert done(background.start("key", lambda _: 7)).value == 7


def test_what_nobody_foresaw_is_an_error_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    def crash(_: Alive) -> None:
        raise KeyError("a secret")

    error = done(background.start("key", crash)).error
    assert isinstance(error, StudioError)
    assert "secret" not in str(error)
    assert "work for a page failed" in caplog.text


def test_it_hears_that_it_was_stopped() -> None:
    begun = threading.Event()

    def wait(alive: Alive) -> None:
        begun.set()
        while True:
            alive()
            time.sleep(0.002)

    work = background.start("key", wait)
    assert begun.wait(5)
    background.forget("key")
    assert done(work).error is not None
    assert background.look("key") is None


def test_only_the_newest_are_remembered(
    monkeypatch: pytest.MonkeyPatch, desk: OrderedDict[str, background.Work]
) -> None:
    monkeypatch.setattr(background, "REMEMBERED", 2)
    for key in "abc":
        done(background.start(key, lambda _: None))
    assert list(desk) == ["b", "c"]


@pytest.mark.parametrize(
    ("address", "name", "away"),
    [
        ("http://127.0.0.1:11434/v1", "ollama", ""),
        ("http://localhost:8000/v1", "transformers", ""),
        ("https://api.openai.com/v1", "hosted", "api.openai.com"),
        ("https://Example.org:8443/v1", providers.OTHER, "example.org"),
        ("", providers.OTHER, ""),
    ],
)
def test_an_address_tells_its_provider_and_whether_text_leaves(address: str, name: str, away: str) -> None:
    assert (providers.of(address), providers.away(address)) == (name, away)


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        (None, "no price known"),
        (0.0, "nothing"),
        (0.00042, "0.00042 USD"),
        (0.0421, "0.042 USD"),
        (1234.5, "1,234.50 USD"),
    ],
)
def test_sums_of_money(price: float | None, expected: str) -> None:
    assert money.said(price, "USD") == expected


def job(**more: object) -> JobStatus:
    said: dict[str, object] = {"id": "j", "state": "running", "stage": "", "done": 0, "total": 0}
    said |= {"run_id": "r", "dataset": "d", "recipe": "ssp", "message": "", "started": 0.0}
    return JobStatus(**{**said, **more})  # type: ignore[arg-type]


def test_what_is_spent_and_what_it_comes_to() -> None:
    spent = {"calls": 10, "price": 0.5, "projected": 2.0, "currency": "EUR", "prompt_tokens": 900}
    told: Callable[..., str] = lambda **more: spending.told(job(model=spent, **more))  # noqa: E731
    assert told() == "10 calls · 900 tokens · 0.500 EUR, about 2.00 EUR in the end"
    assert told(state="done") == "10 calls · 900 tokens · 0.500 EUR"
    assert spending.told(job(model={"model": "m"})) == "m: 0 calls · 0 tokens · no price known"


def test_only_a_job_that_may_not_spend_more_has_reached_its_budget() -> None:
    assert spending.reached(job(state="failed", code="budget"))
    assert not spending.reached(job(state="failed", code="recipe"))
    assert not spending.reached(job(state="cancelled", code="budget"))
