"""Selectors: which K exemplars a query is shown. One module per way of choosing.

`build(name, settings)` makes one from a recipe's table; `setting_names(name)` says which settings
it has, for forms and for error messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.part_settings import defaults, typed
from core.registry import Registry
from core.selectors.problem import SelectionProblem, Selector

selectors: Registry[type[Selector]] = Registry("selector", "core.selectors")


def setting_names(name: str) -> tuple[str, ...]:
    """The settings of selector `name`, as a recipe spells them (`lambda`, not `lambda_`)."""
    return tuple(defaults(selectors[name]))


def build(name: str, settings: Mapping[str, Any]) -> Selector:
    """The selector `name` with these settings; a `preset` fills in those that are not given.

    Raises:
        UnknownName: no such selector.
        RecipeError: a setting it does not have, or a value it cannot work with.
    """
    part = selectors[name]
    complete = getattr(part, "preset_settings", dict)  # most have no presets
    return part(**complete(typed("selector", name, part, settings)))


__all__ = ["SelectionProblem", "Selector", "build", "selectors", "setting_names"]
