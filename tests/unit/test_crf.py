"""The CRF of Stage I and its features."""

from __future__ import annotations

import random

import pytest

from core.errors import Cancelled, RecipeError
from core.labelers.crf import Crf
from core.labelers.crf_features import Drops, Usage, features, norm, shape, skeleton
from core.types import Instance, Record

SOURCE = [
    (("Katten", "sover", "."), ("NOUN", "VERB", "PUNCT")),
    (("Hunden", "løber", "."), ("NOUN", "VERB", "PUNCT")),
    (("En", "kat", "løber", "."), ("DET", "NOUN", "VERB", "PUNCT")),
    (("Hun", "ser", "en", "hund", "."), ("PRON", "VERB", "DET", "NOUN", "PUNCT")),
]
UPOS = ("DET", "NOUN", "PRON", "PUNCT", "VERB", "X")


def silent(message: str, done: int, total: int) -> None:
    """Progress goes nowhere."""


def records(pairs: list[tuple[tuple[str, ...], tuple[str, ...]]]) -> list[Record]:
    return [
        Record(Instance(at, "train", tokens, " ".join(tokens)), labels)
        for at, (tokens, labels) in enumerate(pairs)
    ]


def target(*sentences: str) -> list[Instance]:
    return [Instance(at, "test", tuple(text.split()), text) for at, text in enumerate(sentences)]


def test_words_are_folded_to_a_common_spelling() -> None:
    assert [norm(word) for word in ("Óðin", "ƙasa", "Straße", "ÆRE")] == ["odin", "kasa", "strase", "ere"]
    assert norm("\u0301") == "\u0301"
    assert [skeleton(word) for word in ("Hundur", "hund", "auga", "Nacht")] == ["KMTL", "KMT", "AK", "MKT"]
    shapes = {"McDonald": "XxXx", "12,5": "num", "«": "punct:«", "B2B": "XdX", "e-mail": "x-x"}
    assert {word: shape(word) for word in shapes} == shapes


def test_usage_knows_frequency_and_capitals() -> None:
    usage = Usage.of([("The", "The", "Sun", "sun"), ("x", "Sun", "Oslo")])
    assert usage.capitals("sun") == "h"
    assert usage.capitals("oslo") == "1"
    assert usage.capitals("unseen") == "?"
    assert usage.frequency("unseen") == 0
    assert usage.frequency("sun") == 7


def test_features_know_place_and_neighbours() -> None:
    rows = features(("A", "kat", "sover"), Usage.of([]))
    assert {"BOS", "1w=kat", "2shape=x"} <= set(rows[0])
    assert {"BOS+1", "-1w=a", "1w=sover", "w=kat", "k=KT", "t=<ka"} <= set(rows[1])
    assert "EOS" in rows[2]
    assert features((), Usage.of([])) == []


def test_dropping_everything_leaves_no_words() -> None:
    rows = features(("en", "kat"), Usage.of([]), Drops(1.0, 1.0, 1.0), random.Random(0))
    assert not [name for row in rows for name in row if name.lstrip("-12")[:2] in ("w=", "k=")]


def test_it_learns_and_says_how_sure_it_is() -> None:
    tagger = Crf()
    sentences = target("Katten løber .", "En hund sover .", "")
    tagger.fit([("dan", records(SOURCE))], sentences, UPOS, seed=1, report=silent)
    found = tagger.label(sentences, silent)
    assert found[0].labels == ("NOUN", "VERB", "PUNCT")
    assert found[1].labels == ("DET", "NOUN", "VERB", "PUNCT")
    assert (found[2].labels, found[2].confidences, found[2].posterior) == ((), (), ())
    for prediction in found[:2]:
        assert prediction.posterior is not None
        assert prediction.confidences is not None
        for label, sure, row in zip(
            prediction.labels, prediction.confidences, prediction.posterior, strict=True
        ):
            assert sum(row) == pytest.approx(1.0)
            assert sure == row[UPOS.index(label)]
            assert row[UPOS.index("X")] == 0.0


def test_equal_seeds_give_equal_results_and_other_seeds_others() -> None:
    def posterior(seed: int) -> object:
        tagger = Crf(per_source=3)
        tagger.fit([("dan", records(SOURCE))], target("Katten ser"), UPOS, seed=seed, report=silent)
        return tagger.label(target("Katten ser"), silent)

    assert posterior(1) == posterior(1)
    assert posterior(1) != posterior(2)


def test_labels_outside_the_label_set_are_never_given() -> None:
    tagger = Crf()
    tagger.fit([("dan", records(SOURCE))], target("Katten løber ."), ("NOUN", "VERB"), seed=0, report=silent)
    (found,) = tagger.label(target("Katten løber ."), silent)
    assert set(found.labels) <= {"NOUN", "VERB"}


def test_entities_begin_with_b() -> None:
    pairs = [
        (("Anna", "bor", "i", "Oslo"), ("B-PER", "O", "O", "B-LOC")),
        (("Kari", "Olsen", "ler"), ("I-PER", "I-PER", "O")),
    ]
    labels = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
    tagger = Crf(lower_case=0)
    tagger.fit([("nor", records(pairs))], target("Kari Olsen ler"), labels, seed=0, report=silent)
    (found,) = tagger.label(target("Kari Olsen ler"), silent)
    assert found.labels == ("B-PER", "I-PER", "O")
    assert found.posterior is not None
    assert found.confidences is not None
    assert found.confidences[0] == found.posterior[0][1] == max(found.posterior[0])


def test_sources_without_labels_are_an_error() -> None:
    with pytest.raises(RecipeError, match="no labelled sentences"):
        Crf().fit([("dan", [Record(target("a b")[0])])], [], UPOS, seed=0, report=silent)
    with pytest.raises(RecipeError, match="not been trained"):
        Crf().label([], silent)


def test_cancelling_stops_the_training() -> None:
    def cancel(message: str, done: int, total: int) -> None:
        if message == "training the tagger":
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        Crf().fit([("dan", records(SOURCE))], [], UPOS, seed=0, report=cancel)
