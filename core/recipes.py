"""Recipes: what a run does, resolved so completely that its hash is the run's identity."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from core import embedders
from core.errors import RecipeError, UnknownName
from core.llms import LIVE
from core.part_settings import defaults
from core.recipe_context import Context, Imported, Recipe
from core.recipe_llm import asking_settings, decide_llm, decide_template, model_settings, need_recordings
from core.recipe_selector import decide_selector
from core.recipe_stage1 import decide_stage1, need_stage1
from core.translation import of_recipes

__all__ = [
    "FROM_SOURCES", "SHORT_NAMES", "TABLES", "Context", "Imported", "Recipe", "apply_overrides",
    "asking_settings", "labeler_settings", "model_settings", "resolve",
]  # fmt: skip

TABLES = ("stage1", "consensus", "selector", "embedder", "stage2", "llm", "translation")
SHORT_NAMES = {
    "stage1": "stage1.labeler",
    "stage2": "stage2.labeler",
    "selector": "selector.name",
    "embedder": "embedder.name",
    "consensus": "consensus.use",
    "llm": "stage2.llm",
    "template": "stage2.template",
    "translate": "stage1.translate",
    "translation": "translation.name",
} | {
    key: f"selector.{key}"
    for key in (
        "k",
        "lambda",
        "percentile",
        "demand",
        "price",
        "coverage",
        "confidence",
        "preset",
        "pin",
        "ban",
        "budget",
    )
}
TOKEN_TASKS = {"pos", "ner"}
LEARNED = "xampler"
"""The embedder that is trained for the run."""
FROM_SOURCES = 8
"""Gold exemplars of source languages for the offline tagger, measured in docs/measured.md."""
FIXED = {
    "stage1": {"labeler", "labels", "k", *of_recipes.STAGE1},
    "stage2": {"labeler", "llm", "template", "from_sources"},
}
"""Entries of the tables that are not settings of the labeler they name."""
OFFLINE_LABELERS = {"pos": "crf", "ner": "crf", "nli": "overlap", "topic": "ngram_lr"}
STAGE2_OF_LLM = {
    "offline": "icl_tagger",
    "replay": "incontext",
    "recorded": "recorded",
    "none": "none",
    **dict.fromkeys(LIVE, "incontext"),
}


def resolve(name: str, overrides: Mapping[str, str], context: Context) -> Recipe:
    """The recipe with every `auto` decided for this data set.

    Raises:
        UnknownName: no such recipe, or a setting that no recipe has.
        RecipeError: the settings contradict each other or the data set.
    """
    if name not in context.recipes:
        raise UnknownName("recipe", name, context.recipes)
    recipe = {table: {} for table in TABLES} | copy.deepcopy(dict(context.recipes[name]))
    if context.dataset.task not in recipe["tasks"]:
        raise RecipeError(f"recipe {name!r} does not do {context.dataset.task}.")
    chosen = apply_overrides(recipe, overrides)
    of_recipes.decide(recipe, OFFLINE_LABELERS[context.dataset.task])
    decide_stage1(recipe, context, OFFLINE_LABELERS)
    _decide_stage2(recipe, context)
    decide_selector(recipe, context, chosen)
    _decide_consensus(recipe, context)
    _decide_source_exemplars(recipe, context)
    _check_labelers(recipe)
    decide_llm(recipe, context)
    embedders.build(recipe["embedder"]["name"], {k: v for k, v in recipe["embedder"].items() if k != "name"})
    return {key: recipe[key] for key in ("name", *TABLES)}


def apply_overrides(recipe: Recipe, overrides: Mapping[str, str]) -> set[str]:
    """Write `key=value` settings into the recipe; returns the full keys that were set."""
    chosen = set()
    _leave_out(recipe, {SHORT_NAMES.get(key, key): text.strip() for key, text in overrides.items()})
    for key, text in overrides.items():
        full = SHORT_NAMES.get(key, key)
        table, _, field_name = full.partition(".")
        if table not in TABLES or not field_name:
            raise UnknownName("setting", key, [*SHORT_NAMES, *_full_keys(recipe)])
        if table == "consensus" and field_name not in recipe[table]:
            raise UnknownName("setting", key, [*SHORT_NAMES, *_full_keys(recipe)])
        recipe[table][field_name] = text.strip() if _is_text(full) else _value(text)
        chosen.add(full)
    _agree(recipe, chosen)
    return chosen


def _leave_out(recipe: Recipe, asked: Mapping[str, str]) -> None:
    """Of a recipe's own settings, those that belong to the part which another one takes the place of."""
    from core import labelers

    parts: tuple[tuple[str, str, Any], ...] = (
        ("embedder", "name", embedders.embedders),
        ("stage1", "labeler", labelers.labelers),
    )
    for table, key, registry in parts:
        before, name = recipe[table].get(key), asked.get(f"{table}.{key}", recipe[table].get(key))
        if name == before or before not in registry or name not in registry:
            continue
        kept = {key, *FIXED.get(table, ()), *defaults(registry[name])}
        recipe[table] = {setting: value for setting, value in recipe[table].items() if setting in kept}


def _full_keys(recipe: Recipe) -> list[str]:
    return [f"{table}.{key}" for table in TABLES for key in recipe[table]]


def _is_text(key: str) -> bool:
    """Names of runs may look like numbers; what table `llm` holds is read by those it belongs to."""
    return key == "stage1.labels" or key.startswith("llm.")


def _value(text: str) -> object:
    """TOML-like reading of a setting: numbers and booleans are typed, the rest is text."""
    lowered = text.strip().lower()
    if lowered in {"true", "false"}:
        return lowered == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text.strip()


def _agree(recipe: Recipe, chosen: set[str]) -> None:
    """`stage2=none` and `llm=...` name the same thing from two sides: keep them consistent."""
    stage2 = recipe["stage2"]
    if stage2["labeler"] == "none" and "stage2.llm" in chosen and recipe["embedder"]["name"] == LEARNED:
        return  # it labels the pairs that the retriever learns from
    if "stage2.labeler" in chosen and stage2["labeler"] == "none":
        if not _asks(recipe):
            stage2["llm"] = "none"
    elif "stage2.llm" in chosen and "stage2.labeler" not in chosen and not _ends_with_stage1(recipe):
        stage2["labeler"] = "auto"
    elif "stage1.labeler" in chosen and stage2["labeler"] == "none" and not _asks(recipe):
        stage2["llm"] = "none"


def _asks(recipe: Recipe) -> bool:
    """Whether a recipe without Stage II asks a language model all the same."""
    in_view = recipe["stage1"]["labeler"] == "incontext"
    return bool(in_view or recipe["translation"].get("name") == "llm")


def _ends_with_stage1(recipe: Recipe) -> bool:
    """Whether a language model is asked in Stage I, and there only."""
    return bool(recipe["stage2"]["labeler"] == "none" and recipe["stage1"]["labeler"] == "incontext")


def _decide_stage2(recipe: Recipe, context: Context) -> None:
    stage2 = recipe["stage2"]
    if stage2["llm"] not in STAGE2_OF_LLM:
        raise UnknownName("llm", str(stage2["llm"]), STAGE2_OF_LLM)
    if stage2["labeler"] == "auto":
        stage2["labeler"] = STAGE2_OF_LLM[stage2["llm"]]
    if stage2["labeler"] not in STAGE2_OF_LLM.values():
        raise UnknownName("stage2 labeler", str(stage2["labeler"]), STAGE2_OF_LLM.values())
    need_recordings(recipe, context)
    need_stage1(recipe, context)
    decide_template(recipe, context)


def _decide_consensus(recipe: Recipe, context: Context) -> None:
    use = recipe["consensus"]["use"]
    if use == "auto":
        use = recipe["stage2"]["llm"] == "offline" and context.dataset.task in TOKEN_TASKS
    if not isinstance(use, bool):
        raise RecipeError(f"consensus must be true, false or auto, not {use!r}.")
    if context.dataset.task in {"nli", "topic"} or recipe["stage2"]["labeler"] == "none":
        use = False
    recipe["consensus"]["use"] = use


def _decide_source_exemplars(recipe: Recipe, context: Context) -> None:
    """How many gold exemplars of the sources are shown; none where no exemplars are, or recorded ones."""
    stage2 = recipe["stage2"]
    asked = stage2.get("from_sources", "auto")
    if asked == "auto":
        mixed = stage2["labeler"] == "icl_tagger" and context.dataset.task in TOKEN_TASKS
        asked = FROM_SOURCES if mixed else 0
    if isinstance(asked, bool) or not isinstance(asked, int) or asked < 0:
        raise RecipeError(f"stage2.from_sources must be a number from 0 or auto, not {asked!r}.")
    stage2["from_sources"] = 0 if recipe["selector"]["name"] in {"none", "recorded"} else asked


def labeler_settings(recipe: Mapping[str, Any], table: str) -> dict[str, Any]:
    """What table `stage1` or `stage2` says to the labeler it names."""
    return {key: value for key, value in recipe[table].items() if key not in FIXED[table]}


def _check_labelers(recipe: Recipe) -> None:
    """The labelers take the settings they are given. Raises UnknownName, RecipeError, NotInstalled."""
    from core import labelers

    for table, fixed in FIXED.items():
        name = recipe[table]["labeler"]
        settings = labeler_settings(recipe, table)
        if name in labelers.labelers:
            given = {"task": "pos"} if table == "stage2" else {}
            labelers.build(name, settings, **given)
        elif settings:
            raise UnknownName(f"setting of {table} {name}", next(iter(settings)), sorted(fixed))
