"""Languages: those the catalog has data for, and any other that ISO 639-3 or BCP 47 can name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from core.errors import UnknownName
from core.types import Direction, Language

RIGHT_TO_LEFT = frozenset(
    {"Adlm", "Arab", "Armi", "Avst", "Hatr", "Hebr", "Mand", "Mani", "Mend", "Narb", "Nbat", "Nkoo"}
    | {"Palm", "Phli", "Phlp", "Phnx", "Prti", "Rohg", "Samr", "Sarb", "Sogd", "Syrc", "Thaa", "Yezi"}
)
"""Scripts of ISO 15924 that are written from right to left."""
KEYS = frozenset({"name", "script", "family", "alias", "macro", "kind", "paper", "glottocode"})
GLOTTOCODE = re.compile(r"[a-z0-9]{4}[0-9]{4}")
PRIVATE = re.compile(r"q[a-t][a-z]|x(-[a-z0-9]{1,8})+")
"""Codes that ISO 639 and BCP 47 leave to whoever wants to use them."""


def direction(script: str) -> Direction:
    """Reading direction of an ISO 15924 script."""
    return "rtl" if script in RIGHT_TO_LEFT else "ltr"


@lru_cache(maxsize=1)
def _facts() -> Mapping[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = _read("languages.toml")
    for code, facts in table.items():
        if len(code) != 3 or "name" not in facts or not facts.keys() <= KEYS:
            raise ValueError(f"languages.toml: {code}: needs a three-letter code, a name and known keys")
        if "glottocode" in facts and not GLOTTOCODE.fullmatch(facts["glottocode"]):
            raise ValueError(f"languages.toml: {code}: {facts['glottocode']} is no Glottolog code")
    return table


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("core.catalog").joinpath(name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _newer() -> Mapping[str, dict[str, str]]:
    """ISO 639-3 codes that the installed language tables are too old to know."""
    table: dict[str, dict[str, str]] = _read("newer_languages.toml")
    return table


@lru_cache(maxsize=1)
def languages() -> Mapping[str, Language]:
    """The languages of the catalog by ISO 639-3 code."""
    table = {code: _catalogued(code, facts) for code, facts in _facts().items()}
    return MappingProxyType(dict(sorted(table.items())))


def _catalogued(code: str, facts: dict[str, Any]) -> Language:
    script = facts.get("script", "Latn")
    aliases = tuple(facts.get("alias", ()))
    family, glottocode = facts.get("family", ""), facts.get("glottocode", "")
    return Language(code, facts["name"], script, family, direction(script), aliases, glottocode)


def macrolanguage(code: str) -> str:
    """Code of the macrolanguage a language belongs to ("aym" for "ayr"), "" where none is noted."""
    return str(_facts().get(code, {}).get("macro", ""))


def scope(code: str) -> str:
    """individual, macrolanguage or collective (ISO 639)."""
    return str(_facts().get(code, {}).get("kind", "individual"))


def related(code: str) -> tuple[str, ...]:
    """The code and those of the catalog that share its macrolanguage: data one may look at together."""
    head = macrolanguage(code) or code
    family = {code} | {other for other in _facts() if head in (other, macrolanguage(other))}
    return tuple(sorted(family))


def paper_languages() -> tuple[str, ...]:
    """The twelve target languages of the SSP paper (arXiv 2406.18880), in its order."""
    return tuple(code for code, facts in _facts().items() if facts.get("paper"))


@lru_cache(maxsize=1)
def _index() -> Mapping[str, str]:
    """Every spelling that names a language of the catalog: code, alias, name, Glottolog code."""
    names = {facts["name"].lower(): code for code, facts in _facts().items()}
    aliases = {alias.lower(): code for code, facts in _facts().items() for alias in facts.get("alias", ())}
    glottocodes = {facts["glottocode"]: code for code, facts in _facts().items() if "glottocode" in facts}
    return names | aliases | glottocodes | {code: code for code in _facts()}


@lru_cache(maxsize=2048)
def language(tag: str) -> Language:
    """The language of an ISO 639-1/-3 code, a BCP 47 tag, or a name, alias or Glottolog code of the catalog.

    A script in the tag (`zh-Hant`, `kas_Deva`) takes the place of the usual one, and with it the
    direction. Every code of ISO 639-3 is known; those for private use name nothing by themselves.

    Raises:
        UnknownName: nothing is called that.
    """
    key = tag.strip().lower()
    known = _index().get(key)
    if known:
        return languages()[known]
    private = PRIVATE.match(key.replace("_", "-"))
    found = None if private else _newly_coded(key) or _by_standard(key.replace("_", "-"))
    if found is None:
        raise UnknownName("language", tag, _index(), _advice(key, private=bool(private)))
    return found


def _advice(key: str, *, private: bool) -> str:
    usual = "Give an ISO 639-1/-3 code or a BCP 47 tag, such as fo, fao or zh-Hant."
    if private or GLOTTOCODE.fullmatch(key):
        return f"{usual} A language without a code there can be described: a name, a script, a direction."
    return usual


def _newly_coded(code: str) -> Language | None:
    facts = _newer().get(code)
    if facts is None:
        return None
    script = facts.get("script", "Latn")
    return Language(code, facts["name"], script, direction=direction(script))


def _by_standard(tag: str) -> Language | None:
    import langcodes

    try:
        parsed = langcodes.Language.get(tag, normalize=False)
        spoken = parsed.extlangs[0] if parsed.extlangs else parsed.language or ""
        if spoken in _index():
            return _described(parsed, _index()[spoken], parsed.script)
        own = langcodes.Language.get(spoken or "und", normalize=False)
        usual = langcodes.Language.get(spoken or "und", normalize=True)
        if not usual.language or not (own.is_valid() or usual.is_valid()):
            return None
        named = own if own.is_valid() and len(own.language or "") < 4 else usual
        return _described(named, _iso(spoken, own, usual), parsed.script)
    except (LookupError, ValueError, AttributeError):
        return None


def _iso(spoken: str, own: Any, usual: Any) -> str:
    """ISO 639-3 of a subtag: three letters stand as they are, unless they are bibliographic (ger)."""
    if len(spoken) == 3 and usual.to_alpha3(variant="B") != spoken:
        return spoken
    standard: str = (own if own.is_valid() and len(spoken) == 2 else usual).to_alpha3()
    return standard


def _described(own: Any, code: str, script: str | None) -> Language:
    usual = languages().get(code)
    if usual is None:
        written = script or own.maximize().script or "Latn"
        short = (own.language,) if own.language != code else ()
        return Language(code, own.display_name(), written, "", direction(written), short)
    return replace(usual, script=script, direction=direction(script)) if script else usual
