"""The traps of real public files, one test each, in small: what a reader must survive unchanged."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from core.errors import FormatError
from core.formats import formats
from core.types import ReadOptions, Record, TaskName


def read(folder: Path, name: str, task: TaskName, content: str | bytes, language: str = "") -> list[Record]:
    path = folder / "x"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    options = ReadOptions(language=language)
    return list(formats[name].read(path, task=task, split="test", options=options))


def texts(records: list[Record]) -> list[str]:
    return [record.instance.text for record in records]


def test_trap_1_two_quoting_conventions(tmp_path: Path) -> None:
    field = '"a ""b"""'
    release = f"premise\thypothesis\toutput\tlanguage\n{field}\th\tneutral\tgn\n"
    americas = f"id\tlanguage\tpremise\thypothesis\tlabel\n1\tgn\t{field}\th\tneutral\n"
    wordtag = f"input\toutput\tlanguage\n{field}\t" + '"a_X ""b"""_X\tfo\n'
    assert texts(read(tmp_path, "nli", "nli", release)) == ['a "b"']
    assert texts(read(tmp_path, "nli", "nli", americas)) == [field]
    assert texts(read(tmp_path, "wordtag", "pos", wordtag)) == [field]
    assert texts(read(tmp_path, "sib200", "topic", f"index_id\tcategory\ttext\n1\tx\t{field}\n")) == ['a "b"']
    assert texts(read(tmp_path, "mafand", "pos", f"en\tgn\nx\t{field}\n", "gn")) == ['a "b"']


def test_trap_2_illegal_bio_is_kept(tmp_path: Path) -> None:
    labels = ("O", "I-PER", "I-LOC", "B-LOC")
    tokens = "abcd"
    bio = "".join(f"{token} {label}\n" for token, label in zip(tokens, labels, strict=True))
    rows = enumerate(zip(tokens, labels, strict=True), 1)
    iob2 = "".join(f"{n}\t{token}\t{label}\t-\tx\n" for n, (token, label) in rows)
    words = " ".join(f"{token}_{label}" for token, label in zip(tokens, labels, strict=True))
    wordtag = f"input\toutput\tlanguage\na b c d\t{words}\thau\n"
    for name, content in (("bio", bio), ("iob2", iob2), ("wordtag", wordtag)):
        (record,) = read(tmp_path, name, "ner", content)
        assert record.labels == labels


def test_trap_3_a_tag_set_that_lacks_a_label_is_no_fault(tmp_path: Path) -> None:
    (record,) = read(tmp_path, "bio", "ner", "2020 I-DATE\nya O\n")
    assert record.labels == ("I-DATE", "O")


def test_trap_5_a_space_at_the_end_and_a_line_of_white_space(tmp_path: Path) -> None:
    rows = "input\toutput\tlanguage\na b \ta_X b_X \tgsw\na b\ta_X b_X\tgsw\n"
    first, second = read(tmp_path, "wordtag", "pos", rows)
    assert (first.instance.text, second.instance.text) == ("a b ", "a b")
    assert first.instance.tokens == second.instance.tokens == ("a", "b")
    assert texts(read(tmp_path, "text", "pos", "a\n \t \n\u00a0\nb \n")) == ["a", "b "]


def test_trap_6_a_premise_of_one_space_and_ids_with_gaps(tmp_path: Path) -> None:
    rows = "id\tlanguage\tpremise\thypothesis\tlabel\n4\tgn\t \th\tneutral\n9\tgn\tp\th\t\n"
    first, second = read(tmp_path, "nli", "nli", rows)
    assert (first.instance.text, first.instance.meta["id"], second.instance.meta["id"]) == (" ", "4", "9")
    assert (second.instance.position, second.labels) == (1, None)


ODD = "e\u0301 \u1780\u200b\u1781 a\u00a0b \ufeffx so\u00adft \u200em\u200e n\u2028l \u0085 \u200c\u200d"
"""Decomposed, zero-width space, NBSP, BOM inside, soft hyphen, LRM, line separators, joiners."""


@pytest.mark.parametrize("name", ["text", "jsonl", "csv", "mafand", "sib200", "masakhanews", "nli", "conllu"])
def test_trap_7_every_character_stays(tmp_path: Path, name: str) -> None:
    contents: dict[str, tuple[TaskName, str]] = {
        "text": ("topic", f"{ODD}\n"),
        "jsonl": ("topic", '{"text": "' + ODD + '"}\n'),
        "csv": ("topic", f"text,label\n{ODD},x\n"),
        "mafand": ("topic", f"en\tkm\na\t{ODD}\n"),
        "sib200": ("topic", f"index_id\tcategory\ttext\n1\tx\t{ODD}\n"),
        "masakhanews": ("topic", f"category\theadline\ttext\nx\ty\t{ODD}\n"),
        "nli": ("nli", f"premise\thypothesis\n{ODD}\tb\n"),
        "conllu": ("pos", f"# text = {ODD}\n1\t{ODD}\t_\tX" + "\t_" * 6 + "\n\n"),
    }
    task, content = contents[name]
    (record,) = read(tmp_path, name, task, content, "km")
    assert record.instance.text == ODD


def test_trap_7_tokens_split_at_ascii_space_only(tmp_path: Path) -> None:
    token = ODD.replace(" ", "")
    for name, task, content in (
        ("bio", "ner", f"{token} O\n"),
        ("wordtag", "ner", f"input\toutput\tlanguage\n{token}\t{token}_O\tx\n"),
        ("csv", "pos", f"tokens,labels\n{token},X\n"),
    ):
        (record,) = read(tmp_path, name, task, content)  # type: ignore[arg-type]
        assert record.instance.tokens == (token,)


@pytest.mark.parametrize(
    ("name", "task", "head", "row"),
    [
        ("nli", "nli", "premise\thypothesis\toutput\tlanguage\n", "p\th\tneutral\tgn\n"),
        ("masakhanews", "topic", "category\theadline\ttext\turl\n", "x\ty\tz\tu\n"),
        ("mafand", "pos", "en\tlug\n", "a b\tc d\n"),
        ("text", "pos", "", "a b\n"),
        ("bio", "ner", "", "a O\n\n"),
    ],
)
def test_trap_8_repeated_rows_are_all_kept(
    tmp_path: Path, name: str, task: TaskName, head: str, row: str
) -> None:
    records = read(tmp_path, name, task, head + row * 3, "lug")
    assert [record.instance.position for record in records] == [0, 1, 2]
    assert len(set(texts(records))) == 1


ENDLESS: list[tuple[str, TaskName, str]] = [
    ("conllu", "pos", "1\ta\t_\tX" + "\t_" * 6),
    ("bio", "ner", "a O"),
    ("iob2", "ner", "1\ta\tO\t-\t-"),
    ("wordtag", "pos", "input\toutput\tlanguage\na\ta_X\tfo"),
    ("nli", "nli", "premise\thypothesis\np\th"),
    ("sib200", "topic", "index_id\tcategory\ttext\n1\tx\ty"),
    ("masakhanews", "topic", "category\theadline\ttext\nx\ty\tz"),
    ("mafand", "pos", "en\tlug\na\tb"),
    ("csv", "topic", "text,label\na,b"),
    ("jsonl", "topic", '{"text": "a"}'),
    ("responses", "pos", '{"input": "a", "output": "a_X", "pred_labels": ["X"]}'),
    ("text", "pos", "a"),
]


@pytest.mark.parametrize(("name", "task", "content"), ENDLESS)
def test_trap_9_no_final_newline(tmp_path: Path, name: str, task: TaskName, content: str) -> None:
    (without,) = read(tmp_path, name, task, content, "lug")
    (with_one,) = read(tmp_path, name, task, content + "\n", "lug")
    (crlf,) = read(tmp_path, name, task, (content + "\n").replace("\n", "\r\n"), "lug")
    assert without.instance.text == with_one.instance.text == crlf.instance.text
    assert without.labels == with_one.labels == crlf.labels


@pytest.mark.parametrize(
    ("header", "language"), [("en\tha", "hau"), ("hau\teng", "ha"), ("spa\tgn", "grn"), ("es\taym", "ay")]
)
def test_trap_10_two_and_three_letter_codes_name_one_language(
    tmp_path: Path, header: str, language: str
) -> None:
    (record,) = read(tmp_path, "mafand", "pos", f"{header}\nx\ty\n", language)
    other = next(code for code in header.split("\t") if code in ("en", "eng", "spa", "es"))
    assert list(record.instance.meta["translations"]) == [other]  # type: ignore[call-overload]
    with pytest.raises(FormatError, match="the language of the data set is yor"):
        read(tmp_path, "mafand", "pos", f"{header}\nx\ty\n", "yor")


def test_trap_11_the_key_that_rows_share_across_languages_is_kept(tmp_path: Path) -> None:
    (topic,) = read(tmp_path, "sib200", "topic", "index_id\tcategory\ttext\n12\tx\ty\n")
    rows = "id\tlanguage\tpremise\thypothesis\tlabel\n34\tgn\tp\th\tneutral\n"
    (pair,) = read(tmp_path, "nli", "nli", rows)
    assert (topic.instance.meta["index_id"], pair.instance.meta["id"]) == ("12", "34")


def test_a_field_of_many_lines_counts_them_and_a_csv_reader_agrees(tmp_path: Path) -> None:
    content = 'category\theadline\ttext\nx\th\t"a\n\nb\u2028c"\ny\th\td\n'
    first, second = read(tmp_path, "masakhanews", "topic", content)
    assert (first.lines, second.lines) == ((2,), (5,))
    plain = list(csv.reader(io.StringIO(content, newline=""), delimiter="\t"))
    assert [row[2] for row in plain[1:]] == texts([first, second])
