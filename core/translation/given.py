"""Translations that came with the data: in a file's own fields, or found in a parallel data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import RecipeError
from core.translation import Text, Translated, Way, translators
from core.translation.codes import among, name_of
from core.types import Report


@translators.register("given")
@dataclass(frozen=True)
class Given:
    """Looks translations up; what has none stays without."""

    def translate(self, texts: Sequence[Text], way: Way, report: Report) -> list[Translated]:
        """See `Translator.translate`.

        Raises:
            RecipeError: not one of the texts has a translation into that language.
        """
        found = [Translated(among(text.known, way.target)) for text in texts]
        if texts and not any(row.text for row in found):
            raise RecipeError(
                f"none of the {len(texts)} texts came with a translation into {name_of(way.target)}.",
                "Name a data set that holds their translations (--set translation.data=ID), or another "
                "translator (--set translation.name=lexicon, seq2seq or llm).",
            )
        return found
