"""Stage I for items: overlap (inference) and n-gram regression (topics)."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import RecipeError
from core.labelers.balance import balancing, frequencies
from core.labelers.ngram_lr import NGramRegression, labelled
from core.labelers.overlap import Overlap, overlap_features
from core.types import Instance, Record

NLI = ("entailment", "neutral", "contradiction")


def silent(message: str, done: int, total: int) -> None:
    """Progress goes nowhere."""


def topic(position: int, text: str, label: str | None = None) -> Record:
    return Record(Instance(position, "train", (), text), (label,) if label else None)


def pair(position: int, premise: str, hypothesis: str, label: str | None = None) -> Record:
    return Record(Instance(position, "train", (), premise, hypothesis), (label,) if label else None)


TOPICS = [
    topic(0, "the team won the match", "sport"),
    topic(1, "a goal in the last minute of the match", "sport"),
    topic(2, "the clinic gives vaccines", "health"),
    topic(3, "doctors and nurses at the clinic", "health"),
]
PAIRS = [pair(at, f"one two three {at}", f"one two three {at}", "entailment") for at in range(20)]
PAIRS += [pair(at, f"one two three {at}", f"none of this {at + 1}", "contradiction") for at in range(20, 40)]


def test_topics_by_their_words() -> None:
    labeler = NGramRegression()
    labeler.fit([("eng", TOPICS)], [], ("health", "sport", "travel"), seed=0, report=silent)
    found = labeler.label(
        [topic(7, "vaccines at the clinic").instance, topic(8, "the match").instance], silent
    )
    assert [(item.position, item.labels) for item in found] == [(7, ("health",)), (8, ("sport",))]
    for item in found:
        assert item.posterior is not None
        assert item.confidences == (max(item.posterior[0]),)
        assert sum(item.posterior[0]) == pytest.approx(1.0)
        assert item.posterior[0][2] == 0.0
    assert labeler.label([], silent) == []


def test_an_item_scores_the_same_alone_or_among_others() -> None:
    labeler = NGramRegression()
    labeler.fit([("eng", TOPICS)], [], ("health", "sport"), seed=0, report=silent)
    first, second = topic(0, "vaccines").instance, topic(1, "a goal").instance
    assert labeler.label([first, second], silent)[1] == labeler.label([second], silent)[0]


def test_inference_by_overlap() -> None:
    labeler = Overlap(balance=False)
    labeler.fit([("eng", PAIRS)], [], NLI, seed=0, report=silent)
    alike, unlike = pair(1, "uno dos tres", "uno dos tres"), pair(2, "uno dos tres", "nada de esto")
    found = labeler.label([alike.instance, unlike.instance], silent)
    assert [item.labels for item in found] == [("entailment",), ("contradiction",)]
    assert labeler.label([], silent) == []


def test_balancing_evens_the_labels_out() -> None:
    posterior = np.array([[0.9, 0.1, 0.0], [0.7, 0.3, 0.0], [0.6, 0.4, 0.0]])
    weights = balancing(posterior)
    reweighted = posterior * weights
    mean = (reweighted / reweighted.sum(axis=1, keepdims=True)).mean(axis=0)
    assert mean == pytest.approx([0.5, 0.5, 0.0], abs=1e-3)


def test_balancing_towards_given_frequencies() -> None:
    posterior = np.array([[0.9, 0.1], [0.7, 0.3], [0.6, 0.4], [0.8, 0.2]])
    wanted = frequencies(["b", "a", "b", "b"], ("a", "b"))
    assert wanted.tolist() == [0.25, 0.75]
    reweighted = posterior * balancing(posterior, wanted)
    mean = (reweighted / reweighted.sum(axis=1, keepdims=True)).mean(axis=0)
    assert mean == pytest.approx(wanted, abs=1e-3)
    unseen = balancing(np.array([[1.0, 0.0]]), np.array([0.0, 1.0]))
    assert np.isfinite(unseen).all()


def test_topics_are_balanced_towards_the_sources() -> None:
    target = [topic(at, f"a goal in the clinic number {at % 5}").instance for at in range(40)]
    answers = []
    for balance in (False, True):
        labeler = NGramRegression(balance=balance)
        labeler.fit([("eng", TOPICS)], target, ("health", "sport"), seed=0, report=silent)
        rows = [item.posterior[0][0] for item in labeler.label(target, silent) if item.posterior]
        answers.append(float(np.mean(rows)))
    assert abs(answers[0] - 0.5) > abs(answers[1] - 0.5)
    assert answers[1] == pytest.approx(0.5, abs=0.01)


def test_balance_is_learned_from_the_text_of_the_target_only() -> None:
    target = [pair(at, "uno dos tres", f"uno dos {at}").instance for at in range(40)]
    plain, even = Overlap(balance=False), Overlap(balance=True)
    for labeler in (plain, even):
        labeler.fit([("eng", PAIRS)], target, NLI, seed=0, report=silent)
    assert plain.label(target[:1], silent) != even.label(target[:1], silent)
    assert even.label(target, silent)[0] == even.label(target[:1], silent)[0]


def test_overlap_features_by_hand() -> None:
    same = overlap_features(pair(0, "Ana ve 3 casas.", "ana ve 3 casas").instance)
    assert same[:7] == [1.0] * 7
    unlike = overlap_features(pair(0, "Ana ve", "4 perros").instance)
    assert unlike[0] == unlike[1] == unlike[5] == 0.0
    assert unlike[-1] == 0.0
    assert overlap_features(pair(0, " ", "").instance)[0] == 0.0


@pytest.mark.parametrize("kind", [NGramRegression, Overlap])
def test_one_label_in_the_sources_is_enough_and_none_is_an_error(kind: type) -> None:
    labeler = kind()
    labeler.fit([("eng", PAIRS[:3])], [], NLI, seed=0, report=silent)
    (found,) = labeler.label([PAIRS[30].instance], silent)
    assert (found.labels, found.confidences) == (("entailment",), (1.0,))
    with pytest.raises(RecipeError, match="no items in the sources"):
        kind().fit([("eng", PAIRS)], [], ("yes", "no"), seed=0, report=silent)
    with pytest.raises(RecipeError, match="not been trained"):
        kind().label([], silent)


def test_each_source_gives_at_most_its_share() -> None:
    sources = [("eng", PAIRS), ("spa", PAIRS[:2])]
    drawn = labelled(sources, NLI, 5, 1, "overlap")
    assert len(drawn) == 7
    assert drawn == labelled(sources, NLI, 5, 1, "overlap")
    assert drawn != labelled(sources, NLI, 5, 2, "overlap")
