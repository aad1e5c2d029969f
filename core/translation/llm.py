"""Translation by the language model of the run: one question per text, every call in the call log."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.errors import RecipeError
from core.llms import LLM, Frame, Request
from core.prompts import prompt_sha256
from core.translation import Text, Translated, Way, translators
from core.translation.codes import name_of
from core.types import Completion, Outcome, Prompt, Report

QUOTES = "\"'\u201c\u201d\u201e\u00ab\u00bb`"
BROKEN: tuple[Outcome, ...] = ("refused", "truncated", "failed")


@translators.register("llm")
@dataclass
class LanguageModel:
    """Asks the model that table `llm` of the recipe describes.

    Attributes:
        examples: pairs of known translations that are shown with each question, where there are any.
    """

    examples: int = 0
    _llm: LLM | None = field(default=None, repr=False)

    def connect(self, llm: LLM) -> None:
        """Ask this model from now on."""
        self._llm = llm

    def translate(self, texts: Sequence[Text], way: Way, report: Report) -> list[Translated]:
        """See `Translator.translate`; an answer that cannot be used is no translation, and says why.

        Raises:
            RecipeError: there is no model to ask.
        """
        if self._llm is None:
            raise RecipeError(
                "the translator llm has no language model to ask.",
                "Use it in a run with one: --set llm=endpoint or --set llm=transformers.",
            )
        found: dict[int, Translated] = {}
        each = list(dict.fromkeys(text.text for text in texts))

        def alive() -> None:
            report("translating", len(found), len(each))

        for request, completion in self._llm.answers(self._requests(each, way), alive):
            found[request.number] = read(completion)
            alive()
        place = {text: number for number, text in enumerate(each)}
        return [found[place[text.text]] for text in texts]

    def _requests(self, texts: Sequence[str], way: Way) -> Iterator[Request]:
        for number, text in enumerate(texts):
            prompt = asked(text, way, self.examples)
            frame = Frame("text", (), tuple(text.split()))
            yield Request(Prompt(prompt, prompt_sha256(prompt)), frame, number=number)


def asked(text: str, way: Way, examples: int = 0) -> str:
    """The question for one text, in one line each: instruction, examples, text."""
    source, target = name_of(way.source), name_of(way.target)
    shown = [f"{source}: {_line(one)}\n{target}: {_line(other)}\n" for one, other in way.examples[:examples]]
    task = f"Translate from {source} to {target}. Reply with the translation alone, in one line."
    return "\n".join([task, "", *shown, f"{source}: {_line(text)}", f"{target}:"])


def read(completion: Completion) -> Translated:
    """The translation in an answer: its first line, without quotation marks around it."""
    if completion.status in BROKEN:
        return Translated("", completion.status)
    lines = [line.strip() for line in completion.text.splitlines() if line.strip(f"{QUOTES} \t")]
    if not lines:
        return Translated("", "unparseable")
    text = _bare(lines[0])
    return Translated(text, "ok" if len(lines) == 1 and text == lines[0] else "repaired")


def _bare(line: str) -> str:
    """Quotation marks that open and close the whole line are the model's, not the text's."""
    inside = line[1:-1]
    framed = len(line) > 2 and line[0] in QUOTES and line[-1] in QUOTES
    return inside.strip() if framed and not any(mark in inside for mark in QUOTES if mark != "'") else line


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
