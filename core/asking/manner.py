"""In what manner a run asks: everything that turns an item and its exemplars into a request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core import prompts
from core.asking.confidence import Method
from core.asking.order import Order, ordered
from core.asking.styles import writing
from core.errors import RecipeError
from core.llms import Frame, Request, Style
from core.tasks import Task
from core.types import Exemplar, Instance, Labels

FEWEST_SAMPLES = 2
MOST_REPAIRS = 5


@dataclass(frozen=True, slots=True)
class Asking:
    """How a model is asked; the settings `llm.FIELD` of a recipe that are not the model's own.

    Attributes:
        output: how answers are written: rows, json, inline, label; auto = what the model can be held to.
        order: of the exemplars: similar_first, similar_last or random; auto = as the recipe's selector asks.
        language: of our own instructions, an ISO 639-3 code.
        confidence: scoring, tokens, samples, verbalised or none; auto = the best the answers allow for free.
        samples: answers per item for `confidence=samples`.
        repairs: times a model is told what was wrong with its answer.
        again: positions of items that are asked anew; one named twice is asked anew a second time.
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

    def __post_init__(self) -> None:
        """Raises RecipeError where a number makes no sense."""
        if self.samples < FEWEST_SAMPLES:
            raise RecipeError(f"llm.samples cannot be {self.samples}: agreement takes at least two answers.")
        if not 0 <= self.repairs <= MOST_REPAIRS:
            raise RecipeError(f"llm.repairs must be from 0 to {MOST_REPAIRS}, not {self.repairs}.")
        wrong = [word for word in self.again if not word.isdecimal()]
        if wrong:
            raise RecipeError(
                f"llm.again names {wrong[0]!r}, which is no position.", "Give numbers, such as 3 17."
            )


@dataclass(frozen=True, slots=True)
class Question:
    """An item and the exemplars to show, most similar first."""

    instance: Instance
    exemplars: Sequence[Exemplar] = field(default=())


@dataclass(frozen=True, slots=True)
class Manner:
    """How one stage of a run asks. `method` None = whatever each answer allows for nothing."""

    task: Task
    labels: Labels
    template: str
    style: Style
    asking: Asking = field(default_factory=Asking)
    order: Order = "similar_first"
    method: Method | None = None
    seed: int = 0
    again: Mapping[int, int] = field(default_factory=dict)
    again_template: str = ""

    @property
    def samples(self) -> int:
        """Answers per item."""
        return self.asking.samples if self.method == "samples" else 1


def asked_again(asking: Asking) -> dict[int, int]:
    """Position -> how often it is asked anew."""
    return dict(Counter(map(int, asking.again)))


def opening(manner: Manner, number: int, question: Question, sample: int = 0) -> Request:
    """The first request for an item, exactly as a run sends it.

    Raises:
        RecipeError: the template cannot be rendered.
    """
    item = question.instance
    again = manner.again.get(item.position, 0)
    template = manner.again_template if again and manner.again_template else manner.template
    shown = ordered(question.exemplars, manner.order, manner.seed, item.position)
    style = writing(manner.style, manner.task)
    prompt = prompts.render(template, manner.task, shown, item, manner.labels, style)
    frame = Frame(manner.style, manner.labels, item.tokens)
    return Request(prompt, frame, sample=sample, again=again, number=number)


def calls_per_item(asking: Asking) -> tuple[int, int]:
    """Calls that an item takes at least (every answer usable) and at most (every repair needed)."""
    samples = asking.samples if asking.confidence == "samples" else 1
    least = samples + (asking.confidence == "verbalised")
    return least, least + samples * asking.repairs
