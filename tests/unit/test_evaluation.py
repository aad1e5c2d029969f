"""Scores on cases worked out by hand."""

from __future__ import annotations

import pytest

from core.errors import RecipeError
from core.evaluation import evaluate
from core.spans import lenient_spans, strict_spans


def test_which_metrics_apply() -> None:
    assert list(evaluate("pos", [("NOUN",)], [("NOUN",)])) == ["token_accuracy", "macro_f1", "paper_f1"]
    assert list(evaluate("ner", [("O",)], [("O",)])) == [
        "token_accuracy",
        "macro_f1",
        "span_f1",
        "span_f1_lenient",
        "paper_f1",
    ]
    assert list(evaluate("nli", [("neutral",)], [("neutral",)])) == ["accuracy", "macro_f1"]
    assert list(evaluate("topic", [("sports",)], [("sports",)])) == ["accuracy", "macro_f1"]


def test_entities() -> None:
    gold = [("B-PER", "I-PER", "O", "B-LOC")]
    predicted = [("B-PER", "I-PER", "O", "B-ORG")]
    scores = evaluate("ner", gold, predicted)
    assert scores["token_accuracy"] == 0.75
    assert scores["span_f1"] == scores["span_f1_lenient"] == scores["paper_f1"] == 0.5
    assert scores["macro_f1"] == pytest.approx(1 / 3)


def test_an_inside_without_begin_counts_only_leniently() -> None:
    scores = evaluate("ner", [("O", "B-PER", "I-PER")], [("O", "I-PER", "I-PER")])
    assert scores["span_f1"] == 0.0
    assert scores["span_f1_lenient"] == 1.0


def test_strict_and_lenient_spans() -> None:
    tags = [("B-PER", "I-LOC", "I-LOC", "O", "I-PER")]
    assert strict_spans(tags) == {("PER", 0, 0, 0)}
    assert lenient_spans(tags) == {("PER", 0, 0, 0), ("LOC", 0, 1, 2), ("PER", 0, 4, 4)}


def test_the_papers_figure_reads_bare_tags_as_prefix_and_type() -> None:
    run_of_nouns = evaluate("pos", [("NOUN", "NOUN", "VERB")], [("NOUN", "NOUN", "VERB")])
    assert run_of_nouns["paper_f1"] == 1.0
    assert len(lenient_spans([("NOUN", "NOUN", "VERB")])) == 2
    same_type = evaluate("pos", [("CCONJ", "VERB")], [("SCONJ", "VERB")])
    assert same_type["paper_f1"] == 1.0
    assert same_type["token_accuracy"] == 0.5
    assert lenient_spans([("VERB", "X")]) == {("ERB", 0, 0, 0)}


def test_macro_f1_over_labels() -> None:
    scores = evaluate("nli", [("neutral",), ("entailment",)], [("neutral",), ("neutral",)])
    assert scores["accuracy"] == 0.5
    assert scores["macro_f1"] == pytest.approx((2 / 3 + 0) / 2)


def test_an_unusable_answer_is_wrong_but_no_label_of_its_own() -> None:
    assert evaluate("nli", [("neutral",), ("neutral",)], [("neutral",), ("",)]) == {
        "accuracy": 0.5,
        "macro_f1": pytest.approx(2 / 3),
    }


def test_nothing_to_score() -> None:
    assert evaluate("ner", [], []) == {}
    assert evaluate("ner", [("O",)], [("O",)])["span_f1"] == 0.0


@pytest.mark.parametrize("predicted", [[], [("O",)], [("O", "O"), ("O",)]])
def test_lengths_must_agree(predicted: list[tuple[str, ...]]) -> None:
    with pytest.raises(RecipeError, match=r"predict"):
        evaluate("ner", [("O", "O")], predicted)
