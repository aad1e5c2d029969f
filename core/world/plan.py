"""What the demo world is made of: every number that shapes it, in one place."""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("qaa", "qab", "qac")
"""A, B and C: codes ISO 639-3 leaves to private use."""


@dataclass(frozen=True, slots=True)
class World:
    """The knobs of the demo world. Shares are of 1.

    Attributes:
        seed: of everything that is drawn.
        classes: topics, and as many tones; each has a word that names it, the same for a topic and a tone.
        group: words of one topic or one tone.
        function: words that say nothing but which kind of word comes next.
        neutral: words that say nothing.
        anchors: share of the concepts that have the same word in every language.
        shortest, longest: words of a sentence.
        of_topic, of_tone, of_function: share of a sentence's words; the rest is neutral.
        languages: share of the pre-training text in A, B and C.
        asked: share of the pre-training texts that end in a cue and the name of a class.
        stopped: share of these that end in a full stop behind the name.
        shown: share of the texts with examples in which one of these has the class that is asked for.
    toned: share of these that are about the tone.
    switched, switched_words: share of the texts, and of the words in them, that are in another language.
    """

    seed: int = 9
    classes: int = 10
    group: int = 5
    function: int = 9
    neutral: int = 12
    anchors: float = 0.06
    shortest: int = 8
    longest: int = 11
    of_topic: float = 0.3
    of_tone: float = 0.3
    of_function: float = 0.2
    languages: tuple[float, ...] = (0.5, 0.3, 0.2)
    asked: float = 0.8
    stopped: float = 0.5
    shown: float = 0.8
    toned: float = 0.2
    switched: float = 0.15
    switched_words: float = 0.4


WORLD = World()
"""The world the product shows."""
