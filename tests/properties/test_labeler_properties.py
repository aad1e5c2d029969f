"""Stage II's promises hold for any posteriors, exemplars and labels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.labelers.consensus import consensus
from core.labelers.icl_tagger import IclTagger
from core.labelers.posteriors import chosen, normalised
from core.types import Exemplar, Influence, Instance, Labels, Prediction

WORDS = ["kat", "Kat", "katten", "hund", ".", "12", "ß", "መ", "é", "\u0301"]
SETS: list[Labels] = [("A", "B", "C"), ("O", "B-PER", "I-PER", "B-LOC", "I-LOC"), ("Z",)]


@st.composite
def sentences(draw: st.DrawFn) -> tuple[list[Instance], list[Prediction], Labels]:
    label_set = draw(st.sampled_from(SETS))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    texts = draw(st.lists(st.lists(st.sampled_from(WORDS), max_size=6), min_size=1, max_size=4))
    instances = [Instance(at, "test", tuple(words), " ".join(words)) for at, words in enumerate(texts)]
    predictions = [
        chosen(at, normalised(generator.random((len(words), len(label_set))) ** 3), label_set)
        for at, words in enumerate(texts)
    ]
    return instances, predictions, label_set


def check(prediction: Prediction, instance: Instance, label_set: Labels) -> None:
    assert prediction.posterior is not None
    assert prediction.confidences is not None
    assert len(prediction.labels) == len(instance.tokens) == len(prediction.posterior)
    previous = "O"
    for label, sure, row in zip(prediction.labels, prediction.confidences, prediction.posterior, strict=True):
        assert sum(row) == pytest.approx(1.0)
        assert sure == row[label_set.index(label)]
        if label.startswith("I-"):
            assert previous[2:] == label[2:]
        previous = label


def check_influence(spoke: Influence, query: Instance, shown: list[Exemplar]) -> None:
    """Existing tokens, strongest first, at most three for each and no more than all the evidence."""
    rows = list(zip(spoke.tokens, spoke.ranks, spoke.exemplar_tokens, spoke.shares, strict=True))
    assert all(0 <= place < len(shown[rank].instance.tokens) for _, rank, place, _ in rows)
    for at in range(len(query.tokens)):
        shares = [share for token, _, _, share in rows if token == at]
        assert len(shares) <= 3
        assert shares == sorted(shares, reverse=True)
        assert all(0.02 <= share <= 1 for share in shares)
        assert sum(shares) <= 1.0001
    assert set(spoke.tokens) <= set(range(len(query.tokens)))


@settings(max_examples=60, deadline=None)
@given(sentences())
def test_consensus_gives_well_formed_predictions(
    made: tuple[list[Instance], list[Prediction], Labels],
) -> None:
    instances, predictions, label_set = made
    settled = consensus(instances, predictions, label_set, "ner")
    for instance, prediction in zip(instances, settled, strict=True):
        check(prediction, instance, label_set)


@settings(max_examples=60, deadline=None)
@given(sentences(), st.sampled_from(["target", "corrected", "source"]))
def test_the_tagger_gives_well_formed_predictions(
    made: tuple[list[Instance], list[Prediction], Labels], origin: str
) -> None:
    instances, predictions, label_set = made
    pool = [
        Exemplar("d", item, found.labels, found.confidences or (), origin, found.posterior)  # type: ignore[arg-type]
        for item, found in zip(instances, predictions, strict=True)
    ]
    tagger = IclTagger("ner")
    assert tagger.label(instances[0], predictions[0], [], [], label_set) == (predictions[0], None)
    found, spoke = tagger.label(instances[0], predictions[0], pool[1:], [0.5] * (len(pool) - 1), label_set)
    check(found, instances[0], label_set)
    if spoke is not None:
        check_influence(spoke, instances[0], pool[1:])
