"""What a recipe can draw on for one data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core import catalog
from core.types import Dataset

Recipe = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Imported:
    """Labels that came with a data set: which stages they hold, whether exemplars came too."""

    stages: frozenset[str]
    selections: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What a recipe can draw on for one data set, and the recipes there are.

    `completions` counts recorded calls, `templates` are names of prompt templates kept with the data set,
    `runs` the stages of finished runs by id, oldest first; those in `shown_gold` were made with gold of the
    target in view. `gold` says whether the target's gold is known.
    """

    dataset: Dataset
    imported: Mapping[str, Imported] = field(default_factory=dict)
    completions: int = 0
    templates: frozenset[str] = frozenset()
    recipes: Mapping[str, Recipe] = field(default_factory=catalog.recipes)
    runs: Mapping[str, frozenset[str]] = field(default_factory=dict)
    shown_gold: frozenset[str] = frozenset()
    gold: bool = False
