"""Scores of a side, against scikit-learn, seqeval and the evaluation of single runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from seqeval.metrics import f1_score as seqeval_f1
from seqeval.scheme import IOB2
from sklearn.metrics import accuracy_score, f1_score

from core import span_tables
from core.comparison import METRICS, main_metric, scores
from core.comparison.counting import judged
from core.evaluation import evaluate
from core.spans import lenient_spans, strict_spans
from core.types import Labels, TaskName
from tests.small_comparison import NER, POS, comparison, drawn, flat, noisy

ODD = ("O", "B-PER", "I-PER", "I-LOC", "S-X", "E-X", "X", "B", "I", ".", "B--x", "I-", "")
"""Tags nobody should meet, which are scored all the same."""
CASES: list[tuple[TaskName, Sequence[str]]] = [
    ("pos", POS), ("pos", ODD), ("ner", NER), ("ner", ODD), ("topic", ("a", "b", "c")), ("nli", ("a", "")),
]  # fmt: skip


@pytest.mark.parametrize(("task", "names"), CASES)
@pytest.mark.parametrize("seed", range(5))
def test_the_scores_are_those_of_the_evaluation(task: TaskName, names: Sequence[str], seed: int) -> None:
    gold = drawn(names, 60, seed, longest=1 if task in {"topic", "nli"} else 9)
    side = noisy(gold, names, 0.6, seed + 100)
    found = scores(comparison(task, gold, side), 0)
    assert found == pytest.approx(evaluate(task, gold, side), abs=1e-12)
    assert set(found) == set(METRICS[task])
    assert main_metric(task) in found


def test_labels_against_scikit_learn() -> None:
    gold = drawn(POS, 300)
    side = noisy(gold, POS, 0.7, 1)
    found = scores(comparison("pos", gold, side), 0)
    assert found["token_accuracy"] == pytest.approx(accuracy_score(flat(gold), flat(side)))
    assert found["macro_f1"] == pytest.approx(f1_score(flat(gold), flat(side), average="macro"))


@pytest.mark.filterwarnings("ignore:.* seems not to be NE tag")
@pytest.mark.parametrize(("task", "names"), [("ner", NER), ("pos", POS)])
def test_spans_against_seqeval(task: TaskName, names: Sequence[str]) -> None:
    gold = drawn(names, 300)
    side = noisy(gold, names, 0.7, 1)
    found = scores(comparison(task, gold, side), 0)
    mine, theirs = [list(row) for row in gold], [list(row) for row in side]
    assert found["paper_f1"] == pytest.approx(seqeval_f1(mine, theirs), abs=1e-12)
    if task == "ner":
        assert found["macro_f1"] == pytest.approx(seqeval_f1(mine, theirs, average="macro"), abs=1e-12)
        strict = seqeval_f1(mine, theirs, mode="strict", scheme=IOB2)
        assert found["span_f1"] == pytest.approx(strict, abs=1e-12)


@pytest.mark.parametrize("names", [NER, POS, ODD])
@pytest.mark.parametrize("seed", range(4))
def test_span_tables_find_the_spans_that_are_read_one_by_one(names: Sequence[str], seed: int) -> None:
    rows = drawn(names, 40, seed)
    joined = [name for row in rows for name in (*row, "O")]
    known = sorted({*joined})
    codes = np.array([known.index(name) for name in joined], dtype=np.int64)
    found = span_tables.lenient(codes, known)
    ends = np.flatnonzero(found.ends)
    spans = {(found.types[found.kind[end]], 0, int(found.first[end]), int(end)) for end in ends}
    assert spans == lenient_spans(rows)
    flat_codes = np.array([known.index(name) for row in rows for name in row], dtype=np.int64)
    starts = np.cumsum([0, *(len(row) for row in rows[:-1])])
    found = span_tables.strict(flat_codes, known, starts)
    owners = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    spans = {
        (
            found.types[found.kind[end]],
            int(owners[end]),
            int(found.first[end] - starts[owners[end]]),
            int(end - starts[owners[end]]),
        )
        for end in np.flatnonzero(found.ends)
    }
    assert spans == strict_spans(rows)


def test_no_tags_have_no_spans() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert not len(span_tables.lenient(nothing, ["O"]).ends)
    assert not len(span_tables.strict(nothing, ["O"], nothing).ends)


def test_only_judged_sentences_count() -> None:
    gold = drawn(NER, 40)
    side = noisy(gold, NER, 0.6, 1)
    some: list[Labels | None] = [row if place in {3, 4, 20} else None for place, row in enumerate(gold)]
    compared = comparison("ner", some, side)
    known = judged(compared)
    assert known is not None
    assert known.n == 3
    assert known.owners.tolist() == [n for n, place in enumerate((3, 4, 20)) for _ in gold[place]]
    kept = [3, 4, 20]
    expected = evaluate("ner", [gold[place] for place in kept], [side[place] for place in kept])
    assert scores(compared, 0) == pytest.approx(expected)


def test_nothing_known_to_be_right_has_no_score() -> None:
    rows = drawn(POS, 5)
    assert scores(comparison("pos", None, rows), 0) == {}
    assert scores(comparison("pos", [None] * 5, rows), 0) == {}
