"""What exists, as data: languages, data sets, label sets, encoders, recipes, prompts: validated tables."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from core.catalog.coverage import EncoderCoverage, coverage
from core.catalog.entry_table import CatalogEntry, SourceFile, entries, entry
from core.catalog.language_table import (
    direction,
    language,
    languages,
    macrolanguage,
    paper_languages,
    related,
    scope,
)
from core.catalog.model_table import ModelEntry, models
from core.catalog.private_languages import private_language
from core.catalog.tagset_table import tagset
from core.catalog.wording_table import ENGLISH, prompt_languages, prompt_template
from core.errors import UnknownName

__all__ = [
    "ENGLISH",
    "CatalogEntry",
    "EncoderCoverage",
    "ModelEntry",
    "SourceFile",
    "coverage",
    "direction",
    "entries",
    "entry",
    "language",
    "languages",
    "macrolanguage",
    "models",
    "paper_languages",
    "private_language",
    "prompt_languages",
    "prompt_template",
    "recipe",
    "recipes",
    "related",
    "scope",
    "tagset",
]

RECIPE_KEYS = ("name", "title", "description", "tasks")


@lru_cache(maxsize=1)
def recipes() -> Mapping[str, dict[str, Any]]:
    """The recipes by name: each the tables of its TOML file. Copy one before changing it.

    Raises:
        ValueError: a file lacks a key, or is not called what its recipe is called.
    """
    found = {}
    for path in _listed("recipes", ".toml"):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        if not all(key in table for key in RECIPE_KEYS) or path.name != f"{table['name']}.toml":
            raise ValueError(f"recipes/{path.name}: needs {', '.join(RECIPE_KEYS)}, and its own name")
        found[table["name"]] = table
    return MappingProxyType(found)


def recipe(name: str) -> dict[str, Any]:
    """One recipe.

    Raises:
        UnknownName: there is none of that name.
    """
    table = recipes()
    if name not in table:
        raise UnknownName("recipe", name, table)
    return table[name]


def _listed(folder: str, suffix: str) -> list[Any]:
    place = files("core.catalog").joinpath(folder)
    if not place.is_dir():
        return []
    return sorted(
        (path for path in place.iterdir() if path.name.endswith(suffix)), key=lambda path: path.name
    )
