"""The NLI part of a release: gold, Stage-I labels, no recorded calls."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import DownloadError, FormatError
from core.evaluation import evaluate
from core.release import describe
from core.tasks import tasks
from tests.release_tree import Tree


def test_inference(tmp_path: Path) -> None:
    rows = [
        ("Warmi jalaski .", 'Sutiyuq "Ana" .', "entailment"),
        ("Inti lluqsin", "Tuta", "contradiction"),
        ("Wasi hatun", "Wasi yuraq", "neutral"),
    ]
    quoted = (
        'premise\thypothesis\toutput\tlanguage\r\nWarmi jalaski .\t"Sutiyuq ""Ana"" ."\tentailment\tquy\r\n'
    )
    quoted += "".join(f"{a}\t{b}\t{label}\tquy\r\n" for a, b, label in rows[1:])
    tree = Tree(tmp_path, tasks["nli"], "quy", "")
    tree.write("data/processed/test_quy.tsv", quoted)
    tree.write("deberta_ft_outputs/quy_predictions.json", json.dumps(["entailment", "neutral", "neutral"]))
    tree.write("deberta_ft_outputs/quy_max_probs.json", json.dumps([0.9, 0.5, 0.75]))
    tree.write("deberta_ft_outputs/quy_80_perc_stats.json", '{"entailment_80_PERC_PROB": 0.9}')
    parts = tree.gather()
    assert [(r.instance.text, r.instance.text_b, *(r.labels or ())) for r in parts.records] == rows
    (deberta,) = parts.runs
    assert (deberta.name, describe(deberta)) == ("deberta", ["stage1"])
    assert [row.confidences for row in deberta.stage1 or ()] == [(0.9,), (0.5,), (0.75,)]
    assert deberta.meta["thresholds_equal"] is True
    assert deberta.meta["thresholds"] == {"entailment": 0.9, "neutral": 0.75, "contradiction": 0.0}
    assert parts.completions == []
    predicted = [row.labels for row in deberta.stage1 or ()]
    assert evaluate("nli", [r.labels or () for r in parts.records], predicted)["accuracy"] == pytest.approx(
        2 / 3
    )


def test_inference_needs_labels_of_the_right_number(tmp_path: Path) -> None:
    tree = Tree(tmp_path, tasks["nli"], "nah", "")
    tree.write(
        "data/processed/test_nah.tsv", "premise\thypothesis\toutput\tlanguage\r\na\tb\tneutral\tnah\r\n"
    )
    with pytest.raises(DownloadError, match="nah_predictions"):
        tree.gather()
    tree.write("deberta_ft_outputs/nah_predictions.json", '["neutral", "neutral"]')
    with pytest.raises(FormatError, match="2 entries, expected 1"):
        tree.gather()
