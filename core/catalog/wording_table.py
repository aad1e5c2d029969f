"""Our prompt templates: one layout per task, one wording per language, put together when asked for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from core.errors import RecipeError, UnknownName

ENGLISH = "eng"
PLACE = re.compile(r"\[\[(\w+)\]\]")


def prompt_template(task: str, language: str = ENGLISH) -> str:
    """Our own prompt template of a task (Jinja), its instructions in a language.

    Args:
        language: ISO 639-3 code.

    Raises:
        UnknownName: the task has none.
        RecipeError: nobody wrote our instructions in that language.
    """
    found = {path.name.removesuffix(".j2"): path for path in _listed("prompts", ".j2")}
    if task not in found:
        raise UnknownName("prompt template", task, found)
    said = _wording(language)
    layout: str = found[task].read_text(encoding="utf-8")
    return PLACE.sub(lambda place: said[place[1]], layout)


def prompt_languages() -> tuple[str, ...]:
    """ISO 639-3 codes of the languages our instructions are written in."""
    return tuple(path.name.removesuffix(".toml") for path in _listed("wording", ".toml"))


@lru_cache(maxsize=8)
def _wording(language: str) -> Mapping[str, str]:
    known = prompt_languages()
    if language not in known:
        raise RecipeError(
            f"our instructions are not written in {language!r}: there are {', '.join(known)}.",
            "Use one of these (--set llm.language=...), or write a template of your own in that language.",
        )
    text = files("core.catalog").joinpath("wording", f"{language}.toml").read_text(encoding="utf-8")
    return {name: str(value) for name, value in tomllib.loads(text).items()}


def _listed(folder: str, suffix: str) -> list[Any]:
    place = files("core.catalog").joinpath(folder)
    found = (path for path in place.iterdir() if path.name.endswith(suffix))
    return sorted(found, key=lambda path: str(path.name))
