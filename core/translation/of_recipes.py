"""What a recipe may say of translation: `stage1.translate`, `stage1.pool` and table `translation`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import RecipeError
from core.llms import LIVE
from core.part_settings import truth
from core.translation import build

MODES = ("none", "test", "train")
OF_THE_RUN = ("name", "language", "data", "by", "alone", "beside")
"""Entries of table `translation` that are not settings of the translator it names."""
STAGE1 = ("translate", "pool")
"""Entries of table `stage1` that are not settings of its labeler."""


def translator_settings(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """What table `translation` says to the translator itself."""
    return {key: value for key, value in recipe["translation"].items() if key not in OF_THE_RUN}


def decide(recipe: dict[str, Any], offline: str) -> None:
    """Settle what the recipe says of translation; a recipe that translates nothing ends with nothing said.

    Args:
        offline: the labeler that stands for `auto` in Stage I.

    Raises:
        UnknownName, RecipeError, NotInstalled: settings that contradict each other, or that a translator
            cannot work with.
    """
    stage1, table = recipe["stage1"], recipe["translation"]
    mode = str(stage1.pop("translate", "none"))
    if mode not in MODES:
        raise RecipeError(f"stage1.translate cannot be {mode!r}.", f"Give one of: {', '.join(MODES)}.")
    beside = _yes(table, "beside")
    if mode != "none":
        stage1["translate"] = mode
        _need_a_labeler(stage1, offline, mode)
    if not (stage1.get("pool") or "").strip() or stage1.get("pool") == "none":
        stage1.pop("pool", None)
    if mode == "none" and not beside:
        table.clear()
        return
    recipe["translation"] = _settled(table, beside=beside)
    if table.get("name") == "llm" and recipe["stage2"]["llm"] not in LIVE:
        raise RecipeError(
            "translation by a language model needs one that can be asked.",
            f"Add --set llm={' or '.join(LIVE)}, or use another translator.",
        )
    build(str(recipe["translation"]["name"]), translator_settings(recipe))


def _need_a_labeler(stage1: dict[str, Any], offline: str, mode: str) -> None:
    if stage1["labeler"] == "auto":
        stage1["labeler"] = offline
    if stage1["labeler"] in ("imported", "none"):
        raise RecipeError(
            f"translate-{mode} makes Stage-I labels; this run has {stage1['labeler']} ones.",
            f"Use --set stage1={offline}, or --set translate=none.",
        )


def _settled(table: Mapping[str, Any], *, beside: bool) -> dict[str, Any]:
    usual = {"name": "given", "language": "auto", "data": "", "by": "auto", "alone": False}
    return {**usual, **table, "alone": _yes(table, "alone"), "beside": beside}


def _yes(table: Mapping[str, Any], key: str) -> bool:
    try:
        return truth(table.get(key, False))
    except ValueError:
        raise RecipeError(f"translation.{key} must be true or false, not {table[key]!r}.") from None
