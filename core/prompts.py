"""Prompts from templates: sandboxed, every undefined name an error.

A template sees `demos` (the exemplars in prompt order), `sentence` (the query) and `labels`. A demo
has `input`, `output`, `premise` and `hypothesis`; `sentence` is a text, and for pairs it has
`premise` and `hypothesis`. These are the names the SSP release's own templates use.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import overload

from jinja2 import StrictUndefined, Template, TemplateError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from core.errors import RecipeError
from core.tasks import Task
from core.types import Exemplar, Instance, Labels, Prompt

HINT = "A template may use demos, sentence and labels; see `ssp catalog` for the templates that come along."


class Demos(Sequence[Mapping[str, str]]):
    """The exemplars as a template sees them; remembers how many of them it looked at."""

    def __init__(self, rows: Sequence[Mapping[str, str]]) -> None:
        self._rows = rows
        self.seen: set[int] = set()

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Mapping[str, str]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Mapping[str, str]]: ...
    def __getitem__(self, index: int | slice) -> Mapping[str, str] | Sequence[Mapping[str, str]]:
        indices = range(len(self._rows))[index]
        self.seen.update([indices] if isinstance(indices, int) else indices)
        return self._rows[index]


def render(
    template: str, task: Task, exemplars: Sequence[Exemplar], query: Instance, labels: Labels
) -> Prompt:
    """Render a template for one query.

    Raises:
        RecipeError: the template is broken, names something unknown or more exemplars than there
            are, or leaves exemplars out.
    """
    demos = Demos([_demo(task, exemplar) for exemplar in exemplars])
    try:
        text = _compiled(template).render(demos=demos, sentence=_query(query), labels=list(labels))
    except UndefinedError as error:
        if "Demos object" not in str(error):
            raise RecipeError(f"the prompt template names something unknown: {error}.", HINT) from error
        message = f"the prompt template shows more exemplars than the {len(demos)} chosen."
        raise RecipeError(message, "Choose as many as it shows (--set k=...).") from error
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        message = f"the prompt template cannot be rendered for sentence {query.position}: {error}."
        raise RecipeError(message, HINT) from error
    if len(demos.seen) < len(demos):
        message = f"the prompt template shows {len(demos.seen)} of the {len(demos)} exemplars chosen."
        raise RecipeError(message, f"Choose {len(demos.seen)} (--set k=...), or use a template with a loop.")
    return Prompt(text, prompt_sha256(text))


def prompt_sha256(text: str) -> str:
    """The hash a prompt is known by: of its UTF-8 text without a final newline."""
    return hashlib.sha256(text.removesuffix("\n").encode()).hexdigest()


def _demo(task: Task, exemplar: Exemplar) -> dict[str, str]:
    """Tagged words are shown joined by single spaces: the rows below them have to match."""
    instance = exemplar.instance
    return {
        "input": " ".join(instance.tokens) or instance.text,
        "output": task.render(instance, exemplar.labels),
        "premise": instance.text,
        "hypothesis": instance.text_b or "",
    }


def _query(instance: Instance) -> str | dict[str, str]:
    if instance.text_b is not None:
        return {"premise": instance.text, "hypothesis": instance.text_b}
    # As in the file, spaces at its end included (the recorded prompts have them), unless the file's
    # text is written otherwise than the words the answer must list.
    words = tuple(word for word in instance.text.split(" ") if word)
    return instance.text if words == instance.tokens or not instance.tokens else " ".join(instance.tokens)


@lru_cache(maxsize=32)
def _compiled(template: str) -> Template:
    environment = SandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(template)
