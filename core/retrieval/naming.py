"""Which retriever a run uses: the hash of everything that decides what would be learned."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from core.embedders import embedders
from core.embedders.random import OF_THE_RUN
from core.errors import RecipeError
from core.llms import LIVE
from core.prompts import prompt_sha256
from core.recipe_context import Recipe
from core.recipe_llm import identity as answering
from core.retrieval.encoders import identity as encoder_identity
from core.run_input import Source
from core.types import Labels, Record

NAME, RANDOM = "xampler", "random"
FORM = 1
"""Raised when the same settings and data would make another retriever."""


def learns(recipe: Mapping[str, Any]) -> bool:
    """Whether a run's similarity is one that learns from its sources, and is not named already."""
    table = recipe["embedder"]
    return bool(table["name"] == NAME and not table.get("trained"))


def asks(recipe: Mapping[str, Any]) -> bool:
    """Whether a language model says which exemplars are good ones, when the retriever is made."""
    if recipe["embedder"]["name"] != NAME or recipe["stage2"]["llm"] not in LIVE:
        return False
    return bool(settings_of(recipe)["positives"] == "mined")


def settings_of(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting of the retriever, those left at their default too."""
    known = {spec.name: spec.default for spec in fields(embedders[NAME]) if spec.init}  # type: ignore[arg-type]
    return known | {key: value for key, value in recipe["embedder"].items() if key in known}


def named(recipe: Recipe, sources: Sequence[Source], seed: int, labels: Labels, template: str) -> Recipe:
    """The recipe with the name of the retriever it will use, and the draw of a random similarity.

    Args:
        sources: what it learns from.
        labels: those the run may give.
        template: of the prompts by which a language model is asked.

    Raises:
        RecipeError: there is nothing to learn from.
    """
    table = recipe["embedder"]
    if table["name"] == RANDOM and table.get("seed", OF_THE_RUN) == OF_THE_RUN:
        return {**recipe, "embedder": {**table, "seed": abs(seed)}}
    if not learns(recipe):
        return recipe
    if not any(True for _ in usable(sources, labels, settings_of(recipe)["source"])):
        raise nothing_to_learn(settings_of(recipe)["source"])
    return {**recipe, "embedder": {**table, "trained": identity(recipe, sources, seed, labels, template)}}


def nothing_to_learn(language: str) -> RecipeError:
    """What to say where no source item could teach a retriever anything."""
    said = f" in the language {language} (embedder.source)" if language else ""
    return RecipeError(
        f"the embedder xampler learns from labelled sources, and this run has none{said} with labels of its "
        "target.",
        "Add --source DATASET (a data set of the same task), or name a kept retriever: embedder.trained.",
    )


def usable(sources: Sequence[Source], labels: Labels, language: str) -> Iterator[tuple[Source, Record]]:
    """The source items a retriever learns from, in order: labelled with what the run may give."""
    known = set(labels)
    for source in sources:
        if not language or source.language == language:
            yield from (
                (source, record) for record in source.records if record.labels and set(record.labels) <= known
            )


def identity(
    recipe: Mapping[str, Any], sources: Sequence[Source], seed: int, labels: Labels, template: str
) -> str:
    """16 hex digits of everything that decides what is learned; the target is no part of it."""
    table = settings_of(recipe)
    del table["trained"]
    said: dict[str, object] = {
        "form": FORM,
        "settings": table,
        "base": encoder_identity(str(table["base"])),
        "seed": seed,
    }
    if asks(recipe):
        model = [recipe["stage2"]["llm"], answering(recipe)["llm"]]
        said["labeller"] = [*model, prompt_sha256(template), labels]
    digest = hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=True).encode())
    for source, record in usable(sources, labels, str(table["source"])):
        item = record.instance
        row = [source.language, item.tokens or item.text, item.text_b, record.labels]
        digest.update(json.dumps(row, ensure_ascii=True).encode())
    return digest.hexdigest()[:16]
