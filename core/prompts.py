"""Prompts from templates: every undefined name an error, every exemplar shown.

A template sees `demos` (the exemplars in prompt order), `sentence` (the query), `labels` and `style` (how
answers are written: name, before, after, opening). A demo has `input`, `output`, `premise`, `hypothesis`;
`sentence` is a text, and for pairs it has `premise` and `hypothesis`. These are the names the SSP release's
own templates use. `translations` and `translations_b` (of the second text of a pair) map language codes to
texts, of the query and of each demo; empty where there are none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any, overload

from core.errors import RecipeError
from core.tasks import Task
from core.templates import TemplateProblem, filled
from core.types import Exemplar, Instance, Labels, Prompt

HINT = (
    "A template may use demos, sentence, labels, style and translations; "
    "see `ssp catalog` for the templates that come along."
)


@dataclass(frozen=True, slots=True)
class Writing:
    """How answers are written in a prompt.

    `before` and `after` stand around an exemplar's answer, `opening` where the query's answer begins.
    """

    name: str = ""
    before: str = ""
    after: str = ""
    opening: str = ""
    write: Callable[[Instance, Labels], str] | None = None


ROWS = Writing("rows", "\n```\n", "\n```", "\n```")
LABEL = Writing("label", " ")


@dataclass(frozen=True, slots=True)
class Preview:
    """A template tried out: its text, or what is wrong and on which line (0 = no line in particular)."""

    text: str
    problem: str = ""
    line: int = 0


class Demos(Sequence[Mapping[str, Any]]):
    """The exemplars as a template sees them; remembers how many of them it looked at."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._rows = rows
        self.seen: set[int] = set()

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Mapping[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> Mapping[str, Any] | Sequence[Mapping[str, Any]]:
        indices = range(len(self._rows))[index]
        self.seen.update([indices] if isinstance(indices, int) else indices)
        return self._rows[index]


def render(
    template: str,
    task: Task,
    exemplars: Sequence[Exemplar],
    query: Instance,
    labels: Labels,
    style: Writing | None = None,
) -> Prompt:
    """Render a template for one query.

    Args:
        exemplars: in the order in which they are shown.
        style: how answers are written; None = as the task writes them itself.

    Raises:
        RecipeError: the template is broken, names something unknown or more exemplars than there
            are, leaves exemplars out, or takes too long.
    """
    try:
        text = _rendered(template, task, exemplars, query, labels, style)
    except TemplateProblem as problem:
        raise _error(problem, query, len(exemplars)) from problem
    return Prompt(text, prompt_sha256(text))


def preview(
    template: str,
    task: Task,
    exemplars: Sequence[Exemplar],
    query: Instance,
    labels: Labels,
    style: Writing | None = None,
) -> Preview:
    """What `render` would make of a template that is being written; its problems are told, not raised."""
    try:
        return Preview(_rendered(template, task, exemplars, query, labels, style))
    except TemplateProblem as problem:
        said = _error(problem, query, len(exemplars))
        return Preview("", said.message, problem.line)


def difference(template: str, default: str) -> str:
    """A unified diff from the default to a template; "" where they are the same."""
    lines = unified_diff(default.splitlines(), template.splitlines(), "default", "template", lineterm="")
    return "\n".join(lines)


def prompt_sha256(text: str) -> str:
    """The hash a prompt is known by: of its UTF-8 text without a final newline."""
    return hashlib.sha256(text.removesuffix("\n").encode()).hexdigest()


def _rendered(
    template: str,
    task: Task,
    exemplars: Sequence[Exemplar],
    query: Instance,
    labels: Labels,
    style: Writing | None,
) -> str:
    writing = style or (ROWS if task.unit == "token" else LABEL)
    write = writing.write or task.render
    demos = Demos([_demo(write, exemplar) for exemplar in exemplars])
    names: dict[str, object] = {
        "demos": demos,
        "sentence": _query(query),
        "labels": list(labels),
        "style": _shown(writing),
    }
    names.update(_translations(query))
    text = filled(template, names)
    if len(demos.seen) < len(demos):
        raise TemplateProblem(f"the prompt template shows {len(demos.seen)} of the {len(demos)} exemplars")
    return text


def _error(problem: TemplateProblem, query: Instance, chosen: int) -> RecipeError:
    where = f" (line {problem.line} of the template)" if problem.line else ""
    if problem.unknown and "Demos object" in problem.said:
        message = f"the prompt template shows more exemplars than the {chosen} chosen{where}."
        return RecipeError(message, "Choose as many as it shows (--set k=...).")
    if problem.unknown:
        return RecipeError(f"the prompt template names something unknown: {problem.said}{where}.", HINT)
    if problem.said.startswith("the prompt template shows"):
        hint = "Choose as many as it shows (--set k=...), or use a template with a loop."
        return RecipeError(f"{problem.said} chosen.", hint)
    message = f"the prompt template cannot be rendered for sentence {query.position}: {problem.said}{where}."
    return RecipeError(message, HINT)


def _shown(writing: Writing) -> dict[str, str]:
    return {name: getattr(writing, name) for name in ("name", "before", "after", "opening")}


def _demo(write: Callable[[Instance, Labels], str], exemplar: Exemplar) -> dict[str, Any]:
    """Tagged words are shown joined by single spaces: the rows below them have to match."""
    instance = exemplar.instance
    return {
        "input": " ".join(instance.tokens) or instance.text,
        "output": write(instance, exemplar.labels),
        "premise": instance.text,
        "hypothesis": instance.text_b or "",
    } | _translations(instance)


def _translations(instance: Instance) -> dict[str, dict[str, str]]:
    found = {name: instance.meta.get(name) for name in ("translations", "translations_b")}
    return {name: dict(texts) if isinstance(texts, Mapping) else {} for name, texts in found.items()}


def _query(instance: Instance) -> str | dict[str, str]:
    if instance.text_b is not None:
        return {"premise": instance.text, "hypothesis": instance.text_b}
    # As in the file, spaces at its end included (the recorded prompts have them), unless the file's
    # text is written otherwise than the words the answer must list.
    words = tuple(word for word in instance.text.split(" ") if word)
    return instance.text if words == instance.tokens or not instance.tokens else " ".join(instance.tokens)
