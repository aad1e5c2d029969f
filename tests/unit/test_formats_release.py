"""responses.json and the plain lists of labels and probabilities of the SSP release."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest

from core.errors import FormatError, StudioError
from core.formats import formats
from core.formats.label_lists import read_label_lists, read_probabilities
from core.types import Instance, Record

ROW = {
    "input": "a b_c ",
    "output": "a_DET b_c_NOUN ",
    "language": "gsw",
    "pred_labels": ["DET", "NOM"],
    "gold_labels": ["DET", "NOUN"],
    "examples": ["x_NOUN", "y_VERB"],
}


def read(folder: Path, *rows: object) -> list[Record]:
    path = folder / "responses.json"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return list(formats["responses"].read(path, task="pos", split="test"))


def test_predicted_labels_examples_and_gold(tmp_path: Path) -> None:
    (record,) = read(tmp_path, ROW)
    meta = {"examples": ["x_NOUN", "y_VERB"], "gold_labels": ["DET", "NOUN"], "language": "gsw"}
    assert record == Record(Instance(0, "test", ("a", "b_c"), "a b_c ", meta=meta), ("DET", "NOM"))


def test_pairs_after_a_failed_call_are_read_as_their_tags(tmp_path: Path) -> None:
    pairs = {"pred_labels": [["a", "DET"], ["b_c", "X"]], "gold_labels": [["a", "DET"], ["b_c", "X"]]}
    (record,) = read(tmp_path, ROW | pairs)
    assert record.labels == ("DET", "X")
    assert record.instance.meta["label_pairs"] is True
    assert record.instance.meta["gold_labels"] == ["DET", "X"]
    out = io.BytesIO()
    formats["responses"].write([record], out, task="pos")
    assert json.loads(out.getvalue())["pred_labels"] == [["a", "DET"], ["b_c", "X"]]


def test_no_answer_is_no_labels(tmp_path: Path) -> None:
    (record,) = read(tmp_path, ROW | {"pred_labels": []})
    assert record.labels is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pred_labels": ["DET"]}, "1 pred_labels, expected 2"),
        ({"pred_labels": "DET NOUN"}, "pred_labels is not a list"),
        ({"pred_labels": [1, 2]}, "no label"),
        ({"pred_labels": [["a", "b", "DET"], "X"]}, "no label"),
        ({"gold_labels": ["DET"]}, "1 gold_labels, expected 2"),
        ({"output": "a_DET b"}, "expected word_TAG"),
        ({"input": 3}, "input is int"),
    ],
)
def test_responses_errors_name_the_line(tmp_path: Path, change: dict[str, object], said: str) -> None:
    with pytest.raises(FormatError, match=said) as caught:
        read(tmp_path, ROW, ROW | change)
    assert (caught.value.path, caught.value.line) == ("responses.json", 2)


def test_a_missing_field_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no field pred_labels"):
        read(tmp_path, {"input": "a", "output": "a_X"})


def test_responses_refuse_what_they_cannot_say() -> None:
    for instance in (
        Instance(0, "dev", ("a", "b"), "ab"),
        Instance(0, "dev", ("a",), "a", meta={"gold_labels": ["X", "X"]}),
    ):
        with pytest.raises(StudioError, match="cannot be written as responses"):
            formats["responses"].write([Record(instance, None)], io.BytesIO(), task="pos")


def put(folder: Path, text: str, name: str = "x_predictions.json") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_label_lists_of_tokens_and_of_items(tmp_path: Path) -> None:
    assert read_label_lists(put(tmp_path, '[["O", "B-PER"], ["O"]]'), [2, 1]) == [("O", "B-PER"), ("O",)]
    assert read_label_lists(put(tmp_path, '["neutral", "entailment"]')) == [("neutral",), ("entailment",)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[["O"], ["O", "O"]]', "entry 1 has 1 values, expected 2"),
        ('[["O", "O"]]', "1 entries, expected 2"),
        ('[["O", 1], ["O"]]', "entry 1 is not a label"),
        ("[\n[}", "x_predictions.json:2: not valid JSON"),
        ('{"a": 1}', "a JSON dict, expected a list"),
    ],
)
def test_label_list_errors(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        read_label_lists(put(tmp_path, text), [2, 1])


def test_lists_that_are_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be opened"):
        read_label_lists(tmp_path / "no.json")
    (tmp_path / "b.json").write_bytes(b"\xff\xfe")
    with pytest.raises(FormatError, match="not UTF-8"):
        read_label_lists(tmp_path / "b.json")


def test_probabilities_of_items_of_tokens_and_padded(tmp_path: Path) -> None:
    assert read_probabilities(put(tmp_path, "[0.5, 1]")) == [(0.5,), (1.0,)]
    assert read_probabilities(put(tmp_path, "[[0.5, 1], []]"), [2, 0]) == [(0.5, 1.0), ()]
    np.save(tmp_path / "p.npy", np.array([[0.5, 0.25, -1], [1, -1, -1]], dtype=np.float32))
    assert read_probabilities(tmp_path / "p.npy", [2, 1]) == [(0.5, 0.25), (1.0,)]


def test_probabilities_out_of_range_are_refused(tmp_path: Path) -> None:
    for text in ("[1.5]", "[NaN]", "[true]", '["a"]'):
        with pytest.raises(FormatError, match="expected probabilities from 0 to 1"):
            read_probabilities(put(tmp_path, text))
    np.save(tmp_path / "p.npy", np.array([[0.5, -1, 0.5]], dtype=np.float32))
    with pytest.raises(FormatError, match="entry 1 holds -1"):
        read_probabilities(tmp_path / "p.npy")


def test_arrays_that_are_no_matrix_or_pickles_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(FormatError, match="not a readable NumPy array"):
        read_probabilities(tmp_path / "p.npy")
    (tmp_path / "p.npy").write_bytes(b"garbage")
    with pytest.raises(FormatError, match="not a readable NumPy array"):
        read_probabilities(tmp_path / "p.npy")
    np.save(tmp_path / "p.npy", np.array([1.0]))
    with pytest.raises(FormatError, match="not a matrix of floats"):
        read_probabilities(tmp_path / "p.npy")
