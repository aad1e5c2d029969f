"""The offline in-context tagger reads its exemplars."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.errors import RecipeError
from core.labelers.icl_tagger import IclTagger
from core.labelers.posteriors import spread
from core.labelers.token_kernel import POS, beside, cosines, weights
from core.types import Exemplar, Instance, Origin, Prediction, TaskName

UPOS = ("NOUN", "VERB", "DET")
BIO = ("O", "B-PER", "I-PER")
TOPICS = ("sport", "health")


def instance(*tokens: str, position: int = 0) -> Instance:
    return Instance(position, "test", tokens, " ".join(tokens))


def shown(words: str, labels: str, sure: float = 1.0, origin: Origin = "corrected") -> Exemplar:
    tags = tuple(labels.split())
    tokens = tuple(words.split()) if len(tags) > 1 or " " not in words else ()
    return Exemplar("d", Instance(9, "test", tokens, words), tags, (sure,) * len(tags), origin)


def prior(labels: str, sure: float, label_set: tuple[str, ...]) -> Prediction:
    tags = tuple(labels.split())
    return Prediction(0, tags, (sure,) * len(tags), tuple(spread(tag, sure, label_set) for tag in tags))


@pytest.mark.parametrize(
    ("task", "labels", "label_set"),
    [
        ("pos", "NOUN VERB", UPOS),
        ("ner", "I-PER O", BIO),
        ("nli", "sport", TOPICS),
        ("topic", "sport", TOPICS),
    ],
)
def test_without_exemplars_the_prior_comes_back_exactly(
    task: TaskName, labels: str, label_set: tuple[str, ...]
) -> None:
    before = prior(labels, 0.6, label_set)
    assert IclTagger(task).label(instance("a", "b"), before, [], [], label_set) is before


def test_a_corrected_exemplar_changes_the_label_of_the_same_word() -> None:
    query, before = instance("kat", "løber"), prior("NOUN NOUN", 0.6, UPOS)
    found = IclTagger("pos").label(query, before, [shown("hun løber", "DET VERB")], [0.4], UPOS)
    assert found.labels == ("NOUN", "VERB")
    assert found.confidences is not None
    assert found.posterior is not None
    assert found.confidences[1] == max(found.posterior[1])
    assert sum(found.posterior[1]) == pytest.approx(1.0)


def test_other_exemplars_give_another_result() -> None:
    query, before = instance("kat", "løber"), prior("NOUN NOUN", 0.6, UPOS)
    tagger = IclTagger("pos")
    first = tagger.label(query, before, [shown("hun løber", "DET VERB")], [0.4], UPOS)
    second = tagger.label(query, before, [shown("et hus", "DET NOUN")], [0.4], UPOS)
    assert first.labels != second.labels
    assert second.confidences != before.confidences


def test_doubtful_exemplars_weigh_less() -> None:
    query, before = instance("løber"), prior("NOUN", 0.6, UPOS)
    confidences = []
    for sure in (0.4, 0.7, 1.0):
        exemplar = shown("hun løber", "DET VERB", sure, "target")
        found = IclTagger("pos").label(query, before, [exemplar], [0.4], UPOS)
        assert found.posterior is not None
        confidences.append(found.posterior[0][UPOS.index("VERB")])
    assert confidences == sorted(confidences)
    assert confidences[0] < confidences[-1]


def test_a_correction_outweighs_the_posterior_it_replaces() -> None:
    noisy = tuple(spread(tag, 0.9, UPOS) for tag in ("DET", "NOUN"))
    corrected = replace(shown("hun løber", "DET VERB"), posterior=noisy)
    found = IclTagger("pos").label(instance("løber"), prior("NOUN", 0.6, UPOS), [corrected], [0.4], UPOS)
    assert found.labels == ("VERB",)


def test_labels_only_the_exemplars_know_can_be_given() -> None:
    query, before = instance("huh", "løber"), prior("NOUN VERB", 0.5, UPOS)
    found = IclTagger("pos").label(query, before, [shown("huh hun", "INTJ DET")], [0.2], UPOS)
    assert found.labels == ("INTJ", "VERB")
    assert found.posterior is not None
    assert {len(row) for row in found.posterior} == {4}


def test_a_label_stays_unless_the_votes_change_the_most_probable_one() -> None:
    """Stage I may prefer a label that is not the most probable one (it reads whole sentences)."""
    before = Prediction(0, ("VERB",), (0.4,), ((0.5, 0.4, 0.1),))
    found = IclTagger("pos").label(instance("zzz"), before, [shown("abc def", "NOUN NOUN")], [0.1], UPOS)
    assert found.labels == ("VERB",)


def test_entities_stay_well_formed() -> None:
    query, before = instance("Anna", "Lund", "ler"), prior("O O O", 0.5, BIO)
    exemplar = shown("Anna Lund ler", "B-PER I-PER O")
    found = IclTagger("ner").label(query, before, [exemplar], [1.0], BIO)
    assert found.labels[0] == "B-PER"
    assert found.labels[1] in ("B-PER", "I-PER")
    assert found.labels[2] == "O"


def test_items_follow_similar_and_confident_exemplars() -> None:
    query, before = Instance(0, "test", (), "a match"), prior("sport", 0.55, TOPICS)
    near, far = shown("the clinic opens", "health"), shown("the final game", "sport")
    towards = IclTagger("topic").label(query, before, [near, far], [0.9, 0.1], TOPICS)
    away = IclTagger("topic").label(query, before, [near, far], [0.1, 0.9], TOPICS)
    assert (towards.labels, away.labels) == (("health",), ("sport",))
    doubtful = replace(near, confidences=(0.5,), origin="target")
    weaker = IclTagger("topic").label(query, before, [doubtful, far], [0.9, 0.1], TOPICS)
    assert weaker.posterior is not None
    assert towards.posterior is not None
    assert weaker.posterior[0][1] < towards.posterior[0][1]


def test_a_prior_without_posterior_and_an_empty_sentence() -> None:
    bare = Prediction(0, ("NOUN",), (0.6,))
    found = IclTagger("pos").label(instance("løber"), bare, [shown("hun løber", "DET VERB")], [0.4], UPOS)
    assert found.labels == ("VERB",)
    empty = Prediction(0, (), (), ())
    assert IclTagger("pos").label(instance(), empty, [shown("hun ler", "DET VERB")], [0.0], UPOS) is empty


def test_as_many_similarities_as_exemplars() -> None:
    with pytest.raises(RecipeError, match="1 exemplars and 0 similarities"):
        IclTagger().label(instance("a"), prior("NOUN", 0.5, UPOS), [shown("a b", "DET DET")], [], UPOS)


def test_the_kernel_prefers_equal_words_in_equal_places() -> None:
    query, exemplar = ("en", "kat", "sover"), ("en", "kat", "løber", "kat")
    table = weights(query, exemplar, np.zeros((3, 4)), POS)
    assert table.shape == (3, 4)
    assert (table > 0).all()
    assert table[1].argmax() == 1
    assert table[1, 1] > table[1, 3] > table[1, 2]


def test_cosines_and_neighbours_by_hand() -> None:
    table = cosines(("kat", "hus"), ("kat", "KAT", "hund"))
    assert table[0] == pytest.approx([1.0, 1.0, 0.0])
    assert 0 < table[1, 2] < 1
    assert beside(np.array([[1.0, 0.0], [0.0, 1.0]])).tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert cosines((), ("a",)).shape == (0, 1)
