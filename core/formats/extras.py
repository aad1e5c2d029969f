"""Translations and glosses beside a sentence: found in named fields, and taken from a record again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from core.types import Record

UNKNOWN = "und"
"""BCP 47 for a language nobody named."""
NO_GLOSS = "_"
TRANSLATION = re.compile(r"translations?(?:[:_](.+))?", re.DOTALL)


@lru_cache(maxsize=1024)
def translation_code(field: str) -> str | None:
    """The language of a field that holds a translation (`translation`, `translation_en`,
    `translation:en`), None for any other field.
    """
    found = TRANSLATION.fullmatch(field)
    return (found[1] or UNKNOWN) if found else None


def translations_in(fields: Mapping[str, object]) -> dict[str, str]:
    """Language -> text of the fields that hold a translation; blank ones are left out.

    Raises:
        TypeError: one is neither text nor a table of texts; the argument is its name.
    """
    found: dict[str, str] = {}
    for field, value in fields.items():
        code = translation_code(field)
        if code is not None and value is not None:
            found |= _texts(field, value if isinstance(value, Mapping) else {code: value})
    return found


def _texts(field: str, table: Mapping[object, object]) -> dict[str, str]:
    if not all(isinstance(text, str | None) for text in table.values()):
        raise TypeError(field)
    return {str(code): text for code, text in table.items() if isinstance(text, str) and text.strip()}


def glosses_in(value: object) -> list[str]:
    """Glosses of one sentence: a list, or words separated by spaces of which `_` is none.

    Raises:
        TypeError: it is neither.
    """
    if isinstance(value, str):
        return ["" if gloss == NO_GLOSS else gloss for gloss in value.split(" ") if gloss]
    if not isinstance(value, list | tuple) or not all(isinstance(gloss, str | None) for gloss in value):
        raise TypeError("glosses")
    return [gloss or "" for gloss in value]


def translated(code: str, text: str) -> dict[str, object]:
    """What meta says of a translation; nothing of a blank one."""
    return {"translations": {code or UNKNOWN: text}} if text.strip() else {}


def translations_of(record: Record) -> dict[str, str]:
    """Language -> text, as the record's meta has it; {} where it has none that can be written."""
    table = record.instance.meta.get("translations")
    if not isinstance(table, Mapping):
        return {}
    return {str(code): text for code, text in table.items() if isinstance(text, str) and text.strip()}


def per_token(record: Record, name: str) -> list[str]:
    """The strings, one per token, that meta has under `name`; [] where it has no such list."""
    values = record.instance.meta.get(name)
    if not isinstance(values, list | tuple) or len(values) != len(record.instance.tokens):
        return []
    return list(values) if all(isinstance(value, str) for value in values) and any(values) else []
