"""Asking a language model for the labels of items: questions in, one answer per item out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from core import prompts
from core.llms import LLM, Alive, Frame, Request, Style
from core.tasks import Task
from core.types import Completion, Exemplar, Instance, Labels, Outcome, Prediction


@dataclass(frozen=True, slots=True)
class Asking:
    """How a model is asked; the settings `llm.FIELD` of a recipe that are not the model's own.

    Attributes:
        output: how answers are written: rows, json, inline, label; auto = what the model can be held to.
        order: of the exemplars: similar_first, similar_last or random; auto = as the recipe's template says.
        language: of the instructions, an ISO 639-3 code.
        confidence: scoring, tokens, samples, verbalised or none; auto = the best the model has for free.
        samples: answers per item for `confidence=samples`.
        repairs: times a model is told what was wrong with its answer.
        again: positions of items that are asked anew.
        again_template: name of a template for these alone.
    """

    output: str = "auto"
    order: str = "auto"
    language: str = "eng"
    confidence: str = "auto"
    samples: int = 5
    repairs: int = 1
    again: tuple[str, ...] = ()
    again_template: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """An item and the exemplars to show, most similar first."""

    instance: Instance
    exemplars: Sequence[Exemplar] = field(default=())


@dataclass(frozen=True, slots=True)
class Answer:
    """An item's labels, and the calls they took, in order; the last one is the prediction's."""

    prediction: Prediction
    calls: tuple[Completion, ...]


def ask(
    llm: LLM, template: str, task: Task, labels: Labels, questions: Iterable[Question], alive: Alive
) -> Iterator[Answer]:
    """One answer per question, in the order in which they come.

    Raises:
        RecipeError: the template cannot be rendered, or nothing can be asked at all.
    """
    asked: dict[int, Instance] = {}

    def requests() -> Iterator[Request]:
        for number, question in enumerate(questions):
            asked[number] = question.instance
            prompt = prompts.render(template, task, question.exemplars, question.instance, labels)
            style: Style = "rows" if task.unit == "token" else "label"
            yield Request(prompt, Frame(style, labels, question.instance.tokens), number=number)

    for request, completion in llm.answers(requests(), alive):
        instance = asked.pop(request.number)
        found, problem = task.parse(completion.text, instance, labels)
        outcome: Outcome = "ok" if problem is None else "repaired"
        row = Prediction(
            instance.position, found, completion_key=completion.key, error=problem, outcome=outcome
        )
        yield Answer(row, (completion,))
