"""Our scores against seqeval and scikit-learn as oracles."""

from __future__ import annotations

import math
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics import f1_score
from seqeval.scheme import IOB2
from sklearn.metrics import accuracy_score
from sklearn.metrics import f1_score as label_f1

from core.evaluation import evaluate
from core.tasks import tasks
from core.types import Labels

Pair = tuple[list[Labels], list[Labels]]


def pairs(labels: tuple[str, ...]) -> st.SearchStrategy[Pair]:
    sentence = st.lists(st.tuples(st.sampled_from(labels), st.sampled_from(labels)), min_size=1, max_size=8)
    return st.lists(sentence, min_size=1, max_size=5).map(
        lambda rows: (
            [tuple(mine for mine, _ in row) for row in rows],
            [tuple(theirs for _, theirs in row) for row in rows],
        )
    )


def seqeval(pair: Pair, **settings: object) -> float:
    gold, predicted = ([list(row) for row in rows] for rows in pair)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(f1_score(gold, predicted, **settings))


NER = pairs((*tasks["ner"].labels, "O"))


@given(NER)
def test_strict(pair: Pair) -> None:
    ours = evaluate("ner", *pair)["span_f1"]
    assert ours == pytest.approx(seqeval(pair, mode="strict", scheme=IOB2), abs=1e-12)


@given(NER)
def test_lenient(pair: Pair) -> None:
    scores = evaluate("ner", *pair)
    assert scores["span_f1_lenient"] == scores["paper_f1"] == pytest.approx(seqeval(pair), abs=1e-12)
    macro = seqeval(pair, average="macro")
    # Without any span seqeval's mean is undefined; ours is 0 as its micro F1 is.
    assert scores["macro_f1"] == pytest.approx(0.0 if math.isnan(macro) else macro, abs=1e-12)


@given(pairs(tasks["pos"].labels))
def test_the_papers_figure_on_parts_of_speech(pair: Pair) -> None:
    assert evaluate("pos", *pair)["paper_f1"] == pytest.approx(seqeval(pair), abs=1e-12)


@given(pairs(("X", "SYM", "SCONJ", "CCONJ", "INTJ", "O", "B", "E-X", "I")))
def test_the_papers_figure_on_awkward_tags(pair: Pair) -> None:
    assert evaluate("pos", *pair)["paper_f1"] == pytest.approx(seqeval(pair), abs=1e-12)


@given(pairs(tasks["pos"].labels))
def test_token_scores(pair: Pair) -> None:
    gold, predicted = ([label for row in rows for label in row] for rows in pair)
    scores = evaluate("pos", *pair)
    assert scores["token_accuracy"] == pytest.approx(accuracy_score(gold, predicted), abs=1e-12)
    wanted = label_f1(gold, predicted, average="macro", zero_division=0.0)
    assert scores["macro_f1"] == pytest.approx(wanted, abs=1e-12)


@given(NER)
def test_perfect_and_bounded(pair: Pair) -> None:
    assert all(0.0 <= value <= 1.0 for value in evaluate("ner", *pair).values())
    assert evaluate("ner", pair[0], pair[0])["token_accuracy"] == 1.0
