"""The concepts of the world, and the word each language has for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt

from core.world.plan import LANGUAGES, World

Ids = npt.NDArray[np.int64]

SOUNDS = (("bdglmnr", "aeiou", ""), ("pktszv", "aeiou", "nsk"), ("jwyqxh", "aeiou", "mrl"))
"""Of each language: consonants, vowels, and what may end a word. No two begin alike."""
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
MARKS = (".", "?", ",", ":")
CUES = ("topic", "tone", "topic, named as above", "tone, named as above")
"""What a cue asks for: the name of the class, or what the text above calls such a text."""


@dataclass(frozen=True, slots=True)
class Concepts:
    """Where each kind of concept begins and ends; concepts are numbered from 0.

    Attributes:
        topics, tones: (classes, group) concepts that belong to a topic or tone.
        function, neutral, names, cues: concepts of these kinds.
        words: of each language, the word of every concept.
        vocabulary: all pieces a model knows: special ones, marks, words.
        ids: (languages, concepts) the id in the vocabulary.
    """

    topics: Ids
    tones: Ids
    function: Ids
    neutral: Ids
    names: Ids
    cues: Ids
    words: tuple[tuple[str, ...], ...]
    vocabulary: tuple[str, ...]
    ids: Ids = field(repr=False)

    def word(self, language: str, concept: int) -> str:
        """The word of a language (its code) for a concept."""
        return self.words[LANGUAGES.index(language)][concept]

    def names_in(self, language: str) -> tuple[str, ...]:
        """The names of the classes in a language."""
        return tuple(self.word(language, int(concept)) for concept in self.names)

    def cue(self, language: str, asks: str) -> str:
        """The cue of a language that asks for one of `CUES`."""
        return self.word(language, int(self.cues[CUES.index(asks)]))


@lru_cache(maxsize=4)
def concepts(world: World) -> Concepts:
    """The concepts of a world and their words: the same for the same world."""
    dice = np.random.default_rng([world.seed, 1])
    spans = _spans(
        world.classes * world.group,
        world.classes * world.group,
        world.function,
        world.neutral,
        world.classes,
        len(CUES),
    )
    topics, tones, function, neutral, names, cues = spans
    count = int(cues[-1]) + 1
    words = [list(_words(language, count, dice)) for language in range(len(LANGUAGES))]
    shareable = np.concatenate([topics, tones, function, neutral])
    shared = dice.choice(shareable, round(world.anchors * count), replace=False)
    for one in words[1:]:
        for concept in shared:
            one[concept] = words[0][concept]
    vocabulary = tuple(dict.fromkeys((*SPECIAL, *MARKS, *(word for one in words for word in one))))
    index = {word: place for place, word in enumerate(vocabulary)}
    ids = np.array([[index[word] for word in one] for one in words])
    shape = (world.classes, world.group)
    return Concepts(
        topics.reshape(shape),
        tones.reshape(shape),
        function,
        neutral,
        names,
        cues,
        tuple(map(tuple, words)),
        vocabulary,
        ids,
    )


def _spans(*sizes: int) -> list[Ids]:
    ends = np.cumsum(sizes)
    return [np.arange(end - size, end) for size, end in zip(sizes, ends, strict=True)]


def _words(language: int, count: int, dice: np.random.Generator) -> list[str]:
    """So many different words of two syllables, spelled as the language spells."""
    consonants, vowels, ends = SOUNDS[language]
    syllables = [first + vowel for first, vowel in product(consonants, vowels)]
    pool = [a + b + end for a, b, end in product(syllables, syllables, ends or ("",))]
    return [pool[place] for place in dice.choice(len(pool), count, replace=False)]
