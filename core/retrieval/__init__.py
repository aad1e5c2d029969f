"""XAMPLER: learning to retrieve cross-lingual exemplars (arXiv 2405.05116)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.kept import Kept
from core.recipe_context import Recipe
from core.run_input import RunInput, Sink
from core.types import Report


def named(recipe: Recipe, data: Sequence[str], seed: int, sources: Any) -> Recipe:
    """The recipe with the name of the retriever it will use, where that is one to be trained.

    Args:
        data: fingerprints of everything it could learn from.
        sources: the data sets and splits it learns from.
    """
    return recipe


def ready(job: RunInput, sink: Sink, report: Report, kept: Kept) -> None:
    """See that the retriever a run's recipe names is there: mine pairs and train it, unless it is."""
