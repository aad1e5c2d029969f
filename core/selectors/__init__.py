"""Selectors: which K exemplars a query is shown. One module per way of choosing.

`build(name, settings)` makes one from a recipe's table; `setting_names(name)` says which settings
it has, for forms and for error messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from core.errors import RecipeError
from core.registry import Registry
from core.selectors.problem import SelectionProblem, Selector

selectors: Registry[type[Selector]] = Registry("selector", "core.selectors")

ALIASES = {"lambda": "lambda_"}


def setting_names(name: str) -> tuple[str, ...]:
    """The settings of selector `name`, as a recipe spells them (`lambda`, not `lambda_`)."""
    return tuple(spec.name.rstrip("_") for spec in fields(selectors[name]))


def build(name: str, settings: Mapping[str, Any]) -> Selector:
    """The selector `name` with these settings; a `preset` fills in those that are not given.

    Raises:
        UnknownName: no such selector.
        RecipeError: a setting it does not have, or a value it cannot work with.
    """
    part = selectors[name]
    given = {ALIASES.get(key, key): value for key, value in settings.items()}
    kinds = {spec.name: type(spec.default) for spec in fields(part)}
    for key in given:
        if key not in kinds:
            raise RecipeError(
                f"selector {name} has no setting {key!r}.", f"It has: {', '.join(setting_names(name))}."
            )
    typed = {key: _typed(name, key, value, kinds[key]) for key, value in given.items()}
    complete = getattr(part, "preset_settings", dict)  # most have no presets
    return part(**complete(typed))


def _typed(name: str, key: str, value: Any, kind: type) -> object:
    """The value in the type of the setting's default; text from a command line is accepted."""
    try:
        if kind is bool:
            return _truth(value)
        if kind is tuple:
            words = value.replace(",", " ").split() if isinstance(value, str) else value
            return tuple(str(word) for word in words)
        if kind is int and (isinstance(value, bool) or float(value) != int(value)):
            raise ValueError("not a whole number")
        return kind(value)
    except (TypeError, ValueError) as problem:
        spelled = key.rstrip("_")
        raise RecipeError(
            f"setting {spelled} of selector {name} cannot be {value!r} ({problem}).",
            f"Give a value of type {kind.__name__}.",
        ) from None


def _truth(value: object) -> bool:
    names = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    text = str(value).strip().lower()
    if text not in names:
        raise ValueError("not true or false")
    return names[text]


__all__ = ["SelectionProblem", "Selector", "build", "selectors", "setting_names"]
