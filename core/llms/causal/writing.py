"""Requests as tokens: the prompt, and for each label to choose the tokens of every possibility.

Text is cut into units where tokenizers cut it anyway, and each unit is read with each label in its place: so
a tab that melts into the tag behind it does so here as it did in the texts the model learned from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import RecipeError
from core.llms import Request
from core.llms.causal.loading import Loaded
from core.llms.causal.tree import common
from core.llms.frames import Unit, spelled, units

Ids = tuple[int, ...]
ANCHOR = "\n"
"""Read before a text, and its tokens taken off: some tokenizers put a space before whatever begins."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One label to choose.

    `shared` are the tokens that come first whatever the label. `options` (parallel to the labels) are those
    behind, to the end of the unit; `stop` is the token that must follow the unit, where only this tells a
    label from a longer one that begins with it; -1 = the unit's own text does.
    """

    shared: Ids
    options: tuple[Ids, ...]
    stop: int

    def scored(self) -> tuple[Ids, ...]:
        """The tokens whose probability is that of each label."""
        return tuple((*option, self.stop) for option in self.options) if self.stop >= 0 else self.options


@dataclass(frozen=True, slots=True)
class Written:
    """A request in tokens. `longest` is the number of all of them when the answer is as long as it gets."""

    prompt: Ids
    choices: tuple[Choice, ...]

    @property
    def longest(self) -> int:
        """Tokens of the prompt and of the longest answer."""
        return len(self.prompt) + sum(
            len(choice.shared) + max(map(len, choice.scored()), default=0) for choice in self.choices
        )


def prompt_text(desk: Loaded, request: Request) -> str:
    """The conversation as the model reads it, up to where its answer begins.

    Raises:
        RecipeError: its chat template cannot show it.
    """
    turns = (("user", request.prompt.text), *request.then)
    if not desk.chat:
        return "\n\n".join(text for _, text in turns)
    from jinja2 import TemplateError

    messages = [{"role": role, "content": text} for role, text in turns]
    try:
        # Templates that let a model think before it answers know this name; others take no notice.
        shown: str = desk.tokenizer.apply_chat_template(
            messages, tokenize=False, add_generation_prompt=True, enable_thinking=False
        )
    except (TemplateError, TypeError, ValueError, LookupError) as problem:
        raise RecipeError(
            f"the chat template of {desk.name} cannot show this conversation: {problem}.",
            "Use --set llm.repairs=0, or another model.",
        ) from None
    return shown


def prompt_ids(desk: Loaded, text: str) -> Ids:
    """A chat template writes the tokens that open a text itself; elsewhere the tokenizer adds them."""
    return tuple(desk.tokenizer(text, add_special_tokens=not desk.chat)["input_ids"])


def written(desk: Loaded, request: Request) -> Written:
    """Prompt and choices of a request for labels. Raises RecipeError: as `prompt_text`."""
    text = prompt_text(desk, request)
    parts = units(request.frame)
    if parts and not desk.chat:
        parts = (Unit(opening(text, request) + parts[0].before, parts[0].after), *parts[1:])
    labels = spelled(request.frame)
    full = [[ids(desk.tokenizer, unit.before + label + unit.after) for label in labels] for unit in parts]
    follow = [*(rows[0][0] for rows in full[1:]), desk.stop]
    choices = [
        _choice(rows, -1 if unit.after else stop)
        for unit, rows, stop in zip(parts, full, follow, strict=False)
    ]
    return Written(prompt_ids(desk, text), tuple(choices))


def opening(text: str, request: Request) -> str:
    """What stands between a prompt and its answer in running text, where no turn begins."""
    if not text or text[-1].isspace():
        return ""
    return " " if request.frame.style == "label" else "\n"


def _choice(rows: Sequence[Ids], stop: int) -> Choice:
    shared = common(rows)
    return Choice(rows[0][:shared], tuple(row[shared:] for row in rows), stop)


def ids(tokenizer: Any, text: str) -> Ids:
    """The tokens of a text that stands behind a line."""
    anchor = tokenizer(ANCHOR, add_special_tokens=False)["input_ids"]
    both = tokenizer(ANCHOR + text, add_special_tokens=False)["input_ids"]
    if both[: len(anchor)] == anchor and len(both) > len(anchor):
        return tuple(both[len(anchor) :])
    return tuple(tokenizer(text, add_special_tokens=False)["input_ids"])
