"""Which encoders saw a language in training, where their authors say so."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from core.catalog.language_table import language, languages, macrolanguage, related
from core.errors import UnknownName
from core.types import Language


@dataclass(frozen=True, slots=True)
class EncoderCoverage:
    """Whether an encoder's published language list names a language.

    `source` says where the list stands, `models` which checkpoints it holds for. `note` is for
    what the list leaves open: it names a wider or a narrower code, or the encoder it was trained
    on from saw the language.
    """

    encoder: str
    covered: bool
    source: str
    note: str = ""
    models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Encoder:
    title: str
    source: str
    models: tuple[str, ...]
    listed: Mapping[str, str]
    """Code that stands for a language -> the ISO 639-3 code the list names it by."""
    begun_from: str = ""


def coverage(code: str) -> tuple[EncoderCoverage, ...]:
    """What the lists of all encoders say of a language; empty for one that no standard names.

    A macrolanguage's code and that of the member which stands for it (swa and swh, by Unicode's
    CLDR) are the same language here; other members are not covered by a list that names the
    macrolanguage, and the note says so.
    """
    try:
        spoken = language(code)
    except UnknownName:
        return ()
    return tuple(_of(encoder, spoken) for encoder in _encoders().values())


def _of(encoder: _Encoder, spoken: Language) -> EncoderCoverage:
    covered = _lists(encoder, spoken.code)
    note = "" if covered else _note(encoder, spoken)
    return EncoderCoverage(encoder.title, covered, encoder.source, note, encoder.models)


def _lists(encoder: _Encoder, code: str) -> bool:
    return code in encoder.listed.values() or _standing(code) in encoder.listed


def _note(encoder: _Encoder, spoken: Language) -> str:
    wider = macrolanguage(spoken.code)
    if wider and _lists(encoder, wider):
        return f"The list names {language(wider).name}, which takes in {spoken.name}."
    listed = set(encoder.listed.values())
    narrower = [languages()[code].name for code in related(spoken.code) if code in listed]
    if narrower and not wider:
        return f"The list names {', '.join(narrower)}, part of {spoken.name}."
    first = _encoders().get(encoder.begun_from)
    return (
        f"It was trained on from {first.title}, which saw it." if first and _lists(first, spoken.code) else ""
    )


@lru_cache(maxsize=1)
def _encoders() -> Mapping[str, _Encoder]:
    text = files("core.catalog").joinpath("encoders.toml").read_text(encoding="utf-8")
    return MappingProxyType({key: _encoder(facts) for key, facts in tomllib.loads(text).items()})


def _encoder(facts: dict[str, Any]) -> _Encoder:
    codes = [language(item).code for item in facts["languages"]]
    listed = MappingProxyType({_standing(code): code for code in codes})
    return _Encoder(
        facts["title"], facts["source"], tuple(facts["models"]), listed, facts.get("begun_from", "")
    )


@lru_cache(maxsize=2048)
def _standing(code: str) -> str:
    """The code CLDR puts in the place of a macrolanguage's representative member, else the code itself."""
    import langcodes

    short = langcodes.standardize_tag(code, macro=True)
    return code if "-" in short else short
