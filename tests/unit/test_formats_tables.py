"""Pairs and documents: nli, sib200, masakhanews, and the two quoting conventions."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from core.errors import FormatError, StudioError
from core.formats import formats
from core.types import Instance, Record, TaskName


def read(folder: Path, name: str, content: str | bytes, task: TaskName) -> list[Record]:
    path = folder / "x.tsv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(formats[name].read(path, task=task, split="test"))


def write(name: str, records: list[Record], task: TaskName) -> str:
    out = io.BytesIO()
    formats[name].write(records, out, task=task)
    return out.getvalue().decode()


RELEASE = 'premise\thypothesis\toutput\tlanguage\n"a ""b"""\tc\tneutral\tgn\n'
AMERICAS = (
    'id\tlanguage\tpremise\thypothesis\tlabel\n7\tgn\t"a ""b"""\tc\tneutral\n7\taym\t \t"d\tentailment\n'
)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_release_pairs_are_csv_quoted(tmp_path: Path, end: str) -> None:
    (record,) = read(tmp_path, "nli", RELEASE.replace("\n", end), "nli")
    assert record == Record(Instance(0, "test", (), 'a "b"', "c", {"language": "gn"}), ("neutral",))
    assert write("nli", [record], "nli") == RELEASE


def test_americasnli_is_not_quoted_and_may_have_a_premise_of_one_space(tmp_path: Path) -> None:
    first, second = read(tmp_path, "nli", AMERICAS, "nli")
    assert first.instance.text == '"a ""b"""'
    assert first.instance.meta == {"id": "7", "language": "gn"}
    assert (second.instance.text, second.instance.text_b) == (" ", '"d')
    assert write("nli", [first, second], "nli") == AMERICAS


def test_generic_header_in_any_order_and_without_label(tmp_path: Path) -> None:
    (record,) = read(tmp_path, "nli", "label\thypothesis\tpremise\tnote\nneutral\th\t p\tx\n", "nli")
    assert record == Record(Instance(0, "test", (), " p", "h", {"note": "x"}), ("neutral",))
    (bare,) = read(tmp_path, "nli", "premise\thypothesis\na\tb", "nli")
    assert bare.labels is None


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("premise\toutput\na\tneutral\n", 1, "no column hypothesis in the header"),
        ("premise\thypothesis\tpremise\na\tb\tc\n", 1, "named twice"),
        (RELEASE + "a\tb\n", 3, "2 columns, expected 4"),
        (RELEASE + '"a\nb"\tc\n', 3, "2 columns, expected 4"),
        (RELEASE + '"a\tb\tneutral\tgn\n\n', 3, "quotes"),
        (RELEASE + '"a"b\tc\tneutral\tgn\n', 3, "quotes"),
        (RELEASE + "\tb\tneutral\tgn\n", 3, "empty premise"),
        (RELEASE + "a\t\tneutral\tgn\n", 3, "empty hypothesis"),
        (AMERICAS + "1\tgn\ta\tneutral\n", 4, "4 columns, expected 5"),
        (RELEASE.encode() + b"\xe9\tb\tneutral\tgn\n", 3, "not UTF-8"),
        ("premise\thypothesis\n", 0, "expected rows after the header"),
        ("", 0, "empty"),
    ],
)
def test_nli_errors(tmp_path: Path, content: str | bytes, line: int, said: str) -> None:
    with pytest.raises(FormatError, match=said) as caught:
        read(tmp_path, "nli", content, "nli")
    assert (caught.value.path, caught.value.line) == ("x.tsv", line)
    assert caught.value.hint


def test_unquoted_pairs_cannot_say_a_tab() -> None:
    meta = {"id": "1", "language": "gn"}
    with pytest.raises(StudioError, match="cannot be written as nli"):
        write("nli", [Record(Instance(0, "dev", (), "a\tb", "c", meta))], "nli")


def test_a_pair_needs_both_halves() -> None:
    with pytest.raises(StudioError, match="not a premise with a hypothesis"):
        write("nli", [Record(Instance(0, "dev", (), "a"))], "nli")


def test_sib200_keeps_index_and_doubled_quotes(tmp_path: Path) -> None:
    content = 'index_id\tcategory\ttext\n12\ttravel\t"Say ""hi"", now"\n13\t\tplain\n'
    first, second = read(tmp_path, "sib200", content, "topic")
    assert first == Record(Instance(0, "test", (), 'Say "hi", now', meta={"index_id": "12"}), ("travel",))
    assert second.labels is None
    assert write("sib200", [first, second], "topic") == content


NEWS = 'category\theadline\ttext\turl\nsport\tH\t"one\n\ntwo\u2028three"\thttp://x\nsport\tH\tfour\t\n'


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_news_has_line_breaks_inside_fields(tmp_path: Path, end: str) -> None:
    first, second = read(tmp_path, "masakhanews", NEWS.replace("\n", end), "topic")
    assert first.instance.text == f"one{end}{end}two\u2028three"
    assert first.instance.meta == {"headline": "H", "url": "http://x"}
    assert (second.instance.position, second.instance.text) == (1, "four")


def test_news_round_trip_few_shot_and_repeated_rows(tmp_path: Path) -> None:
    assert write("masakhanews", read(tmp_path, "masakhanews", NEWS, "topic"), "topic") == NEWS
    few = "category\theadline\ttext\nsport\tH\ta\nsport\tH\ta\n"
    records = read(tmp_path, "masakhanews", few, "topic")
    assert [record.instance.meta for record in records] == [{"headline": "H"}] * 2


def test_an_error_after_a_field_of_many_lines_names_the_right_line(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="1 column, expected 4") as caught:
        read(tmp_path, "masakhanews", NEWS + "broken\n", "topic")
    assert caught.value.line == 6


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("sib200", "index_id\ttext\n1\ta\n", "no column category"),
        ("masakhanews", "category\ttext\nx\ta\n", "no column headline"),
        ("sib200", "index_id\tcategory\ttext\n1\tx\t\n", "empty text"),
    ],
)
def test_topic_errors(tmp_path: Path, name: str, content: str, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        read(tmp_path, name, content, "topic")


@pytest.mark.parametrize("name", ["sib200", "masakhanews"])
@pytest.mark.parametrize(
    "record",
    [
        Record(Instance(0, "d", (), "")),
        Record(Instance(0, "d", (), "a\x00")),
        Record(Instance(0, "d", (), "\ud800")),
    ],
)
def test_topic_tables_refuse(name: str, record: Record) -> None:
    with pytest.raises(StudioError, match=f"cannot be written as {name}"):
        write(name, [record], "topic")


def test_one_quoting_cannot_read_both(tmp_path: Path) -> None:
    quoted, plain = '"x ""y"""', "premise\thypothesis\n{}\th\n"
    (record,) = read(tmp_path, "nli", plain.format(quoted), "nli")
    assert record.instance.text == 'x "y"'
    table = f"input\toutput\tlanguage\n{quoted}\t" + '"x_X ""y"""_X\tfo\n'
    (row,) = read(tmp_path, "wordtag", table, "pos")
    assert row.instance.tokens == ('"x', '""y"""')
