"""Translations of a data set's items that another data set holds: found by text, by key, or row by row.

Only texts are taken over, never labels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.errors import RecipeError
from core.parallel_rows import KEY
from core.translation.codes import among, same_language
from core.types import Dataset, Instance

BY = ("auto", "text", "key", "row")
Found = tuple[str, str, str]
"""Language, text and second text ("" = none)."""


def with_parallel(
    items: Sequence[Instance], owner: Dataset, data: Dataset, rows: Sequence[Instance], by: str = "auto"
) -> list[Instance]:
    """The items with the translations that a parallel data set has of them, where it has any.

    Args:
        owner: the data set of the items.
        data, rows: the parallel data set, and its items.
        by: text = it holds the same texts beside translations; key = rows that share the name both data sets
            go by (SIB-200, AmericasNLI) are translations; row = rows at the same position are; auto = key
            where there is one, else text.

    Raises:
        RecipeError: there is no such way, or rows cannot be paired by position.
    """
    if by not in BY:
        raise RecipeError(f"translation.by cannot be {by!r}.", f"Give one of: {', '.join(BY)}.")
    key = data.meta.get(KEY)
    if by == "auto":
        shared = isinstance(key, str) and key == owner.meta.get(KEY) and owner.language != data.language
        by = "key" if shared else "text"
    look = {"text": _by_text, "key": _by_key, "row": _by_row}[by](owner, data, rows)
    return [with_translation(item, *found) if (found := look(item)) else item for item in items]


def with_translation(item: Instance, language: str, text: str, text_b: str = "") -> Instance:
    """The item with one translation more in its meta; one it has already is replaced."""
    meta: dict[str, Any] = dict(item.meta)
    for name, found in (("translations", text), ("translations_b", text_b)):
        if found:
            meta[name] = {**known(item, name), language: found}
    return replace(item, meta=meta)


def known(item: Instance, name: str = "translations") -> dict[str, str]:
    """Language -> text, as the item's meta has it."""
    table = item.meta.get(name)
    if not isinstance(table, Mapping):
        return {}
    return {str(code): text for code, text in table.items() if isinstance(text, str) and text.strip()}


def pairs(rows: Sequence[Instance], language: str) -> list[tuple[str, str]]:
    """(text, its translation into `language`) of the items that have one."""
    found = [(row.text, among(known(row), language)) for row in rows]
    return [pair for pair in found if all(text.strip() for text in pair)]


def plain(text: str) -> str:
    """What identifies a text however it was cut into words: its letters and digits."""
    return "".join(char for char in text.casefold() if char.isalnum()) or text.strip()


def _by_text(owner: Dataset, data: Dataset, rows: Sequence[Instance]) -> Callable[[Instance], Found | None]:
    """Through the data set's own text, or through a translation it has into the owner's language."""
    table: dict[str, tuple[str, str]] = {}
    for row in rows:
        if same_language(data.language, owner.language):
            for language, text in known(row).items():
                table.setdefault(plain(row.text), (language, text))
        elif found := among(known(row), owner.language):
            table.setdefault(plain(found), (data.language, row.text))

    def look(item: Instance) -> Found | None:
        first = table.get(plain(item.text)) or table.get(plain(" ".join(item.tokens)))
        second = table.get(plain(item.text_b)) if item.text_b else None
        return (*first, second[1] if second else "") if first else None

    return look


def _by_key(owner: Dataset, data: Dataset, rows: Sequence[Instance]) -> Callable[[Instance], Found | None]:
    key = data.meta.get(KEY)
    if not isinstance(key, str) or key != owner.meta.get(KEY):
        raise RecipeError(
            f"{owner.id} and {data.id} share no name that says which of their rows belong together.",
            "Use translation.by=row where their rows are in the same order, or translation.by=text.",
        )
    table = {(row.split, row.meta.get(key)): row for row in rows if row.meta.get(key) is not None}

    def look(item: Instance) -> Found | None:
        row = table.get((item.split, item.meta.get(key)))
        return (data.language, row.text, row.text_b or "") if row else None

    return look


def _by_row(owner: Dataset, data: Dataset, rows: Sequence[Instance]) -> Callable[[Instance], Found | None]:
    if owner.n_instances != data.n_instances:
        raise RecipeError(
            f"{owner.id} has {owner.n_instances} rows and {data.id} {data.n_instances}: they cannot be "
            "translations of each other row by row.",
            "Name the right data set, or use translation.by=text.",
        )
    table = {row.position: row for row in rows}
    return lambda item: (data.language, table[item.position].text, table[item.position].text_b or "")
