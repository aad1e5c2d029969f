"""Output styles: how an answer is written in a prompt, and how one is read. Reading never fails."""

from __future__ import annotations

import re

from core.asking.styles.inline import read_inline, write_inline
from core.asking.styles.json_document import read_json_label, read_json_words, write_json
from core.errors import RecipeError
from core.llms import Style
from core.prompts import LABEL, ROWS, Writing
from core.tasks import Task
from core.tasks.alignment import read_rows
from core.tasks.answers import read_label
from core.tasks.reading import Reading
from core.types import Instance, Labels

OF_WORDS: tuple[Style, ...] = ("rows", "json", "inline")
OF_ITEMS: tuple[Style, ...] = ("label", "json")
THOUGHTS = re.compile(r"\A\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL)
"""What reasoning models say to themselves first; where it does not end, there is no answer."""


def style_of(asked: str, task: Task, suited: Style | None = None) -> Style:
    """The style that is meant.

    Args:
        asked: the setting `llm.output`.
        suited: what `auto` stands for, where the model's own abilities decide it.

    Raises:
        RecipeError: the task has no such style.
    """
    known = OF_WORDS if task.unit == "token" else OF_ITEMS
    if asked == "auto":
        return suited if suited in known else known[0]
    for style in known:
        if style == asked:
            return style
    raise RecipeError(
        f"answers to {task.name} cannot be written as {asked!r}.",
        f"Use --set llm.output={' or '.join(known)}.",
    )


def writing(style: Style, task: Task) -> Writing:
    """How answers of this style are written in a prompt."""
    if style == "rows":
        return ROWS
    if style == "inline":
        return Writing("inline", " ", write=write_inline)
    if style == "json":
        return Writing("json", " ", write=write_json)
    return LABEL


def read(style: Style, text: str, task: Task, instance: Instance, labels: Labels) -> Reading:
    """What an answer says, as tolerantly as is harmless; `spans` are places in `text`."""
    visible = THOUGHTS.sub(lambda found: " " * len(found[0]), text, count=1)
    if task.unit == "item":
        return read_json_label(visible, labels) if style == "json" else read_label(visible, labels)
    if style == "json":
        return read_json_words(visible, instance.tokens, labels, task.fallback)
    if style == "inline":
        return read_inline(visible, instance.tokens, labels, task.fallback)
    return read_rows(visible, instance.tokens, labels, task.fallback)
