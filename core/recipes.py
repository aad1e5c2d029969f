"""Recipes: what a run does, resolved so completely that its hash is the run's identity."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core import catalog, embedders
from core.asking import Asking
from core.errors import NoRecordedCalls, RecipeError, UnknownName
from core.llms import LIVE
from core.part_settings import defaults, typed
from core.translation import of_recipes
from core.types import Dataset

Recipe = dict[str, Any]

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
K = 8
"""Exemplars of the sources that a language model sees in Stage I (SSP, section 3.1)."""
FROM_SOURCES = 8
"""Gold exemplars of source languages for the offline tagger, measured in docs/measured.md."""
FIXED = {
    "stage1": {"labeler", "labels", "k", *of_recipes.STAGE1},
    "stage2": {"labeler", "llm", "template", "from_sources"},
}
"""Entries of the tables that are not settings of the labeler they name."""
ASKING = tuple(defaults(Asking))
"""Entries of table `llm` that are not settings of the language model."""
OFFLINE_LABELERS = {"pos": "crf", "ner": "crf", "nli": "overlap", "topic": "ngram_lr"}
STAGE2_OF_LLM = {
    "offline": "icl_tagger",
    "replay": "incontext",
    "recorded": "recorded",
    "none": "none",
    **dict.fromkeys(LIVE, "incontext"),
}


@dataclass(frozen=True, slots=True)
class Imported:
    """Labels that came with a data set: which stages they hold, whether exemplars came too."""

    stages: frozenset[str]
    selections: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What a recipe can draw on for one data set, and the recipes there are."""

    dataset: Dataset
    imported: Mapping[str, Imported] = field(default_factory=dict)
    completions: int = 0
    templates: frozenset[str] = frozenset()
    recipes: Mapping[str, Recipe] = field(default_factory=catalog.recipes)


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
    _decide_stage1(recipe, context)
    _decide_stage2(recipe, context)
    _decide_selector(recipe, context, chosen)
    _decide_consensus(recipe, context)
    _decide_source_exemplars(recipe, context)
    _check_labelers(recipe)
    _check_llm(recipe)
    embedders.build(recipe["embedder"]["name"], {k: v for k, v in recipe["embedder"].items() if k != "name"})
    return {key: recipe[key] for key in ("name", *TABLES)}


def apply_overrides(recipe: Recipe, overrides: Mapping[str, str]) -> set[str]:
    """Write `key=value` settings into the recipe; returns the full keys that were set."""
    chosen = set()
    for key, text in overrides.items():
        full = SHORT_NAMES.get(key, key)
        table, _, field_name = full.partition(".")
        if table not in TABLES or not field_name:
            raise UnknownName("setting", key, [*SHORT_NAMES, *_full_keys(recipe)])
        if table == "consensus" and field_name not in recipe[table]:
            raise UnknownName("setting", key, [*SHORT_NAMES, *_full_keys(recipe)])
        recipe[table][field_name] = _value(text)
        chosen.add(full)
    _agree(recipe, chosen)
    return chosen


def _full_keys(recipe: Recipe) -> list[str]:
    return [f"{table}.{key}" for table in TABLES for key in recipe[table]]


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
    if "stage2.labeler" in chosen and stage2["labeler"] == "none":
        if recipe["stage1"]["labeler"] != "incontext" and recipe["translation"].get("name") != "llm":
            stage2["llm"] = "none"
    elif "stage2.llm" in chosen and "stage2.labeler" not in chosen:
        stage2["labeler"] = "auto"


def _decide_stage1(recipe: Recipe, context: Context) -> None:
    stage1 = recipe["stage1"]
    if stage1["labeler"] == "auto":
        wants_import = stage1["labels"] != "auto" or context.imported
        stage1["labeler"] = "imported" if wants_import else OFFLINE_LABELERS[context.dataset.task]
    if stage1["labeler"] == "incontext":
        _need_llm(recipe)
        stage1.setdefault("k", K)
    if stage1["labeler"] == "imported":
        stage1["labels"] = _imported_name(stage1["labels"], context)
    else:
        stage1["labels"] = "none"


def _need_llm(recipe: Recipe) -> None:
    if recipe["stage2"]["llm"] not in LIVE:
        raise RecipeError(
            "Stage I by a language model needs one that can be asked.", f"Add --set llm={' or '.join(LIVE)}."
        )


def _imported_name(asked: str, context: Context) -> str:
    if not context.imported:
        raise RecipeError(
            f"{context.dataset.id} came without Stage-I labels.",
            "Use --set stage1=crf (or overlap, ngram_lr) with --source DATASET.",
        )
    if asked != "auto":
        if asked not in context.imported:
            raise UnknownName("imported labels", str(asked), context.imported)
        return asked
    with_stage1 = [name for name, labels in context.imported.items() if "stage1" in labels.stages]
    preferred = str(context.dataset.meta.get("stage1", ""))
    if preferred in with_stage1:
        return preferred
    return sorted(with_stage1 or context.imported)[0]


def _decide_stage2(recipe: Recipe, context: Context) -> None:
    stage2 = recipe["stage2"]
    if stage2["llm"] not in STAGE2_OF_LLM:
        raise UnknownName("llm", str(stage2["llm"]), STAGE2_OF_LLM)
    if stage2["labeler"] == "auto":
        stage2["labeler"] = STAGE2_OF_LLM[stage2["llm"]]
    if stage2["labeler"] not in STAGE2_OF_LLM.values():
        raise UnknownName("stage2 labeler", str(stage2["labeler"]), STAGE2_OF_LLM.values())
    _need_recordings(recipe, context)
    _need_stage1(recipe, context)
    known = {"auto", "none", context.dataset.task, *context.templates}
    if stage2["template"] not in known:
        raise UnknownName("prompt template", str(stage2["template"]), known)
    if stage2["template"] == "auto":
        stage2["template"] = _template_name(stage2["llm"], context)


def _need_recordings(recipe: Recipe, context: Context) -> None:
    llm, dataset = recipe["stage2"]["llm"], context.dataset.id
    if llm == "replay" and not context.completions:
        raise NoRecordedCalls(
            f"no recorded calls for {dataset}.", "Use --set llm=offline or --set stage2=none."
        )
    if llm == "recorded":
        labels = recipe["stage1"]["labels"]
        if "stage2" not in context.imported.get(labels, Imported(frozenset())).stages:
            raise NoRecordedCalls(f"{dataset} has no stored Stage-II labels for {labels!r}.")


def _need_stage1(recipe: Recipe, context: Context) -> None:
    """Stored Stage-II labels may come without the Stage I they were made from; nothing else works so."""
    stage1, stored = recipe["stage1"], recipe["stage2"]["labeler"] == "recorded"
    if stored or stage1["labeler"] != "imported" or "stage1" in context.imported[stage1["labels"]].stages:
        return
    raise RecipeError(
        f"{context.dataset.id} came without the Stage-I labels of {stage1['labels']!r}.",
        "Use --set llm=recorded for its stored Stage-II labels.",
    )


def _template_name(llm: str, context: Context) -> str:
    """The authors' own wording answers recorded prompts; everything else uses ours."""
    if llm != "replay":
        return "none"
    return sorted(context.templates)[0] if context.templates else context.dataset.task


def _decide_selector(recipe: Recipe, context: Context, chosen: set[str]) -> None:
    settings = recipe["selector"]
    labels = context.imported.get(recipe["stage1"]["labels"], Imported(frozenset()))
    if recipe["stage2"]["labeler"] == "none":
        recipe["selector"] = {"name": "none"}
        return
    if settings["name"] == "auto":
        replayed = recipe["stage2"]["llm"] in {"replay", "recorded"}
        tuned = any(key.startswith("selector.") for key in chosen)
        settings["name"] = "recorded" if replayed and labels.selections and not tuned else "ilp"
        if recipe["stage2"]["llm"] == "recorded":
            settings["name"] = "recorded" if labels.selections else "none"
    if settings["name"] == "recorded" and not labels.selections:
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


def asking_settings(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """What table `llm` says of how the model is asked."""
    return {key: value for key, value in recipe["llm"].items() if key in ASKING}


def model_settings(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """What table `llm` says to the language model itself."""
    return {key: value for key, value in recipe["llm"].items() if key not in ASKING}


def _check_llm(recipe: Recipe) -> None:
    """The language model takes the settings it is given. Raises UnknownName, RecipeError, NotInstalled."""
    from core import llms

    name, settings = recipe["stage2"]["llm"], recipe["llm"]
    if name in LIVE:
        typed("asking", name, Asking, asking_settings(recipe))
        llms.build(name, model_settings(recipe))
    elif settings:
        message = f"the setting llm.{next(iter(settings))} needs a language model; this run uses {name}."
        raise RecipeError(message, f"Add --set llm={' or '.join(LIVE)}.")
