"""What a model costs: the shipped table, the user's own over it, nothing invented."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core.calls.pricing import (
    FILE,
    Price,
    delete_price,
    price,
    price_by_name,
    prices,
    save_price,
)
from core.errors import FormatError, StudioError

HOST = "api.openai.com"
MINE = Price("my-model", "llm.example.org", 1.5, 6.0, "EUR", "the contract", "2026-01-31")


def test_a_shipped_price_says_where_it_comes_from() -> None:
    for listed in prices():
        assert listed.price.source
        assert date.fromisoformat(listed.price.date) < date(2027, 1, 1)
        assert not listed.own


def test_what_so_many_tokens_cost() -> None:
    found = price("gpt-4o-mini", HOST)
    assert found
    assert found.of(2_000_000, 500_000) == pytest.approx(2 * 0.15 + 0.5 * 0.60)


@pytest.mark.parametrize("name", ["gpt-4o-mini-2024-07-18", "gpt-4o-mini"])
def test_a_dated_name_is_the_model_without_its_date(name: str) -> None:
    found = price(name, HOST)
    assert found
    assert found.model == "gpt-4o-mini"


@pytest.mark.parametrize(("model", "host"), [("gpt-9", HOST), ("gpt-4o-mini", "elsewhere.example.org")])
def test_an_unknown_price_is_not_nothing(model: str, host: str) -> None:
    assert price(model, host) is None


@pytest.mark.parametrize("host", ["", "localhost", "127.0.0.1", "::1"])
def test_a_model_on_this_machine_costs_nothing(host: str) -> None:
    found = price("anything", host)
    assert found
    assert (found.of(1e9, 1e9), found.source) == (0.0, "on this machine")


def test_the_users_own_price_comes_first_even_here(tmp_path: Path) -> None:
    save_price(tmp_path, Price("gpt-4o-mini", HOST, 9.0, 9.0, "USD", "my contract"))
    save_price(tmp_path, Price("*", "localhost", 1.0, 1.0, "EUR", "the gateway"))
    mine, gateway = price("gpt-4o-mini", HOST, tmp_path), price("whatever", "localhost", tmp_path)
    assert mine
    assert gateway
    assert (mine.prompt, gateway.currency) == (9.0, "EUR")
    rows = [(row.price.model, row.own) for row in prices(tmp_path) if row.price.host == HOST]
    assert rows.count(("gpt-4o-mini", True)) == 1
    assert ("gpt-4o-mini", False) not in rows


def test_what_is_saved_is_read_again_and_replaced(tmp_path: Path) -> None:
    odd = Price('a "quoted" \\ модель', "https://Llm.Example.org:8000/v1", 0.1, 0, "EUR", "ང", "2026-02-03")
    kept = save_price(tmp_path, odd)
    assert kept.host == "llm.example.org"
    assert price(odd.model, kept.host, tmp_path) == kept
    again = save_price(tmp_path, Price(odd.model, kept.host, 0.2, 0.3))
    assert again.date
    assert [row.price for row in prices(tmp_path) if row.own] == [again]
    assert delete_price(tmp_path, odd.model, kept.host)
    assert not delete_price(tmp_path, odd.model, kept.host)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize(
    "wrong",
    [
        {"prompt": -1.0},
        {"prompt": float("nan")},
        {"completion": float("inf")},
        {"currency": "euros"},
        {"date": "yesterday"},
        {"model": "  "},
        {"source": "two\nlines"},
        {"source": "x" * 401},
    ],
)
def test_what_is_no_price_is_refused_and_nothing_is_written(tmp_path: Path, wrong: dict[str, object]) -> None:
    with pytest.raises(StudioError):
        save_price(tmp_path, Price(**{"model": "m", "host": "h", "prompt": 1.0, "completion": 1.0} | wrong))  # type: ignore[arg-type]
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[price]", "no readable TOML"),
        ("a = 1", "something else"),
        ("price = 1", "something else"),
        ("price = [1]", "price 1 is no table"),
        ("[[price]]\nmodel = 'm'", "price 1 needs"),
        (
            "[[price]]\nmodel='m'\nhost='h'\nprompt='cheap'\ncompletion=1\ncurrency='USD'\nsource=''\ndate=2026-01-01",
            "prompt must be a number",
        ),
        ("\xff", "cannot be read"),
    ],
)
def test_a_table_that_is_none_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / FILE).write_bytes(text.encode("latin1"))
    with pytest.raises(FormatError, match=said):
        price("m", "h", tmp_path)


def test_the_recorded_model_has_the_price_of_its_day() -> None:
    found = price_by_name("gpt-4-1106-preview")
    assert found
    assert found.of(1_000_000, 0) == 10.0
    assert price_by_name("no-such-model") is None


def test_own_prices_are_found_by_host(tmp_path: Path) -> None:
    save_price(tmp_path, MINE)
    assert price("my-model", "llm.example.org", tmp_path) == MINE
    assert price("my-model", "other.example.org", tmp_path) is None
