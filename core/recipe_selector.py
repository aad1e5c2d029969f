"""How exemplars are chosen: the selector of a recipe and its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import RecipeError, UnknownName
from core.recipe_context import Context, Recipe
from core.recipe_stage1 import stored


def decide_selector(recipe: Recipe, context: Context, chosen: set[str]) -> None:
    """Settle table `selector`; `chosen` are the full keys the user set.

    Raises:
        RecipeError, UnknownName: no such selector, no such setting of it, or no recorded exemplars.
    """
    settings, llm = recipe["selector"], recipe["stage2"]["llm"]
    recorded = stored(recipe["stage1"]["labels"], context).selections
    if recipe["stage2"]["labeler"] == "none":
        recipe["selector"] = {"name": "none"}
        return
    if settings["name"] == "auto":
        tuned = any(key.startswith("selector.") for key in chosen)
        settings["name"] = "recorded" if llm in {"replay", "recorded"} and recorded and not tuned else "ilp"
        if llm == "recorded":
            settings["name"] = "recorded" if recorded else "none"
        if recipe["stage1"]["labeler"] == "none" and not tuned:
            settings["name"] = "none"
    if settings["name"] == "recorded" and not recorded:
        raise RecipeError(f"{context.dataset.id} came without recorded exemplars.", "Use --set selector=ilp.")
    recipe["selector"] = _selector_settings(settings, chosen)


def _selector_settings(settings: Mapping[str, Any], chosen: set[str]) -> dict[str, Any]:
    """Only settings this selector has; one the user set and it lacks is an error."""
    name = settings["name"]
    if name in {"none", "recorded"}:
        return {"name": name}
    from core import selectors

    known = selectors.setting_names(name)
    kept = {key: value for key, value in settings.items() if key == "name" or key in known}
    for full in chosen:
        key = full.removeprefix("selector.")
        if full.startswith("selector.") and key != "name" and key not in known:
            raise UnknownName(f"setting of selector {name}", key, known)
    selectors.build(name, {key: value for key, value in kept.items() if key != "name"})
    return kept
