"""Posteriors, and the type consensus that pools them."""

from __future__ import annotations

import numpy as np
import pytest

from core.labelers.consensus import consensus
from core.labelers.posteriors import chosen, decided, normalised, posterior_from, spread, type_table
from core.types import Instance, Prediction

BIO = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


def instance(position: int, *tokens: str) -> Instance:
    return Instance(position, "test", tokens, " ".join(tokens))


def certain(position: int, labels: tuple[str, ...], sure: float, label_set: tuple[str, ...]) -> Prediction:
    rows = tuple(spread(label, sure, label_set) for label in labels)
    return Prediction(position, labels, (sure,) * len(labels), rows)


def test_a_posterior_from_a_label_and_its_confidence() -> None:
    made = posterior_from(Prediction(0, ("A", "Z"), (0.7, 0.9)), ("A", "B", "C"))
    assert made[0] == pytest.approx((0.7, 0.15, 0.15))
    assert made[1] == pytest.approx((1 / 3,) * 3)
    assert posterior_from(Prediction(0, ("A",)), ("A", "B")) == ((1.0, 0.0),)
    assert posterior_from(Prediction(0, ("A",), (0.2,)), ("A",)) == ((1.0,),)
    assert posterior_from(Prediction(0, ("A",), (0.2,)), ()) == ((),)
    kept = ((0.4, 0.6),)
    assert posterior_from(Prediction(0, ("A",), (0.4,), kept), ("A", "B")) is kept


def test_small_tools() -> None:
    assert normalised(np.array([[2.0, 2.0], [0.0, 0.0]])).tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert type_table(BIO).tolist() == [[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1], [0, 0, 1]]
    assert chosen(3, np.zeros((0, 5)), BIO) == Prediction(3, (), (), ())


def test_an_inside_that_continues_nothing_becomes_a_beginning() -> None:
    rows = np.array([spread(label, 0.8, BIO) for label in ("I-PER", "I-PER", "I-LOC", "O", "I-LOC")])
    found = decided(0, ("I-PER", "I-PER", "I-LOC", "O", "I-LOC"), rows, BIO)
    assert found.labels == ("B-PER", "I-PER", "B-LOC", "O", "B-LOC")
    assert found.confidences == (0.8,) * 5


def test_occurrences_of_a_form_agree_on_its_label() -> None:
    labels = ("NOUN", "VERB")
    words = [instance(at, form) for at, form in enumerate(("Løber", "løber", "lober", "kat"))]
    noisy = [
        certain(0, ("VERB",), 0.9, labels),
        certain(1, ("VERB",), 0.9, labels),
        certain(2, ("NOUN",), 0.6, labels),
        certain(3, ("NOUN",), 0.6, labels),
    ]
    settled = consensus(words, noisy, labels, "pos")
    assert [prediction.labels for prediction in settled] == [("VERB",), ("VERB",), ("VERB",), ("NOUN",)]
    assert settled[3].posterior == noisy[3].posterior
    assert settled[2].confidences is not None
    assert 0.5 < settled[2].confidences[0] < 0.9


def test_entities_are_pooled_by_type() -> None:
    words = [instance(0, "Anna", "Lund"), instance(1, "Anna"), instance(2, "Anna")]
    noisy = [
        certain(0, ("B-PER", "I-PER"), 0.9, BIO),
        Prediction(1, ("B-LOC",), (0.4,), ((0.2, 0.35, 0.02, 0.4, 0.03),)),
        certain(2, ("B-PER",), 0.9, BIO),
    ]
    settled = consensus(words, noisy, BIO, "ner")
    assert [prediction.labels for prediction in settled] == [("B-PER", "I-PER"), ("B-PER",), ("B-PER",)]
    assert settled[0].posterior is not None
    assert settled[0].posterior[1] == noisy[0].posterior[1]  # type: ignore[index]


def test_labels_without_posterior_are_enough() -> None:
    words = [instance(0, "a"), instance(1, "a"), instance(2, "a")]
    noisy = [Prediction(0, ("X",), (0.9,)), Prediction(1, ("X",), (0.9,)), Prediction(2, ("Y",), (0.5,))]
    assert [found.labels for found in consensus(words, noisy, ("X", "Y"), "pos")] == [("X",)] * 3


def test_tasks_without_tokens_and_empty_sentences_come_back_unchanged() -> None:
    noisy = [Prediction(0, ("neutral",), (0.5,))]
    assert consensus([instance(0)], noisy, ("neutral",), "nli") == noisy
    empty = [Prediction(0, (), (), ())]
    assert consensus([instance(0)], empty, ("X",), "pos") == empty
    assert consensus([], [], ("X",), "pos") == []


LONG = [
    "de katten sover",
    "de hunden sover",
    "en katten leger",
    "de skolen ligger",
    "en bilen holder",
    "de manden sidder",
    "de konen venter",
    "en skoven vokser",
]


def pool(guess: dict[str, str], sure: float, times: int = 1) -> tuple[list[Instance], list[Prediction]]:
    """Determiner, noun, verb; the last sentence once. `guess`: what Stage I thought of some words."""
    names, usual = ("DET", "NOUN", "VERB"), ("DET", "NOUN", "VERB")
    words = [instance(at, *line.split()) for at, line in enumerate(LONG[:-1] * times + LONG[-1:])]
    tags = [
        tuple(guess.get(word, label) for word, label in zip(item.tokens, usual, strict=True))
        for item in words
    ]
    return words, [certain(at, labels, sure, names) for at, labels in enumerate(tags)]


def test_place_and_ending_settle_a_form_seen_once() -> None:
    words, noisy = pool({"skoven": "VERB"}, 0.5, times=6)
    settled = consensus(words, noisy, ("DET", "NOUN", "VERB"), "pos")
    assert settled[-1].labels == ("DET", "NOUN", "VERB")


def test_corrected_sentences_speak_for_words_like_theirs() -> None:
    wrong = {item.split()[1]: "VERB" for item in LONG}
    words, noisy = pool(wrong, 0.6)
    names = ("DET", "NOUN", "VERB")
    alone = consensus(words, noisy, names, "pos")
    helped = consensus(words, noisy, names, "pos", corrected={0: names, 3: names, 5: names})
    right = [sum(found.labels == names for found in settled) for settled in (alone, helped)]
    assert right[0] == 0
    assert right[1] > 3  # more than the corrected sentences themselves
