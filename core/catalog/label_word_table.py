"""Words that name a class in several languages: what a multilingual prompt may answer with."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

from core.world.concepts import concepts
from core.world.plan import LANGUAGES, WORLD

LabelWords = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Label -> language (ISO 639-3) -> words."""
CHECKED = False
"""Whether native speakers have read the words."""
NOTE = "These words were written for this project and have not been checked by native speakers."


def label_words(task: str, languages: Collection[str] = ()) -> LabelWords:
    """The words known for the labels of a task; those of the demo world are among the topics.

    Args:
        languages: only these (ISO 639-3); empty = all.
    """
    wanted = frozenset(languages)
    return {
        label: {code: words for code, words in by_language.items() if not wanted or code in wanted}
        for label, by_language in _table().get(task, {}).items()
    }


def known_languages() -> tuple[str, ...]:
    """The languages that some label has words in."""
    found = {code for labels in _table().values() for words in labels.values() for code in words}
    return tuple(sorted(found))


@lru_cache(maxsize=1)
def _table() -> Mapping[str, LabelWords]:
    text = files("core.catalog").joinpath("label_words.toml").read_text(encoding="utf-8")
    found: dict[str, dict[str, Mapping[str, tuple[str, ...]]]] = {
        task: {
            label: MappingProxyType({code: tuple(words) for code, words in by_language.items()})
            for label, by_language in labels.items()
        }
        for task, labels in tomllib.loads(text).items()
    }
    return MappingProxyType({task: labels | _of_world(task) for task, labels in found.items()})


def _of_world(task: str) -> dict[str, Mapping[str, tuple[str, ...]]]:
    """A class of the demo world is called by its name in A; each language has one for it."""
    if task != "topic":
        return {}
    known = concepts(WORLD)
    names = {code: known.names_in(code) for code in LANGUAGES}
    return {
        label: MappingProxyType({code: (names[code][at],) for code in LANGUAGES})
        for at, label in enumerate(names[LANGUAGES[0]])
    }
