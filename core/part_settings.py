"""Parts and their settings: the public fields of a dataclass, from a recipe's table or a command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from core.availability import require
from core.errors import RecipeError
from core.registry import Registry

ALIASES = {"lambda": "lambda_"}
"""Words of Python that recipes use as settings."""


def defaults(part: type[Any]) -> dict[str, Any]:
    """Setting -> default, as a recipe spells them (`lambda`, not `lambda_`); `task` is not one of them."""
    return {
        spec.name.rstrip("_"): spec.default
        for spec in fields(part)
        if spec.init and not spec.name.startswith("_") and spec.name != "task"
    }


def build(
    parts: Registry[type[Any]], table: str, name: str, settings: Mapping[str, Any], /, **given: Any
) -> Any:
    """The part `name` with these settings; `given` are fields that are none (the task).

    Args:
        table: the recipe's table of this kind of part (`stage1`), for what an error advises.

    Raises:
        UnknownName: no such part.
        RecipeError: a setting it does not have or lacks, or a value it cannot work with.
        NotInstalled: a package it needs is not there.
    """
    part = parts[name]
    for package in getattr(part, "packages", ()):
        require(package, purpose=f"the {parts.kind} {name}")
    arguments = typed(parts.kind, name, part, settings)
    for key in getattr(part, "required", ()):
        if not arguments.get(key):
            raise RecipeError(f"{parts.kind} {name} needs a {key}.", f"Give --set {table}.{key}=...")
    return part(**given, **arguments)


def typed(kind: str, name: str, part: type[Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as arguments of the part, each in the type of its default.

    Raises:
        RecipeError: a setting it does not have, or a value that cannot be read as one.
    """
    known = defaults(part)
    for key in settings:
        if key not in known:
            raise RecipeError(
                f"{kind} {name} has no setting {key!r}.",
                f"It has: {', '.join(known)}." if known else "It has no settings.",
            )
    return {
        ALIASES.get(key, key): _as_type(f"{kind} {name}", key, value, type(known[key]))
        for key, value in settings.items()
    }


def _as_type(part: str, key: str, value: Any, kind: type) -> object:
    """The value in the type of the setting's default; text from a command line is accepted."""
    try:
        if kind is bool:
            return truth(value)
        if kind is tuple:
            one = isinstance(value, str | int | float)
            words = str(value).replace(",", " ").split() if one else value
            return tuple(str(word) for word in words)
        if kind is int and (isinstance(value, bool) or float(value) != int(value)):
            raise ValueError("not a whole number")
        return kind(value)
    except (TypeError, ValueError) as problem:
        raise RecipeError(
            f"setting {key} of {part} cannot be {value!r} ({problem}).",
            f"Give a value of type {kind.__name__}.",
        ) from None


def truth(value: object) -> bool:
    """Yes or no, as a recipe or a command line spells it. Raises ValueError."""
    names = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    text = str(value).strip().lower()
    if text not in names:
        raise ValueError("not true or false")
    return names[text]
