"""What every registered format keeps to; a new format is tested by being registered."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import FormatError
from core.formats import Format, formats
from core.formats.detect import detect
from core.types import Instance, Labels, ReadOptions, Record, TaskName

LABELS: dict[TaskName, Labels] = {
    "pos": ("NOUN", "VERB"),
    "ner": ("B-PER", "O"),
    "nli": ("neutral",),
    "topic": ("sport",),
}
EACH = [(name, task) for name in formats for task in formats[name].tasks]
PARTS = pytest.mark.parametrize(("name", "task"), EACH)


UNLABELLED = ("mafand", "parallel", "text")
"""Formats that hold no labels: they leave them out."""
MADE_BY_HAND = ("parallel",)
"""Formats that one file alone is never taken for."""


def example(task: TaskName, labels: Labels | None = None) -> list[Record]:
    tokens = ("Ána", "sings") if task in ("pos", "ner") else ()
    other = "She sings" if task == "nli" else None
    meta = {"translations": {"eng": "She sings"}}
    return [Record(Instance(n, "dev", tokens, "Ána sings", other, meta), labels) for n in range(3)]


def labelled(task: TaskName) -> list[Record]:
    return example(task, LABELS[task])


def write(part: Format, records: list[Record], task: TaskName) -> bytes:
    out = io.BytesIO()
    part.write(iter(records), out, task=task)
    return out.getvalue()


def put(folder: Path, part: Format, content: bytes) -> Path:
    path = folder / f"x{part.suffixes[0]}"
    path.write_bytes(content)
    return path


def read(part: Format, path: Path, task: TaskName, name: str | None = None) -> list[Record]:
    """The records of a file; a format of two files gets the same one twice."""
    options = ReadOptions(partner=str(path), partner_language="eng")
    return list(part.read(path, task=task, split="dev", name=name, options=options))


def bare(records: list[Record]) -> list[Record]:
    return [replace(item, instance=replace(item.instance, raw=None, meta={})) for item in records]


def test_the_promised_formats_are_there() -> None:
    promised = (
        "conllu bio iob2 wordtag nli sib200 masakhanews jsonl text csv parquet responses mafand parallel"
    )
    assert set(promised.split()) <= set(formats)


@pytest.mark.parametrize("name", list(formats))
def test_a_format_describes_itself(name: str) -> None:
    part = formats[name]
    assert part.name == name
    assert part.title
    assert part.tasks
    assert all(suffix.startswith(".") for suffix in part.suffixes)
    assert type(part).__doc__


@PARTS
def test_what_is_written_is_read_back(tmp_path: Path, name: str, task: TaskName) -> None:
    path = put(tmp_path, formats[name], write(formats[name], labelled(task), task))
    expected = example(task) if name in UNLABELLED else labelled(task)
    assert bare(read(formats[name], path, task)) == bare(expected)


@PARTS
def test_what_is_written_is_detected(tmp_path: Path, name: str, task: TaskName) -> None:
    path = put(tmp_path, formats[name], write(formats[name], labelled(task), task))
    assert (detect(path, task) == name) is (name not in MADE_BY_HAND)


@PARTS
def test_no_labels_are_no_labels(tmp_path: Path, name: str, task: TaskName) -> None:
    path = put(tmp_path, formats[name], write(formats[name], example(task), task))
    assert bare(read(formats[name], path, task)) == bare(example(task))


@PARTS
def test_labels_nobody_knows_are_read_as_they_stand(tmp_path: Path, name: str, task: TaskName) -> None:
    odd: Labels = ("NN", "Q-ß") if task in ("pos", "ner") else ("perhaps",)
    path = put(tmp_path, formats[name], write(formats[name], example(task, odd), task))
    assert {item.labels for item in read(formats[name], path, task)} == {None if name in UNLABELLED else odd}


@PARTS
def test_every_record_says_its_lines(tmp_path: Path, name: str, task: TaskName) -> None:
    path = put(tmp_path, formats[name], write(formats[name], labelled(task), task))
    records = read(formats[name], path, task)
    lines = [line for record in records for line in record.lines]
    assert lines == sorted(set(lines))
    assert lines[0] in (1, 2, 3)
    per_token = name in ("bio", "iob2", "conllu")
    assert all(len(item.lines) == (len(item.instance.tokens) if per_token else 1) for item in records)
    if per_token:
        found = path.read_text("utf8").split("\n")
        for record in records:
            for token, line in zip(record.instance.tokens, record.lines, strict=True):
                assert token in found[line - 1]


@pytest.mark.parametrize("name", list(formats))
@pytest.mark.parametrize("head", ["", "\n", "a", "\t\t\t", "{", "[", "%PDF-1.7\ufffd", "a,b\n", '"', "#"])
def test_sniff_is_a_percentage(name: str, head: str) -> None:
    for filename in ("x", *(f"x{suffix}" for suffix in formats[name].suffixes)):
        assert 0 <= formats[name].sniff(head, Path(filename)) <= 100


@PARTS
def test_bytes_that_are_not_text_are_one_clear_error(tmp_path: Path, name: str, task: TaskName) -> None:
    part = formats[name]
    content = write(part, labelled(task), task)
    broken = content[:10] if name == "parquet" else content.replace(b"\n", b"\n\xff", 1)
    with pytest.raises(FormatError) as caught:
        read(part, put(tmp_path, part, broken), task, "mine.txt")
    assert caught.value.path == "mine.txt"
    assert caught.value.line == (0 if name == "parquet" else 2)
    assert str(caught.value).startswith("mine.txt")
    assert caught.value.hint


@PARTS
@pytest.mark.parametrize("content", [b"", b"\n", b"\x00\x01\x02\xff", b"\xef\xbb\xbf"])
def test_nothing_and_garbage_are_one_clear_error(
    tmp_path: Path, name: str, task: TaskName, content: bytes
) -> None:
    with pytest.raises(FormatError) as caught:
        read(formats[name], put(tmp_path, formats[name], content), task)
    assert caught.value.hint


BROKEN: dict[str, tuple[TaskName, str, int]] = {
    "conllu": ("pos", "1\ta\t_\tNOUN" + "\t_" * 6 + "\n2\tb\n", 2),
    "bio": ("ner", "a O\nb\n", 2),
    "iob2": ("ner", "1\ta\tO\t-\t-\n2\tb\t\t-\t-\n", 2),
    "wordtag": ("pos", "input\toutput\tlanguage\na b\ta_X\tfo\n", 2),
    "nli": ("nli", "premise\thypothesis\toutput\na\tb\n", 2),
    "sib200": ("topic", "index_id\tcategory\ttext\n1\ta\n", 2),
    "masakhanews": ("topic", 'category\theadline\ttext\na\t"b\n', 2),
    "jsonl": ("topic", '{"text": "a"}\n{"text": }\n', 2),
    "mafand": ("pos", "eng\tund\na\n", 2),
    "parallel": ("pos", "a\nb\0\n", 2),
    "csv": ("topic", "text,label\na,b,c\n", 2),
    "responses": ("pos", '{"input": "a", "output": "a_X", "pred_labels": []}\n{}\n', 2),
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_broken_file_names_its_line(tmp_path: Path, name: str) -> None:
    task, content, line = BROKEN[name]
    with pytest.raises(FormatError) as caught:
        read(formats[name], put(tmp_path, formats[name], content.encode()), task)
    assert caught.value.line == line
    assert caught.value.hint
