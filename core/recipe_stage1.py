"""Which labels Stage I has: imported ones, those of an earlier run, gold ones, or those a labeler gives."""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import RecipeError, UnknownName
from core.llms import LIVE
from core.recipe_context import Context, Imported, Recipe

NEWEST = "newest"
"""Stands for the last finished run of the data set that went as far as Stage II, and saw no gold."""
LAST_FIRST = ("stage2", "consensus", "stage1")
SHOWN = {"incontext": 8, "vote": 3}
"""Exemplars of the sources that Stage I sees (SSP, section 3.1; XAMPLER, section 3)."""
NO_PRIOR = ("none", "gold")
"""Labelers that leave nothing for the offline tagger to correct."""


def decide_stage1(recipe: Recipe, context: Context, offline: Mapping[str, str]) -> None:
    """Settle table `stage1`; `offline` names each task's labeler that needs no model.

    Raises:
        RecipeError, UnknownName: there are no such labels, or no language model to ask.
    """
    stage1 = recipe["stage1"]
    if stage1["labeler"] == "auto":
        wants_import = stage1["labels"] != "auto" or context.imported
        stage1["labeler"] = "imported" if wants_import else offline[context.dataset.task]
    _need_task(str(stage1["labeler"]), context)
    if stage1["labeler"] == "incontext":
        _need_llm(recipe)
    if stage1["labeler"] in SHOWN:
        stage1.setdefault("k", SHOWN[stage1["labeler"]])
    if stage1["labeler"] == "gold" and not context.gold:
        raise RecipeError(f"{context.dataset.id} has no gold labels to show.", "Use the recipe ssp.")
    imported = stage1["labeler"] == "imported"
    stage1["labels"] = _imported_name(stage1["labels"], context) if imported else "none"


def need_stage1(recipe: Recipe, context: Context) -> None:
    """Stored Stage-II labels may come without the Stage I they were made from; nothing else works so.

    Raises:
        RecipeError: Stage II has nothing to work on.
    """
    stage1, labeler = recipe["stage1"], recipe["stage2"]["labeler"]
    if labeler == "icl_tagger" and stage1["labeler"] in NO_PRIOR:
        raise RecipeError(
            "the offline tagger corrects the labels of Stage I, and this recipe has none.",
            f"Add --set llm={' or '.join(LIVE)}, or use the recipe ssp.",
        )
    if labeler == "recorded" or stage1["labeler"] != "imported" or stage1["labels"] in context.runs:
        return
    if "stage1" not in context.imported[stage1["labels"]].stages:
        raise RecipeError(
            f"{context.dataset.id} came without the Stage-I labels of {stage1['labels']!r}.",
            "Use --set llm=recorded for its stored Stage-II labels.",
        )


def origin_of(labels: str, context: Context) -> tuple[str, str]:
    """The run and the stage whose labels `stage1.labels` means."""
    if labels in context.runs:
        stages = context.runs[labels]
        return labels, next((stage for stage in LAST_FIRST if stage in stages), "stage2")
    return f"{context.dataset.id}/{labels}", "stage1"


def stored(labels: str, context: Context) -> Imported:
    """What is stored beside these labels."""
    return context.imported.get(labels, Imported(frozenset()))


def _need_task(name: str, context: Context) -> None:
    """A labeler that does not do every task says so: this is told before anything is trained."""
    from core import labelers

    done = getattr(labelers.labelers[name], "tasks", None) if name in labelers.labelers else None
    task = context.dataset.task
    if done and task not in done:
        raise RecipeError(
            f"Stage I by {name} gives one label to a whole text ({', '.join(done)}), "
            f"and {context.dataset.id} is a {task} data set.",
            "Use --set stage1=crf or encoder for labels of words.",
        )


def _need_llm(recipe: Recipe) -> None:
    if recipe["stage2"]["llm"] not in LIVE:
        raise RecipeError(
            "Stage I by a language model needs one that can be asked.", f"Add --set llm={' or '.join(LIVE)}."
        )


def _imported_name(asked: str, context: Context) -> str:
    if asked == NEWEST:
        return _newest(context)
    if asked in context.runs:
        return asked
    if not context.imported:
        raise RecipeError(
            f"{context.dataset.id} came without Stage-I labels"
            + ("." if asked == "auto" else f", and none of its finished runs is called {asked}."),
            "Use --set stage1=crf (or overlap, ngram_lr) with --source DATASET.",
        )
    if asked != "auto":
        if asked not in context.imported:
            raise UnknownName("imported labels", str(asked), [*context.imported, *context.runs])
        return asked
    with_stage1 = [name for name, labels in context.imported.items() if "stage1" in labels.stages]
    preferred = str(context.dataset.meta.get("stage1", ""))
    if preferred in with_stage1:
        return preferred
    return sorted(with_stage1 or context.imported)[0]


def _newest(context: Context) -> str:
    for run in reversed(list(context.runs)):
        if "stage2" in context.runs[run] and run not in context.shown_gold:
            return run
    raise RecipeError(
        f"{context.dataset.id} has no finished run whose labels could be shown again.",
        "Run the recipe ssp first, or name a run: --set stage1.labels=RUN.",
    )
