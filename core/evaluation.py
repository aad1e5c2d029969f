"""Scores of predicted labels against gold. Fractions in [0, 1], full precision.

`paper_f1` is the figure of the SSP paper (arXiv 2406.18880): micro F1 over leniently read spans,
for parts of speech too, where it is not token accuracy: the first letter of each tag is taken for
a prefix and the rest for a type, so a run of equal tags is one span.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from core.errors import RecipeError
from core.spans import Span, lenient_spans, strict_spans
from core.types import Labels, TaskName


def evaluate(task: TaskName, gold: Sequence[Labels], predicted: Sequence[Labels]) -> dict[str, float]:
    """All metrics that apply to the task; none when there is nothing to score.

    Args:
        gold, predicted: labels per instance, in the same order and of the same lengths.

    Raises:
        RecipeError: gold and predictions differ in number of instances or of labels.
    """
    _check_lengths(gold, predicted)
    if not gold:
        return {}
    if task in {"nli", "topic"}:
        return {"accuracy": token_accuracy(gold, predicted), "macro_f1": label_macro_f1(gold, predicted)}
    lenient = lenient_spans(gold), lenient_spans(predicted)
    if task == "pos":
        return {
            "token_accuracy": token_accuracy(gold, predicted),
            "macro_f1": label_macro_f1(gold, predicted),
            "paper_f1": micro_f1(*lenient),
        }
    return {
        "token_accuracy": token_accuracy(gold, predicted),
        "macro_f1": span_macro_f1(*lenient),
        "span_f1": micro_f1(strict_spans(gold), strict_spans(predicted)),
        "span_f1_lenient": micro_f1(*lenient),
        "paper_f1": micro_f1(*lenient),
    }


def token_accuracy(gold: Sequence[Labels], predicted: Sequence[Labels]) -> float:
    """Share of labels that are equal, over all instances together."""
    pairs = _pairs(gold, predicted)
    return sum(mine == theirs for mine, theirs in pairs) / len(pairs) if pairs else 0.0


def label_macro_f1(gold: Sequence[Labels], predicted: Sequence[Labels]) -> float:
    """Mean F1 over the labels that occur in gold or prediction; an empty label is no label."""
    pairs = _pairs(gold, predicted)
    right = Counter(mine for mine, theirs in pairs if mine == theirs)
    in_gold = Counter(mine for mine, _ in pairs)
    in_predicted = Counter(theirs for _, theirs in pairs)
    names = sorted((in_gold.keys() | in_predicted.keys()) - {""})
    return _mean([_f1(right[name], in_gold[name], in_predicted[name]) for name in names])


def micro_f1(gold: set[Span], predicted: set[Span]) -> float:
    """F1 over exact spans; 0 when there are none."""
    return _f1(len(gold & predicted), len(gold), len(predicted))


def span_macro_f1(gold: set[Span], predicted: set[Span]) -> float:
    """Mean over the types that occur of the F1 over their spans."""
    names = sorted({span[0] for span in gold | predicted})
    return _mean([micro_f1(_of_type(gold, name), _of_type(predicted, name)) for name in names])


def _of_type(spans: set[Span], name: str) -> set[Span]:
    return {span for span in spans if span[0] == name}


def _f1(right: int, in_gold: int, in_predicted: int) -> float:
    total = in_gold + in_predicted
    return 2 * right / total if total else 0.0


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _pairs(gold: Sequence[Labels], predicted: Sequence[Labels]) -> list[tuple[str, str]]:
    return [
        pair for mine, theirs in zip(gold, predicted, strict=True) for pair in zip(mine, theirs, strict=True)
    ]


def _check_lengths(gold: Sequence[Labels], predicted: Sequence[Labels]) -> None:
    hint = "Compare predictions with the gold labels of the same data set."
    if len(gold) != len(predicted):
        raise RecipeError(f"{len(predicted)} predictions for {len(gold)} instances with gold labels.", hint)
    for number, (mine, theirs) in enumerate(zip(gold, predicted, strict=True)):
        if len(mine) != len(theirs):
            raise RecipeError(
                f"instance {number} has {len(theirs)} predicted and {len(mine)} gold labels.", hint
            )
