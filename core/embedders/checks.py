"""Settings of embedders: what cannot be meant is refused in one sentence."""

from __future__ import annotations

import math

from core.embedders.metric import METRICS
from core.errors import RecipeError


def refuse_unless(good: bool, embedder: str, key: str, value: object, wanted: str) -> None:  # noqa: FBT001
    """Pass when `good`.

    Raises:
        RecipeError: names the setting, what it was given and what it takes.
    """
    if not good:
        raise RecipeError(f"embedder {embedder}: {key} cannot be {value!r}.", f"Give {wanted}.")


def check_text(embedder: str, **settings: object) -> None:
    """Raises RecipeError where a setting is a number or a switch and not text."""
    for key, value in settings.items():
        refuse_unless(isinstance(value, str), embedder, key, value, "text")


def check_whole(embedder: str, key: str, value: object, low: int, high: int) -> None:
    """Raises RecipeError unless the setting is a whole number from `low` to `high`."""
    good = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
    refuse_unless(good, embedder, key, value, f"a whole number from {low} to {high}")


def check_seconds(embedder: str, key: str, value: object) -> None:
    """Raises RecipeError unless the setting is a positive number."""
    good = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < math.inf
    refuse_unless(good, embedder, key, value, "seconds, more than 0")


def check_metric(embedder: str, value: object) -> None:
    """Raises RecipeError unless the setting names one of `METRICS`."""
    refuse_unless(value in METRICS, embedder, "metric", value, "cosine, dot or euclidean")


def unquoted(text: str) -> str:
    """The text between double quotes, or all of it: so a command line can give a space at its end."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
