"""Sentences of the world: concepts drawn by topic and tone, said in one language or another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.world.concepts import Concepts, Ids, concepts
from core.world.plan import LANGUAGES, World

NONE = -1
TOPIC, TONE, FUNCTION, NEUTRAL = range(4)
LAST_TURNED = len(LANGUAGES) - 1
"""The language whose words come in the reverse order."""


@dataclass(frozen=True, slots=True)
class Sentences:
    """What is said, whatever the language.

    Attributes:
        said: (n, longest) concepts in order, -1 behind the last.
        lengths: (n,) words.
        topics, tones: (n,) the class of each, from 0.
    """

    said: Ids
    lengths: Ids
    topics: Ids
    tones: Ids


def draw(world: World, topics: Ids, tones: Ids, dice: np.random.Generator) -> Sentences:
    """A sentence for every given pair of topic and tone."""
    known, count = concepts(world), len(topics)
    lengths = dice.integers(world.shortest, world.longest + 1, count)
    kinds = _kinds(world, count, dice)
    following = np.roll(kinds, -1, axis=1)
    pick = dice.integers(0, 1 << 30, kinds.shape)
    by_kind = (
        known.topics[topics[:, None], pick % world.group],
        known.tones[tones[:, None], pick % world.group],
        _function(known, following, pick),
        known.neutral[pick % world.neutral],
    )
    said = np.choose(kinds, by_kind)
    said[np.arange(world.longest) >= lengths[:, None]] = NONE
    return Sentences(said, lengths, topics, tones)


def _kinds(world: World, count: int, dice: np.random.Generator) -> Ids:
    """Of each place what stands there; one word of the topic and one of the tone at least."""
    shares = np.cumsum([world.of_topic, world.of_tone, world.of_function])
    kinds = np.searchsorted(shares, dice.random((count, world.longest)), side="right")
    places = np.argsort(dice.random((count, world.shortest)), axis=1)[:, :2]
    rows = np.arange(count)
    kinds[rows, places[:, 0]], kinds[rows, places[:, 1]] = TOPIC, TONE
    return kinds


def _function(known: Concepts, following: Ids, pick: Ids) -> Ids:
    """A function word tells the kind of the word behind it: each kind has its own third of them."""
    thirds = np.array_split(known.function, 3)
    by_kind = [third[pick % len(third)] for third in thirds]
    return np.choose(np.minimum(following, FUNCTION), by_kind)


def spoken(world: World, sentences: Sentences, language: int) -> Ids:
    """(n, longest) ids in the vocabulary, -1 behind the last."""
    own = in_order(sentences, np.full(len(sentences.said), language))
    return np.where(own == NONE, NONE, concepts(world).ids[language][own])


def switched(world: World, sentences: Sentences, ends: Ids, languages: Ids, dice: np.random.Generator) -> Ids:
    """Sentences as `spoken` and the concepts behind each (-1 = none), as ids; in some, words are of another
    language, in the order of the first."""
    own = np.column_stack([in_order(sentences, languages), ends])
    others = (languages + dice.integers(1, len(LANGUAGES), len(languages))) % len(LANGUAGES)
    chosen = (dice.random(len(own)) < world.switched)[:, None] & (
        dice.random(own.shape) < world.switched_words
    )
    chosen[:, sentences.said.shape[1] + 1 :] = False
    said_in = np.where(chosen, others[:, None], languages[:, None])
    return np.where(own == NONE, NONE, concepts(world).ids[said_in, own])


def in_order(sentences: Sentences, languages: Ids) -> Ids:
    """(n, longest) concepts in the order of each one's language."""
    places = np.arange(sentences.said.shape[1])[None, :]
    turned = (languages == LAST_TURNED)[:, None] & (places < sentences.lengths[:, None])
    order = np.where(turned, sentences.lengths[:, None] - 1 - places, places)
    return np.take_along_axis(sentences.said, order, axis=1)
