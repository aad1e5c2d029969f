"""Word-by-word translation with a lexicon learned from sentences whose translations are known.

Needs no weights and no network: a few hundred parallel sentences are enough. The order of words stays that
of the source, so that its labels can be taken over word by word ("cheap translation": Mayhew, Tsai and
Roth 2017, aclanthology.org/D17-1269).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.errors import RecipeError
from core.formats.words import words
from core.translation import Text, Translated, Way, translators
from core.translation.codes import name_of
from core.types import Report
from core.word_alignment import Model, Words, learn, links


@translators.register("lexicon")
@dataclass
class Lexicon:
    """Replaces every word by the one it is linked to most often; unknown words stay.

    Attributes:
        least: links a word must have had for its translation to be used.
        share: part of a word's links that must lead to that translation.
    """

    least: float = 0.5
    share: float = 0.1
    _words: Mapping[str, str] = field(default_factory=dict, repr=False)

    def translate(self, texts: Sequence[Text], way: Way, report: Report) -> list[Translated]:
        """See `Translator.translate`; a text without tokens is split into words by `core.formats.words`.

        Raises:
            RecipeError: there are no known translations to learn from.
        """
        if not way.examples:
            raise RecipeError(
                "the translator lexicon has no sentences to learn from.",
                f"Name a data set that holds {name_of(way.source)} and {name_of(way.target)} side by side: "
                "--set translation.data=ID",
            )
        self._words = self.learned(way.examples, report)
        return [self._translated(text) for text in texts]

    def _translated(self, text: Text) -> Translated:
        found = tuple(self.word(word) for word in text.tokens or words(text.text, "unicode"))
        return Translated(" ".join(found), words=found if text.tokens else ())

    def word(self, word: str) -> str:
        """The translation of a word, with its capital; the word itself where none is known."""
        found = self._words.get(word.casefold(), word)
        return found[:1].upper() + found[1:] if word[:1].isupper() else found

    def learned(self, examples: Sequence[tuple[str, str]], report: Report) -> Mapping[str, str]:
        """Word (small letters) -> translation."""
        pairs = [(words(one, "unicode"), words(other, "unicode")) for one, other in examples]
        model = learn(pairs, alive=lambda done, total: report("learning words", done, total))
        return {
            word: best
            for word, found in _counted(model, pairs).items()
            if (best := max(sorted(found), key=found.__getitem__)) and self._sure(found, best)
        }

    def _sure(self, found: Mapping[str, float], best: str) -> bool:
        return found[best] >= self.least and found[best] >= self.share * sum(found.values())


def _counted(model: Model, pairs: Sequence[tuple[Words, Words]]) -> dict[str, dict[str, float]]:
    counts: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for source, target in pairs:
        for (one, other), share in links(model, source, target, "intersection").found.items():
            counts[source[one].casefold()][target[other].casefold()] += share
    return counts
