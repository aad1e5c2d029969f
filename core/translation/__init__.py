"""Translators: texts of one language in, texts of another out. One module per way of translating.

What they are for: labels of a target by way of a language with labelled data (translate-test), labelled
data turned into the target's language (translate-train), and translations shown beside a sentence. SSP
calls all of it 0-CLT-T (arXiv 2406.18880, section 4.3).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from core import part_settings
from core.part_settings import defaults
from core.registry import Registry
from core.types import Outcome, Report


@dataclass(frozen=True, slots=True)
class Text:
    """What is to be translated. `known` holds the translations that came with the data: language -> text.

    `tokens` are its words where it has any.
    """

    text: str
    known: Mapping[str, str] = field(default_factory=dict)
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Translated:
    """A translation, "" where there is none; `outcome` tells how asking a language model for it ended.

    `words` are given where each of the text's tokens was replaced by one word.
    """

    text: str
    outcome: Outcome | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """From which language into which, as ISO 639-3 or BCP 47 codes.

    `examples` are (source text, target text): translations that are known, to learn from or to show.
    """

    source: str
    target: str
    examples: Sequence[tuple[str, str]] = ()


class Translator(Protocol):
    """A dataclass: its public fields are its settings, which a recipe gives as `translation.FIELD`.

    As for labelers, `packages` names what has to be installed and `required` settings it cannot do without.
    One with a method `connect` is given the language model of the run before it is asked.
    """

    def translate(self, texts: Sequence[Text], way: Way, report: Report) -> list[Translated]:
        """One translation per text, in order.

        Raises:
            RecipeError: nothing can be translated that way at all. Cancelled: `report` said so.
        """
        ...


translators: Registry[type[Any]] = Registry("translator", "core.translation")


def setting_names(name: str) -> tuple[str, ...]:
    """The settings of translator `name`."""
    return tuple(defaults(translators[name]))


def build(name: str, settings: Mapping[str, Any]) -> Any:
    """The translator `name` with these settings. Raises: as `core.part_settings.build`."""
    return part_settings.build(translators, "translation", name, settings)
