"""The language of a data set: the catalog's, or one its owner described."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core import catalog
from core.errors import UnknownName
from core.types import Dataset, Language

KEY = "language"
"""Where a data set keeps what its owner said of a language no standard names."""


def of(dataset: Dataset) -> Language:
    """The language of a data set, in the script of its text. Never fails: a strange code is its own name."""
    own = dataset.meta.get(KEY)
    if isinstance(own, Mapping):
        return _described(dataset.language, own)
    try:
        usual = catalog.language(dataset.language)
    except UnknownName:
        return Language(dataset.language, dataset.language)
    script = dataset.meta.get("script")
    if not isinstance(script, str) or script == usual.script:
        return usual
    return replace(usual, script=script, direction=catalog.direction(script))


def _described(code: str, own: Mapping[str, Any]) -> Language:
    return Language(
        code,
        str(own.get("name") or code),
        str(own.get("script") or "Latn"),
        direction="rtl" if own.get("direction") == "rtl" else "ltr",
        glottocode=str(own.get("glottocode") or ""),
    )


def described(language: Language) -> dict[str, str]:
    """What a data set keeps of a language no standard names."""
    kept = {"name": language.name, "script": language.script, "direction": language.direction}
    return kept | ({"glottocode": language.glottocode} if language.glottocode else {})


def is_private(language: Language) -> bool:
    """Whether no standard names a language, so that a data set has to carry its description."""
    try:
        return catalog.language(language.code).name != language.name
    except UnknownName:
        return True


def own(datasets: list[Dataset]) -> dict[str, Language]:
    """The languages owners described, by code: the newest description of each."""
    return {item.language: of(item) for item in datasets if isinstance(item.meta.get(KEY), Mapping)}
