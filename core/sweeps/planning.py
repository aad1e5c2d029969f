"""The rows of a sweep: what is asked for under each of its settings."""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.errors import StudioError
from core.jobs.request import Request

SCOPE = ("recipe", "source", "split")
"""What a row may change beside settings of its recipe; a variant gives several sources with commas."""
OVER = "For example --over stage1.alpha=0,0.3,1."
VARIANT = 'For example --variant "without KL: stage1.alpha=0".'


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a sweep's table: what it is called, what it sets beyond the others, what is asked for.

    `request` has the seed of the base; every seed of the sweep takes its place.
    """

    name: str
    settings: Mapping[str, str]
    request: Request


def over_of(texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """`KEY=V1,V2` options as a table. Raises StudioError: no values, or a key given twice."""
    found: dict[str, tuple[str, ...]] = {}
    for text in texts:
        key, _, listed = text.partition("=")
        values = tuple(dict.fromkeys(value.strip() for value in listed.split(",") if value.strip()))
        if not key.strip() or not values:
            raise StudioError(f"--over {text!r} is not KEY=VALUE,VALUE.", OVER)
        if key.strip() in found:
            raise StudioError(f"--over {key.strip()} is given twice.", "Give all its values at once.")
        found[key.strip()] = values
    return found


def variant_of(text: str) -> tuple[str, dict[str, str]]:
    """`NAME: KEY=VALUE KEY=VALUE` as its name and settings; the settings may be left out.

    Raises:
        StudioError: no name, or something that is not KEY=VALUE.
    """
    name, _, said = text.partition(":")
    try:
        words = shlex.split(said)
    except ValueError as problem:
        raise StudioError(f"--variant {text!r} cannot be read ({problem}).", VARIANT) from None
    pairs = [word.partition("=") for word in words]
    if not name.strip() or any(not key or not equals for key, equals, _ in pairs):
        raise StudioError(f"--variant {text!r} is not NAME: KEY=VALUE KEY=VALUE.", VARIANT)
    return name.strip(), {key: value for key, _, value in pairs}


def rows_of(
    base: Request, over: Mapping[str, Sequence[str]], variants: Mapping[str, Mapping[str, str]] | None = None
) -> list[Row]:
    """Every variant under every combination of the values; the first row is what the others are held against.

    With neither there is one row: the recipe as it is, seed after seed.
    """
    combined = [dict(zip(over, values, strict=True)) for values in itertools.product(*over.values())]
    return [
        Row(_name(base, variant, values), {**said, **values}, _request(base, {**said, **values}))
        for variant, said in (variants or {"": {}}).items()
        for values in combined
    ]


def _name(base: Request, variant: str, values: Mapping[str, str]) -> str:
    parts = [variant, *(f"{key} = {value}" for key, value in values.items())]
    return ", ".join(part for part in parts if part) or base.recipe


def _request(base: Request, said: Mapping[str, str]) -> Request:
    settings = {key: value for key, value in said.items() if key not in SCOPE}
    sources = tuple(word for word in said.get("source", "").split(",") if word)
    return replace(
        base,
        recipe=said.get("recipe", base.recipe),
        overrides={**base.overrides, **settings},
        sources=sources or base.sources,
        split=said.get("split", base.split),
    )
