"""Table `llm` of a recipe: how a language model is asked, and the settings of the model itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core import catalog, llms
from core.asking import Asking
from core.asking.confidence import method_of
from core.asking.order import order_of
from core.asking.styles import style_of
from core.errors import NoRecordedCalls, RecipeError, UnknownName
from core.llms import LIVE
from core.part_settings import defaults, typed
from core.recipe_context import Context, Recipe
from core.recipe_stage1 import stored
from core.tasks import tasks
from core.world import is_world
from core.world.corpora import TEMPLATE

ASKING = tuple(defaults(Asking))
"""Entries of table `llm` that are not settings of the language model."""
RELEASED = "ssp-release"
"""The template that came with a release, which its recorded calls were made with."""


def asking_settings(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """What table `llm` says of how the model is asked."""
    return {key: value for key, value in recipe.get("llm", {}).items() if key in ASKING}


def model_settings(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """What table `llm` says to the language model itself."""
    return {key: value for key, value in recipe.get("llm", {}).items() if key not in ASKING}


def decide_llm(recipe: Recipe, context: Context) -> None:
    """Settle table `llm`, every value in its type, and see that the model and the task take them.

    Raises:
        UnknownName, RecipeError, NotInstalled: as `core.llms.build`; or a style, order, language or way to
            tell confidence that there is not.
    """
    name, settings = recipe["stage2"]["llm"], recipe["llm"]
    if name in LIVE:
        asking = typed("asking", name, Asking, asking_settings(recipe))
        _check_asking(Asking(**asking), recipe, context)
        model = typed("language model", name, llms.llms[name], model_settings(recipe))
        llms.build(name, model_settings(recipe))
        recipe["llm"] = {key: _plain((asking | model)[key]) for key in settings}
    elif settings:
        message = f"the setting llm.{next(iter(settings))} needs a language model; this run uses {name}."
        raise RecipeError(message, f"Add --set llm={' or '.join(LIVE)}.")


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _check_asking(asking: Asking, recipe: Recipe, context: Context) -> None:
    task = tasks[context.dataset.task]
    style_of(asking.output, task)
    order_of(asking.order, "similar_first")
    method_of(asking.confidence)
    if recipe["stage2"]["template"] not in context.templates:
        catalog.prompt_template(task.name, asking.language)
    if asking.again_template and asking.again_template not in context.templates:
        raise UnknownName("prompt template", asking.again_template, context.templates)


def decide_template(recipe: Recipe, context: Context) -> None:
    """Settle `stage2.template`: recorded prompts need the wording they were made with.

    Raises:
        UnknownName: there is no such template.
    """
    stage2 = recipe["stage2"]
    known = {"auto", "none", context.dataset.task, *context.templates}
    if stage2["template"] not in known:
        raise UnknownName("prompt template", str(stage2["template"]), known)
    if stage2["template"] == "auto":
        released = stage2["llm"] == "replay" and RELEASED in context.templates
        asked = stage2["llm"] == "replay" or stage2["llm"] in LIVE
        usual = context.dataset.task if asked else "none"
        stage2["template"] = RELEASED if released else TEMPLATE if _of_the_world(recipe, context) else usual


def _of_the_world(recipe: Recipe, context: Context) -> bool:
    """Whether a model of the demo world is asked, which reads only the prompt that comes with its data."""
    return TEMPLATE in context.templates and is_world(str(model_settings(recipe).get("model", "")))


def need_recordings(recipe: Recipe, context: Context) -> None:
    """Raises NoRecordedCalls: replay has nothing to answer with, or there are no stored labels."""
    llm, dataset = recipe["stage2"]["llm"], context.dataset.id
    if llm == "replay" and not context.completions:
        raise NoRecordedCalls(
            f"no recorded calls for {dataset}.", "Use --set llm=offline or --set stage2=none."
        )
    if llm == "recorded":
        labels = recipe["stage1"]["labels"]
        if "stage2" not in stored(labels, context).stages:
            raise NoRecordedCalls(f"{dataset} has no stored Stage-II labels for {labels!r}.")


def identity(recipe: Mapping[str, Any]) -> Recipe:
    """The recipe without settings of the language model that do not change an answer."""
    name = recipe["stage2"]["llm"]
    spared = getattr(llms.llms[name], "operational", ()) if name in LIVE and name in llms.llms else ()
    kept = {key: value for key, value in recipe.get("llm", {}).items() if key not in spared}
    return {**recipe, "llm": kept}
