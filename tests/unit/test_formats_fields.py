"""jsonl, csv, parquet and plain text."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from core.errors import FormatError, StudioError
from core.formats import formats
from core.types import Instance, Record, TaskName


def read(folder: Path, name: str, content: str | bytes, task: TaskName) -> list[Record]:
    path = folder / "x"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(formats[name].read(path, task=task, split="test"))


def write(name: str, records: list[Record], task: TaskName) -> bytes:
    out = io.BytesIO()
    formats[name].write(records, out, task=task)
    return out.getvalue()


@pytest.mark.parametrize(
    ("task", "line", "expected"),
    [
        ("ner", {"words": ["a", "b"], "tags": ["O", "B-PER"]}, (("a", "b"), "a b", None, ("O", "B-PER"))),
        ("pos", {"sentence": "a  b", "upos": ["X", "X"]}, (("a", "b"), "a  b", None, ("X", "X"))),
        ("pos", {"tokens": ["a b"]}, (("a b",), "a b", None, None)),
        ("pos", {"tokens": ["a"], "labels": ["_"]}, (("a",), "a", None, None)),
        ("topic", {"text": "t", "label": "sport"}, ((), "t", None, ("sport",))),
        ("topic", {"text": "t", "labels": ["sport"], "tokens": ["t"]}, ((), "t", None, ("sport",))),
        ("nli", {"premise": " ", "hypothesis": "h", "label": "neutral"}, ((), " ", "h", ("neutral",))),
        ("nli", {"text": "p", "text_b": "h", "label": None}, ((), "p", "h", None)),
    ],
)
def test_fields_are_read_under_their_usual_names(
    tmp_path: Path, task: TaskName, line: dict[str, object], expected: tuple[object, ...]
) -> None:
    (record,) = read(tmp_path, "jsonl", json.dumps(line) + "\n", task)
    instance = record.instance
    assert (instance.tokens, instance.text, instance.text_b, record.labels) == expected


def test_own_split_id_and_meta(tmp_path: Path) -> None:
    lines = [
        {"id": 0, "text": "a", "split": "dev"},
        {"id": "x-1", "text": "b", "meta": {"k": [1]}, "confidence": 0.5},
    ]
    first, second = read(tmp_path, "jsonl", "\n".join(map(json.dumps, lines)), "topic")
    assert (first.instance.split, first.instance.meta) == ("dev", {})
    assert (second.instance.split, second.instance.meta) == ("test", {"id": "x-1", "k": [1]})
    assert second.confidences == (0.5,)


@pytest.mark.parametrize(
    ("task", "line", "said"),
    [
        ("pos", "{", "not valid JSON"),
        ("pos", "[" * 100_000, "not valid JSON"),
        ("pos", "[1]", "a JSON list, expected an object"),
        ("pos", '{"tokens": ["\\ud83d"]}', "half a character"),
        ("pos", "{}", "no tokens, expected a field tokens or text"),
        ("pos", '{"tokens": ["a", ""]}', "token 2 is empty"),
        ("pos", '{"tokens": "a b"}', "tokens is not a list of strings"),
        ("pos", '{"tokens": [1]}', "tokens is not a list of strings"),
        ("pos", '{"text": 1}', "text is int, expected text"),
        ("pos", '{"tokens": ["a"], "labels": ["X", "X"]}', "2 labels, expected 1"),
        ("pos", '{"tokens": ["a"], "labels": [3]}', "labels is not a list of strings"),
        ("pos", '{"tokens": ["a", "b"], "labels": ["NN", ""]}', "label 2 is empty"),
        ("pos", '{"tokens": ["a"], "confidences": [1, 1]}', "2 confidences, expected 1"),
        ("pos", '{"tokens": ["a"], "confidences": [1.5]}', "confidence 1.5, expected a number from 0 to 1"),
        ("pos", '{"tokens": ["a"], "confidences": [NaN]}', "confidence nan"),
        ("pos", '{"tokens": ["a"], "confidences": [true]}', "confidence True"),
        ("pos", '{"tokens": ["a"], "meta": 3}', "meta is not an object"),
        ("topic", "{}", "no text, expected a field text"),
        ("nli", '{"premise": "p"}', "no hypothesis"),
        ("nli", '{"hypothesis": "p"}', "no text, expected a field premise or text"),
        ("nli", '{"premise": "p", "hypothesis": "h", "labels": [""]}', "label 1 is empty"),
        ("nli", '{"premise": "p", "hypothesis": "h", "label": 1}', "names, not class numbers"),
    ],
)
def test_jsonl_errors_name_the_line(tmp_path: Path, task: TaskName, line: str, said: str) -> None:
    good = '{"tokens": ["a"], "text": "a", "premise": "a", "hypothesis": "b"}\n'
    with pytest.raises(FormatError, match=said) as caught:
        read(tmp_path, "jsonl", good + "\n" + line, task)
    assert caught.value.line == 3


def test_astral_characters_as_escaped_pairs_are_fine(tmp_path: Path) -> None:
    (record,) = read(tmp_path, "jsonl", '{"text": "\\ud83d\\ude00"}', "topic")
    assert record.instance.text == "\U0001f600"


@pytest.mark.parametrize("meta", [{"k": object()}, {"k": float("nan")}])
@pytest.mark.parametrize("name", ["jsonl", "parquet"])
def test_meta_that_is_not_json_is_refused(name: str, meta: dict[str, object]) -> None:
    with pytest.raises(StudioError, match=f"cannot be written as {name}"):
        write(name, [Record(Instance(0, "dev", (), "a", meta=meta))], "topic")


@pytest.mark.parametrize("name", ["jsonl", "parquet", "text", "csv"])
def test_half_characters_are_refused(name: str) -> None:
    with pytest.raises(StudioError, match="surrogate"):
        write(name, [Record(Instance(0, "dev", ("\ud800",), "\ud800"))], "pos")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_csv_separators_from_a_spreadsheet(tmp_path: Path, delimiter: str, bom: str) -> None:
    rows = [["tokens", "labels", "split"], ["a b", "O B-PER", "dev"], ["c", "", ""]]
    content = bom + "".join(delimiter.join(row) + "\r\n" for row in rows)
    first, second = read(tmp_path, "csv", content, "ner")
    assert first == Record(Instance(0, "dev", ("a", "b"), "a b"), ("O", "B-PER"))
    assert second == Record(Instance(1, "test", ("c",), "c"))


def test_csv_of_texts_pairs_and_line_breaks(tmp_path: Path) -> None:
    (topic,) = read(tmp_path, "csv", 'text,label\n"one, ""two""\nthree",sport\n', "topic")
    assert (topic.instance.text, topic.labels) == ('one, "two"\nthree', ("sport",))
    (pair,) = read(tmp_path, "csv", "premise;hypothesis;label\na, b;c;neutral\n", "nli")
    assert (pair.instance.text, pair.instance.text_b, pair.labels) == ("a, b", "c", ("neutral",))
    (plain,) = read(tmp_path, "csv", "text,confidence,meta\na b,high,?\n", "pos")
    assert (plain.instance.tokens, plain.labels) == (("a", "b"), None)


@pytest.mark.parametrize(
    ("task", "content", "line", "said"),
    [
        ("pos", "a,b\nc,d\n", 1, "no column tokens or words"),
        ("nli", "premise,label\na,neutral\n", 1, "no column text_b or hypothesis"),
        ("pos", "tokens,labels\na b,X\n", 2, "1 labels, expected 2"),
        ("pos", "tokens,labels\na  b,X X\n", 2, "token 2 is empty"),
        ("pos", "tokens,labels\na,X\nb c,NN \n", 3, "label 2 is empty"),
        ("topic", "text,label\na,b,c\n", 2, "3 columns, expected 2"),
        ("topic", "text,label\n", 0, "no sentence or row"),
    ],
)
def test_csv_errors(tmp_path: Path, task: TaskName, content: str, line: int, said: str) -> None:
    with pytest.raises(FormatError, match=said) as caught:
        read(tmp_path, "csv", content, task)
    assert caught.value.line == line


def test_csv_refuses_tokens_with_spaces_and_empty_texts() -> None:
    with pytest.raises(StudioError, match="holds ' '"):
        write("csv", [Record(Instance(0, "dev", ("a b",), "a b"))], "pos")
    with pytest.raises(StudioError, match="is empty"):
        write("csv", [Record(Instance(0, "dev", (), "a"))], "nli")


def test_parquet_reads_foreign_columns_over_many_batches(tmp_path: Path) -> None:
    table = pyarrow.table({"words": [["a", "b"]] * 3000, "tags": [["O", "B-PER"]] * 3000})
    parquet.write_table(table, tmp_path / "x.parquet")
    records = list(formats["parquet"].read(tmp_path / "x.parquet", task="ner", split="train"))
    assert len(records) == 3000
    assert records[2999] == Record(Instance(2999, "train", ("a", "b"), "a b"), ("O", "B-PER"))


def test_parquet_errors_name_the_row(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="x: not a readable Parquet file"):
        read(tmp_path, "parquet", b"PAR1 nonsense", "ner")
    for columns, said in (
        ({"tokens": [["a"], ["b"]], "labels": [["O"], [""]]}, "x.parquet:2: label 1 is empty"),
        ({"tokens": [["a"]], "meta": ["{"]}, "x.parquet:1: meta is not valid JSON"),
    ):
        parquet.write_table(pyarrow.table(columns), tmp_path / "x.parquet")
        with pytest.raises(FormatError, match=said):
            list(formats["parquet"].read(tmp_path / "x.parquet", task="ner", split="train"))


def test_text_keeps_lines_and_splits_words(tmp_path: Path) -> None:
    first, second = read(tmp_path, "text", "\ufeff  a\u00a0b c \r\n\r\n \u00a0\nd\u2028e\n", "pos")
    assert first == Record(Instance(0, "test", ("a", "b", "c"), "  a\u00a0b c "))
    assert second.instance == Instance(1, "test", ("d", "e"), "d\u2028e")
    (topic,) = read(tmp_path, "text", "a b", "topic")
    assert topic.instance == Instance(0, "test", (), "a b")


def test_text_writes_the_text_only_and_refuses_what_would_change_it() -> None:
    record = Record(Instance(0, "dev", ("Hi", "."), "Hi."), ("INTJ", "PUNCT"))
    assert write("text", [record], "pos") == b"Hi .\n"
    for bad in (
        Instance(0, "dev", ("a b",), "a b"),
        Instance(0, "dev", (), " "),
        Instance(0, "dev", (), "a\nb"),
        Instance(0, "dev", (), "a", "b"),
    ):
        with pytest.raises(StudioError, match="cannot be written as text"):
            write("text", [Record(bad)], "topic")
