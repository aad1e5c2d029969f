"""What holds for any sentences: bounds, mirrored directions, identity, and labels that are BIO."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from core.tasks import tasks
from core.tasks.ner import BIO
from core.word_alignment import Links, learn, links
from core.word_alignment.linking import SYMMETRIES
from core.word_alignment.projection import Sentence, spans, tags

WORD = st.text("abcdeé1.", min_size=1, max_size=5)
SENTENCE = st.lists(WORD, min_size=1, max_size=7).map(tuple)
PAIRS = st.lists(st.tuples(SENTENCE, SENTENCE), min_size=1, max_size=6)


@given(PAIRS)
@settings(max_examples=25, deadline=None)
def test_posteriors_are_probabilities_that_leave_room_for_nothing(
    pairs: list[tuple[tuple[str, ...], tuple[str, ...]]],
) -> None:
    model = learn(pairs, iterations=3)
    for source, target in pairs:
        forward, backward = model.posteriors(source, target)
        assert forward.shape == backward.shape == (len(source), len(target))
        assert ((forward >= 0) & (backward >= 0)).all()
        assert (forward.sum(axis=0) <= 1 + 1e-9).all()
        assert (backward.sum(axis=1) <= 1 + 1e-9).all()


@given(PAIRS)
@settings(max_examples=25, deadline=None)
def test_swapping_the_languages_mirrors_the_links(
    pairs: list[tuple[tuple[str, ...], tuple[str, ...]]],
) -> None:
    there = learn(pairs, iterations=3)
    back = learn([(target, source) for source, target in pairs], iterations=3)
    for source, target in pairs:
        one = set(links(there, source, target, "intersection").found)
        other = set(links(back, target, source, "intersection").found)
        assert one == {(row, column) for column, row in other}


@given(st.lists(st.text("abcdefghij", min_size=4, max_size=8), min_size=1, max_size=8, unique=True))
@settings(max_examples=25, deadline=None)
def test_a_sentence_and_itself_are_linked_word_by_word(words: list[str]) -> None:
    model = learn([(words, words)])
    for symmetry in SYMMETRIES:
        found = set(links(model, words, words, symmetry).found)
        assert {(place, place) for place in range(len(words))} <= found


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_the_links_projected_spans_are_valid_bio(data: st.DataObject) -> None:
    labels = data.draw(st.lists(st.sampled_from(BIO), min_size=1, max_size=8).map(tuple))
    target = data.draw(st.lists(WORD, min_size=1, max_size=8).map(tuple))
    cell = st.tuples(st.integers(0, len(labels) - 1), st.integers(0, len(target) - 1))
    found = data.draw(st.dictionaries(cell, st.floats(1e-6, 1), max_size=20))
    sure = data.draw(st.lists(st.floats(0, 1), min_size=len(labels), max_size=len(labels)))
    carried, confidences = spans(Sentence(labels, sure, target, Links(found)))
    assert len(carried) == len(confidences) == len(target)
    assert tasks["ner"].check(carried, BIO) == []
    assert all(0 <= value <= 1 for value in confidences)
    assert {label[2:] for label in carried} <= {"", *(label[2:] for label in labels)}


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_projected_tags_are_those_of_the_source_or_the_fallback(data: st.DataObject) -> None:
    labels = data.draw(st.lists(st.sampled_from(["NOUN", "VERB"]), min_size=1, max_size=6).map(tuple))
    target = data.draw(st.lists(WORD, min_size=1, max_size=6).map(tuple))
    cell = st.tuples(st.integers(0, len(labels) - 1), st.integers(0, len(target) - 1))
    found = data.draw(st.dictionaries(cell, st.floats(1e-6, 1), max_size=12))
    ((carried, sure),) = tags([Sentence(labels, (1.0,) * len(labels), target, Links(found))], "X")
    assert set(carried) <= {*labels, "X"}
    for place, (label, value) in enumerate(zip(carried, sure, strict=True)):
        linked = [one for one, other in found if other == place]
        assert not linked or label in {labels[one] for one in linked}
        assert 0 <= value <= 1
