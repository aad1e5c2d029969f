"""Codes of languages: which name the same one, and which of them a checkpoint knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from core import catalog
from core.errors import UnknownName

UNKNOWN = "und"
"""BCP 47 for a language nobody named."""


@lru_cache(maxsize=4096)
def same_language(one: str, other: str) -> bool:
    """Whether two codes name one language: `ha` and `hau`, `en-GB` and `eng`."""
    import langcodes

    if one.casefold() == other.casefold():
        return True
    try:
        return bool(langcodes.Language.get(one).to_alpha3() == langcodes.Language.get(other).to_alpha3())
    except (LookupError, ValueError):
        return False


def among(known: Mapping[str, str], language: str) -> str:
    """The text in a language, the only text there is where nobody said its language, else ""."""
    for code, text in known.items():
        if same_language(code, language):
            return text
    return known[UNKNOWN] if set(known) == {UNKNOWN} else ""


def name_of(code: str) -> str:
    """The language's English name, the code itself where no table has it."""
    try:
        return catalog.language(code).name
    except UnknownName:
        return code


def spellings(code: str) -> Iterator[str]:
    """How checkpoints spell a language, most telling first: hau_Latn (NLLB), hau, ha (M2M100, Marian)."""
    import langcodes

    try:
        known = catalog.language(code)
        yield f"{known.code}_{known.script}"
        yield from (known.code, *known.aliases)
    except UnknownName:
        pass
    yield code
    try:
        yield langcodes.Language.get(code).language or code
    except (LookupError, ValueError):
        return


def first_known(code: str, forms: Iterable[str], vocabulary: Mapping[str, int]) -> tuple[str, str] | None:
    """(spelling, word of the vocabulary) of a language; `forms` are patterns such as `>>{}<<`."""
    patterns = tuple(forms)
    for spelling in dict.fromkeys(spellings(code)):
        for pattern in patterns:
            if (word := pattern.format(spelling)) in vocabulary:
                return spelling, word
    return None
