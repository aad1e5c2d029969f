"""The world's data sets: sentences with their topic, and sentences beside their translation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from core.types import Instance, Record, Report
from core.world.concepts import CUES, Ids, concepts
from core.world.documents import NAMED_ABOVE
from core.world.plan import LANGUAGES, World
from core.world.sentences import NONE, Sentences, draw, spoken

TEMPLATE = "demo-world"
"""The name of the prompt template that comes with a labelled data set."""
SPLITS = {"train": 1000, "test": 300}
"""Items of each split of a labelled data set."""
FIRST = 1000
"""Pairs that are drawn together: more of them begin with the same ones."""
ITEMS, PAIRS = 3, 4
"""What the dice are for, so that no text is drawn twice."""


def labels(world: World) -> tuple[str, ...]:
    """The labels of every data set: the names of the topics in A."""
    return concepts(world).names_in(LANGUAGES[0])


def template(world: World) -> str:
    """The prompt the causal model was trained to read: a line per exemplar, cue and label at its end."""
    cue = concepts(world).cue(LANGUAGES[0], CUES[NAMED_ABOVE])
    return (
        "{% for demo in demos %}{{ demo.input }} "
        + cue
        + " {{ demo.output }}\n{% endfor %}{{ sentence }} "
        + cue
    )


def records(
    world: World, language: str, report: Report, *, partner: str = "", number: int = 0
) -> Iterator[Record]:
    """The items of a data set of the catalog.

    Args:
        partner: the language the sentences are translated into; "" = a labelled data set.
        number: of pairs; of a labelled data set there are as many as `SPLITS` says.
    """
    if partner:
        for place, (text, beside) in enumerate(pairs(world, partner, number)):
            if place % FIRST == 0:
                report("making up sentences", place, number)
            yield Record(Instance(place, "train", (), text, meta={"translations": {partner: beside}}))
        return
    begin = 0
    for split, count in SPLITS.items():
        report(f"making up the {split} sentences", 0, count)
        for record in items(world, language, split, count):
            item = record.instance
            yield replace(record, instance=replace(item, position=begin + item.position))
        begin += count


def items(world: World, language: str, split: str, count: int) -> list[Record]:
    """Sentences of a language (its code), each labelled with its topic: the name of the class in language A.

    Topics are as frequent as each other; no sentence is a translation of another language's.
    """
    number = LANGUAGES.index(language)
    dice = np.random.default_rng([world.seed, ITEMS, number, list(SPLITS).index(split)])
    topics = dice.permutation(np.arange(count) % world.classes)
    said = draw(world, topics, dice.integers(0, world.classes, count), dice)
    names = labels(world)
    return [
        Record(Instance(place, split, (), text), (names[topic],))
        for place, (text, topic) in enumerate(zip(texts(world, said, number), topics, strict=True))
    ]


def pairs(world: World, language: str, count: int) -> Iterator[tuple[str, str]]:
    """So many (sentence of A, its translation into a language): the first of more are the same."""
    number = LANGUAGES.index(language)
    for block in range(-(-count // FIRST)):
        dice = np.random.default_rng([world.seed, PAIRS, number, block])
        topics, tones = dice.integers(0, world.classes, (2, FIRST))
        said = draw(world, topics, tones, dice)
        both = zip(texts(world, said, 0), texts(world, said, number), strict=True)
        for place, pair in enumerate(both, block * FIRST):
            if place < count:
                yield pair


def texts(world: World, said: Sentences, number: int) -> list[str]:
    """Sentences as text in a language, by its number."""
    return [_text(world, row) for row in spoken(world, said, number)]


def _text(world: World, row: Ids) -> str:
    vocabulary = concepts(world).vocabulary
    return " ".join(vocabulary[word] for word in row if word != NONE)
