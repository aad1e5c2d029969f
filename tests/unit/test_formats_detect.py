"""Telling formats and splits apart, and the shared opener."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import FormatError
from core.formats import formats, text_input
from core.formats.detect import detect, guess_split
from core.formats.text_input import numbered_lines
from core.types import TaskName

CONLLU_ROW = "1\ta\t_\tX" + "\t_" * 6 + "\n"


@pytest.mark.parametrize(
    ("filename", "task", "content", "expected"),
    [
        ("a.conllu", "pos", "# text = a\n" + CONLLU_ROW, "conllu"),
        ("a.txt", "pos", "\ufeff" + CONLLU_ROW * 2, "conllu"),
        ("a.conllu", "pos", "nothing of the kind", "conllu"),
        ("a.txt", "ner", "a O\nb B-PER\n\nc O\nd O\ne\n", "bio"),
        ("a.txt", "pos", "a NOUN\r\nb VERB\r\n", "bio"),
        ("a.txt", "ner", "a B-PER\nb\n", "bio"),
        ("a.txt", "ner", "plain text\nab O\ncd e f\n", "text"),
        ("a.txt", "ner", "a\tO\nb\tB-PER\n", "bio"),
        ("a.txt", "pos", "just a sentence\nand one more\n", "text"),
        ("a.iob2", "ner", "# text = a\n1\ta\tO\t-\t-\n", "iob2"),
        ("a.tsv", "ner", "1\ta\tO\t-\t-\n", "iob2"),
        ("a.tsv", "pos", "\ufeffinput\toutput\tlanguage\r\na\ta_X\tfo\r\n", "wordtag"),
        ("a.tsv", "nli", "premise\thypothesis\toutput\tlanguage\r\n", "nli"),
        ("a.tsv", "nli", "id\tlanguage\tpremise\thypothesis\tlabel\n", "nli"),
        ("a.csv", "nli", "premise,hypothesis,label\n", "csv"),
        ("a.tsv", "topic", "index_id\tcategory\ttext\n", "sib200"),
        ("a.tsv", "topic", "category\theadline\ttext\n", "masakhanews"),
        ("a.tsv", "topic", "text\tlabel\na\tb\n", "csv"),
        ("a.csv", "pos", "tokens;labels\na;X\n", "csv"),
        ("a.jsonl", "topic", '{"text": "a"}\n', "jsonl"),
        ("a.json", "ner", '{"tokens": ["a"]}\n', "jsonl"),
        ("a.json", "ner", '{"input": "a", "output": "a_O", "pred_labels": ["O"]}\n', "responses"),
        ("a.bin", "nli", b"PAR1\x15\x04\xff\x00", "parquet"),
    ],
)
def test_detect(tmp_path: Path, filename: str, task: TaskName, content: str | bytes, expected: str) -> None:
    path = tmp_path / filename
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    assert detect(path, task) == expected


def test_detect_says_what_was_tried(tmp_path: Path) -> None:
    path = tmp_path / "a.xyz"
    path.write_bytes(b"\x89PNG\x00\x01")
    with pytest.raises(
        FormatError, match=r"a\.xyz:1: not recognised as a nli file; tried csv, jsonl, nli, parquet"
    ):
        detect(path, "nli")


def test_detect_names_empty_and_missing_files(tmp_path: Path) -> None:
    (tmp_path / "e.tsv").touch()
    with pytest.raises(FormatError, match=r"e\.tsv: the file is empty"):
        detect(tmp_path / "e.tsv", "pos")
    with pytest.raises(FormatError, match=r"no\.tsv: cannot be opened"):
        detect(tmp_path / "no.tsv", "pos")


@pytest.mark.parametrize(
    ("filename", "split"),
    [
        ("da_ddt-ud-train.iob2", "train"),
        ("dev_en_es.tsv", "dev"),
        ("test_gn.tsv", "test"),
        ("validation.parquet", "dev"),
        ("My Train Set.CSV", "train"),
        ("train2.txt", "train"),
        ("contest.txt", "test"),
        ("devotion.txt", "test"),
        ("/home/dev/faroese.txt", "test"),
        ("data.jsonl", "test"),
    ],
)
def test_guess_split(filename: str, split: str) -> None:
    assert guess_split(filename) == split


def test_lines_end_at_line_feeds_only(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes("\ufeffa\u2028b\u0085c\x0bd\re\r\n\ufefff".encode())
    assert list(numbered_lines(path, "x")) == [(1, "a\u2028b\u0085c\x0bd\re\r\n"), (2, "\ufefff")]


def test_reading_is_lazy_and_stops_where_asked(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(b"a O\n\n" * 3 + b"broken\n")
    records = formats["bio"].read(path, task="ner", split="test")
    assert [next(records).instance.position for _ in range(3)] == [0, 1, 2]
    with pytest.raises(FormatError, match=r"x\.txt:7"):
        next(records)


def test_an_endless_line_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_input, "LONGEST_LINE", 10)
    (tmp_path / "x.txt").write_bytes(b"a O\n" + b"a" * 11)
    with pytest.raises(FormatError, match=r"x\.txt:2: the line is longer"):
        list(formats["bio"].read(tmp_path / "x.txt", task="ner", split="test"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"no\.txt: cannot be opened"):
        next(formats["bio"].read(tmp_path / "no.txt", task="ner", split="test"))
