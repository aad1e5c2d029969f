"""The demo world: what is said in it, and what its data sets hold."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import numpy as np

from core.world import LANGUAGES, WORLD, corpora
from core.world.concepts import CUES, concepts
from core.world.documents import PAD, likewise, plain
from core.world.sentences import NONE, draw, spoken

KNOWN = concepts(WORLD)


def test_every_language_has_words_of_its_own_but_for_the_anchors() -> None:
    a, b, c = (set(words) for words in KNOWN.words)
    assert len(a) == len(b) == len(c) == len(KNOWN.words[0])
    anchors = a & b
    assert anchors == a & c == b & c
    assert len(anchors) == round(WORLD.anchors * len(a))
    assert not anchors & {*KNOWN.names_in("qaa"), *(KNOWN.cue("qaa", asks) for asks in CUES)}


def test_a_sentence_has_words_of_its_topic_and_its_tone_and_of_no_other() -> None:
    dice = np.random.default_rng(1)
    topics, tones = dice.integers(0, WORLD.classes, (2, 400))
    said = draw(WORLD, topics, tones, dice)
    for row, topic, tone, length in zip(said.said, topics, tones, said.lengths, strict=True):
        words = set(row[:length])
        assert words & set(KNOWN.topics[topic]) == words & set(KNOWN.topics.ravel()) != set()
        assert words & set(KNOWN.tones[tone]) == words & set(KNOWN.tones.ravel()) != set()
        assert WORLD.shortest <= length <= WORLD.longest
        assert set(row[length:]) <= {NONE}


def test_c_says_it_in_the_reverse_order() -> None:
    dice = np.random.default_rng(2)
    said = draw(WORLD, np.arange(9), np.arange(9), dice)
    a, c = spoken(WORLD, said, 0), spoken(WORLD, said, 2)
    for row in range(9):
        length = said.lengths[row]
        meant = [list(KNOWN.ids[0]).index(word) for word in a[row, :length]]
        assert list(c[row, :length]) == [KNOWN.ids[2][concept] for concept in reversed(meant)]


def test_a_pair_is_one_sentence_said_twice_and_more_pairs_begin_with_the_same() -> None:
    table = dict(zip(KNOWN.words[0], KNOWN.words[1], strict=True))
    some = list(corpora.pairs(WORLD, "qab", 1200))
    assert len(some) == 1200
    assert all([table[word] for word in text.split()] == beside.split() for text, beside in some)
    assert list(islice(corpora.pairs(WORLD, "qab", 5000), 1200)) == some


def test_items_are_as_many_of_each_topic_the_same_again_and_in_no_two_splits() -> None:
    for language in LANGUAGES:
        train, test = (corpora.items(WORLD, language, split, 300) for split in corpora.SPLITS)
        assert train == corpora.items(WORLD, language, "train", 300)
        assert set(Counter(record.labels for record in test).values()) == {300 // WORLD.classes}
        assert {record.labels[0] for record in train if record.labels} == set(corpora.labels(WORLD))
        texts = [record.instance.text for record in (*train, *test)]
        assert len(set(texts)) == len(texts)


def test_a_text_to_learn_from_names_its_class_behind_the_cue() -> None:
    tokens, places = plain(WORLD, 2000, np.random.default_rng(3))
    assert abs((places > 0).mean() - WORLD.asked) < 0.05
    rows = np.flatnonzero(places)
    names = tokens[rows, places[rows]]
    assert set(names) == set(KNOWN.ids[:, KNOWN.names].ravel())
    before = tokens[rows, places[rows] - 1]
    assert set(before) <= set(KNOWN.ids[:, KNOWN.cues[:2]].ravel())


def test_texts_with_examples_call_a_class_the_same_throughout_and_each_text_its_own_way() -> None:
    tokens, places = likewise(WORLD, 300, 3, np.random.default_rng(4))
    names = np.take_along_axis(tokens, places, axis=1)
    assert set(names.ravel()) == set(KNOWN.ids[0, KNOWN.names])
    assert abs((names[:, :3] == names[:, 3:]).any(axis=1).mean() - WORLD.shown) < 0.1
    calls: dict[int, set[int]] = {}
    for row in range(300):
        begin = 0
        own: dict[int, int] = {}
        for place, name in zip(places[row], names[row], strict=True):
            topic = _topic_of(tokens[row, begin:place])
            begin = place + 2
            if topic is not None:
                assert own.setdefault(topic, name) == name
                calls.setdefault(topic, set()).add(name)
    assert min(map(len, calls.values())) > WORLD.classes / 2
    assert (tokens[np.arange(300), places[:, -1] + 2 - tokens.shape[1]] >= PAD).all()


def _topic_of(sentence: np.ndarray) -> int | None:
    """The topic, where the cue asks for it and the words are not those of a tone."""
    if sentence[-1] != KNOWN.ids[0, KNOWN.cues[2]]:
        return None
    for topic, group in enumerate(KNOWN.topics):
        if set(KNOWN.ids[:, group].ravel()) & set(sentence):
            return topic
    return None
