"""Recipes a user saved: TOML files in the workspace's `recipes` folder, beside those of the catalog."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core import catalog
from core.catalog import RECIPE_KEYS
from core.errors import FormatError, StudioError, UnknownName
from core.recipes import TABLES, Recipe, apply_overrides

HINT = "Correct the file, or delete it."
NEEDED = ("stage1", "consensus", "selector", "embedder", "stage2")
"""Tables no recipe can do without."""


def folder(workspace: Path) -> Path:
    """Where they lie."""
    return workspace / "recipes"


def every(workspace: Path) -> dict[str, Recipe]:
    """All recipes by name, the user's after the catalog's.

    Raises:
        FormatError: a file is no recipe.
    """
    own = {path.stem: _read(path) for path in sorted(folder(workspace).glob("*.toml"))}
    return {**catalog.recipes(), **own}


def recipe(workspace: Path, name: str) -> Recipe:
    """One recipe. Raises UnknownName, FormatError."""
    found = every(workspace)
    if name not in found:
        raise UnknownName("recipe", name, found)
    return found[name]


def save(workspace: Path, name: str, base: str, overrides: Mapping[str, Any], *, title: str = "") -> Path:
    """Keep settings as a recipe: `base` with `overrides` (full keys such as `selector.k`).

    Raises:
        StudioError: the name is the catalog's, taken, or no plain word.
        UnknownName, RecipeError: the settings are not those of a recipe.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", name):
        raise StudioError(f"{name!r} cannot be the name of a recipe.", "Use small letters, digits, - and _.")
    if name in every(workspace):
        raise StudioError(f"there is a recipe {name} already.", "Choose another name.")
    made = {table: {} for table in TABLES} | json.loads(json.dumps(dict(recipe(workspace, base))))
    apply_overrides(made, {key: _text(value) for key, value in overrides.items()})
    made |= {"name": name, "title": title or name, "description": f"{base}, with settings of one's own."}
    path = folder(workspace) / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(_toml(made), encoding="utf8")
    part.replace(path)
    return path


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _toml(table: Mapping[str, Any]) -> str:
    """A recipe as TOML; JSON's strings, numbers, truth values and lists are TOML's as well."""
    lines = [f"{key} = {json.dumps(value)}" for key, value in table.items() if not isinstance(value, Mapping)]
    for key, value in table.items():
        if isinstance(value, Mapping):
            lines += ["", f"[{key}]", *(f"{name} = {json.dumps(item)}" for name, item in value.items())]
    return "\n".join([*lines, ""])


def _read(path: Path) -> Recipe:
    try:
        table = tomllib.loads(path.read_text(encoding="utf8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FormatError(path.name, 0, f"no readable TOML ({error}).", HINT) from error
    missing = [key for key in (*RECIPE_KEYS, *NEEDED) if key not in table]
    if missing or table["name"] != path.stem:
        wrong = f"lacks {', '.join(missing)}" if missing else "is not called what its recipe is called"
        raise FormatError(path.name, 0, f"{wrong}.", HINT)
    return table
