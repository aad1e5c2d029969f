"""What a model costs: the shipped table, and over it the user's own (`prices.toml` in the workspace).

What is not in a table has no known price, which is not a price of nothing. Only a model on this machine costs
nothing, unless the user's table says otherwise (a gateway may listen here and charge).
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from core.egress import host_of, is_this_machine
from core.errors import FormatError, StudioError
from core.whole_files import whole

FILE = "prices.toml"
TOKENS = 1_000_000
"""Prices are those of so many tokens."""
REMARK = "Prices change: check the provider's page, and correct the table with `ssp llm prices`."
HERE = "on this machine"
ANY = "*"
"""Stands for every model of a host."""
DATED = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{8})$")
CURRENCY = re.compile(r"[A-Z]{3}")
KEYS = ("model", "host", "prompt", "completion", "currency", "source", "date")
HINT = "Correct it, or set the price anew: ssp llm prices --set MODEL=PROMPT/COMPLETION --host HOST"


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens cost: of prompts, and of completions.

    `model` may be `*`: every model of that host. `source` and `date` (ISO) say where and when it was read.
    """

    model: str
    host: str
    prompt: float
    completion: float
    currency: str = "USD"
    source: str = ""
    date: str = ""

    def of(self, prompt_tokens: float, completion_tokens: float) -> float:
        """What so many tokens cost, in `currency`."""
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / TOKENS


@dataclass(frozen=True, slots=True)
class Listed:
    """A price and whether it is the user's own."""

    price: Price
    own: bool


def price(model: str, host: str, workspace: Path | None = None) -> Price | None:
    """What this model costs there; None = not known.

    Args:
        host: where text is sent; "" = nowhere, the model runs in process.
        workspace: whose own prices come first; None = the shipped ones alone.

    Raises:
        FormatError: the workspace's table cannot be read.
    """
    for table in (own_prices(workspace) if workspace else (), _shipped()):
        found = _lookup(table, model, host)
        if found:
            return found
    return Price(model, host, 0.0, 0.0, "", HERE) if not host or is_this_machine(host) else None


def price_by_name(model: str, workspace: Path | None = None) -> Price | None:
    """The first price of a model of that name, wherever it is asked. Raises FormatError."""
    listed = [entry.price for entry in prices(workspace)]
    names = (model, DATED.sub("", model))
    return next((entry for name in names for entry in listed if entry.model == name), None)


def _lookup(table: Sequence[Price], model: str, host: str) -> Price | None:
    """The entry that names the model, else without its date, else every model of the host."""
    here = {entry.model: entry for entry in table if entry.host == host}
    return next((here[name] for name in (model, DATED.sub("", model), ANY) if name in here), None)


@lru_cache(maxsize=1)
def _shipped() -> tuple[Price, ...]:
    text = files("core.catalog").joinpath(FILE).read_text(encoding="utf-8")
    return _read(text, FILE)


def own_prices(workspace: Path) -> tuple[Price, ...]:
    """The user's own prices. Raises FormatError."""
    try:
        text = (workspace / FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(FILE, 0, f"it cannot be read ({type(error).__name__}).", HINT) from error
    return _read(text, FILE)


def prices(workspace: Path | None = None) -> list[Listed]:
    """Every price there is, the user's first; shipped ones that they replace are left out."""
    own = own_prices(workspace) if workspace else ()
    replaced = {(entry.host, entry.model) for entry in own}
    shipped = [entry for entry in _shipped() if (entry.host, entry.model) not in replaced]
    return [Listed(entry, True) for entry in own] + [Listed(entry, False) for entry in shipped]


def save_price(workspace: Path, entry: Price) -> Price:
    """Keep a price in the workspace, in the place of an older one; today's date where it has none.

    Raises:
        StudioError: it is no price. FormatError: the table there cannot be read.
    """
    host = host_of(entry.host) if entry.host else ""
    dated = entry.date or datetime.now(UTC).date().isoformat()
    made = _entry(asdict(entry) | {"host": host, "date": dated}, "the price")
    others = [old for old in own_prices(workspace) if (old.host, old.model) != (made.host, made.model)]
    _write(workspace, [*others, made])
    return made


def delete_price(workspace: Path, model: str, host: str) -> bool:
    """Forget a price of the user's own; whether there was one."""
    own = own_prices(workspace)
    left = [entry for entry in own if (entry.host, entry.model) != (host, model)]
    if len(left) == len(own):
        return False
    _write(workspace, left)
    return True


def _write(workspace: Path, entries: Sequence[Price]) -> None:
    workspace.mkdir(parents=True, exist_ok=True)
    tables = ["\n".join(["[[price]]", *(_line(*item) for item in asdict(one).items())]) for one in entries]
    with whole(workspace / FILE) as part:
        part.write_text("\n\n".join([f"# {REMARK}", *tables, ""]), encoding="utf-8")


def _line(key: str, value: object) -> str:
    """Strings and numbers of JSON are those of TOML, but for DEL, which no entry holds."""
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"


def _read(text: str, name: str) -> tuple[Price, ...]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FormatError(name, 0, f"no readable TOML ({error}).", HINT) from error
    entries = tables.get("price", [])
    if set(tables) - {"price"} or not isinstance(entries, list):
        raise FormatError(name, 0, "it holds something else than [[price]] tables.", HINT)
    try:
        return tuple(_entry(facts, f"price {number}") for number, facts in enumerate(entries, 1))
    except StudioError as error:
        raise FormatError(name, 0, error.message, HINT) from error


def _entry(facts: Mapping[str, Any], which: str) -> Price:
    """Raises StudioError: it is no price."""
    if not isinstance(facts, Mapping):
        raise StudioError(f"{which} is no table.")
    if wrong := sorted(set(facts) ^ set(KEYS)):
        raise StudioError(f"{which} needs {', '.join(KEYS)} and nothing else (see {', '.join(wrong)}).")
    texts = {key: _text(which, key, facts[key]) for key in ("model", "host", "source", "currency", "date")}
    if not texts["model"]:
        raise StudioError(f"{which} names no model.")
    if not CURRENCY.fullmatch(texts["currency"]):
        raise StudioError(f"{which}: a currency is three capitals, such as USD or EUR.")
    try:
        date.fromisoformat(texts["date"])
    except ValueError as error:
        raise StudioError(f"{which}: {texts['date']!r} is no date (2026-01-31).") from error
    return Price(
        prompt=_number(which, "prompt", facts["prompt"]),
        completion=_number(which, "completion", facts["completion"]),
        **texts,
    )


def _text(which: str, key: str, value: object) -> str:
    text = value.isoformat() if isinstance(value, date) else value
    if not isinstance(text, str) or len(text) > 400 or not all(sign.isprintable() for sign in text):
        raise StudioError(f"{which}: {key} must be one line of text.")
    return text.strip()


def _number(which: str, key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise StudioError(f"{which}: {key} must be a number from 0 on, per million tokens.")
    return float(value)
