"""bio, iob2 and word_TAG tables."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from core.errors import FormatError, StudioError
from core.formats import formats
from core.formats.labels import is_known
from core.types import Instance, Record, TaskName


def read(folder: Path, name: str, content: str | bytes, task: TaskName = "ner") -> list[Record]:
    path = folder / "x.txt"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(formats[name].read(path, task=task, split="test", name="upload.txt"))


def write(name: str, records: list[Record], task: TaskName = "ner") -> str:
    out = io.BytesIO()
    formats[name].write(records, out, task=task)
    return out.getvalue().decode()


BIO = "Ana B-PER\nsings O\n\nLagos B-LOC\n. O\n\n"


def test_bio_reads_and_writes_the_same_bytes(tmp_path: Path) -> None:
    records = read(tmp_path, "bio", BIO)
    assert records[0] == Record(Instance(0, "test", ("Ana", "sings"), "Ana sings"), ("B-PER", "O"))
    assert records[1].instance.position == 1
    assert write("bio", records) == BIO


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + BIO,
        BIO.replace("\n", "\r\n"),
        BIO.replace(" ", "\t"),
        "\n\n" + BIO,
        BIO.removesuffix("\n\n"),
        BIO.replace("\n\nLagos", "\n \n\t\nLagos"),
    ],
    ids=["bom", "crlf", "tab", "leading-blank", "no-final-newline", "space-line"],
)
def test_bio_variants_are_the_same_records(tmp_path: Path, content: str) -> None:
    assert write("bio", read(tmp_path, "bio", content)) == BIO


def test_illegal_bio_in_gold_is_kept(tmp_path: Path) -> None:
    (record,) = read(tmp_path, "bio", "a O\nb I-PER\nc I-LOC\n")
    assert record.labels == ("O", "I-PER", "I-LOC")


def test_bio_carries_pos_and_a_tab_lets_a_token_hold_a_space(tmp_path: Path) -> None:
    (record,) = read(tmp_path, "bio", "New York\tPROPN\n#\tSYM\n", "pos")
    assert record.instance.tokens == ("New York", "#")
    with pytest.raises(StudioError, match="'New York' holds ' '"):
        write("bio", [record], "pos")


def test_line_separators_inside_a_line_are_text(tmp_path: Path) -> None:
    (record,) = read(tmp_path, "bio", "a\u2028b O\nc\u0085d O\ne\x0cf O\ng\u00a0h O\n")
    assert record.instance.tokens == ("a\u2028b", "c\u0085d", "e\x0cf", "g\u00a0h")


def test_a_first_token_that_begins_with_a_bom_survives(tmp_path: Path) -> None:
    record = Record(Instance(0, "test", ("\ufeffa",), "\ufeffa"), ("O",))
    assert read(tmp_path, "bio", write("bio", [record])) == [record]


def test_only_underscores_are_no_labels(tmp_path: Path) -> None:
    for name, content in (("bio", "a _\nb _\n"), ("iob2", "1\ta\t_\t-\t-\n")):
        (record,) = read(tmp_path, name, content)
        assert record.labels is None
        assert read(tmp_path, name, write(name, [record]))[0].labels is None


@pytest.mark.parametrize(
    ("task", "content", "line", "said"),
    [
        ("ner", "a O\nb\n", 2, "1 column, expected a token and a tag"),
        ("ner", "a O\nb X O\n", 2, "3 columns"),
        ("ner", "a\tb\tO\n", 1, "3 columns"),
        ("ner", "a O\n\n O\n", 3, "empty token"),
        ("ner", "a O\n\nb \n", 3, "empty tag"),
        ("ner", b"a O\n\xff O\n", 2, "byte 1 of the line is not UTF-8"),
        ("ner", "a O\n".encode("utf-16"), 1, "not UTF-8"),
        ("ner", "a O\n".encode("utf-16-le"), 1, "UTF-16"),
        ("ner", "", 0, "empty"),
        ("ner", "\n \n", 0, "no sentence"),
    ],
)
def test_bio_errors_name_file_and_line(
    tmp_path: Path, task: TaskName, content: str | bytes, line: int, said: str
) -> None:
    with pytest.raises(FormatError, match=said) as caught:
        read(tmp_path, "bio", content, task)
    assert (caught.value.path, caught.value.line) == ("upload.txt", line)
    assert caught.value.hint


IOB2 = (
    "# sent_id = s-1\n# text = Ana Lu sings.\n# note\n1\tAna Lu\tB-PER\tB-PER#O\tx\n2\tsings\tO\tO#O\tx\n\n"
)


def test_iob2_keeps_text_and_sent_id(tmp_path: Path) -> None:
    (record,) = read(tmp_path, "iob2", "# alone\n\n" + IOB2)
    expected = Instance(0, "test", ("Ana Lu", "sings"), "Ana Lu sings.", meta={"sent_id": "s-1"})
    assert record == Record(expected, ("B-PER", "O"))
    assert read(tmp_path, "iob2", write("iob2", [record])) == [record]


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (IOB2 + "1\ta\tO\t-\n", 7, "4 columns, expected 5"),
        (IOB2 + "1\t\tO\t-\t-\n", 7, "empty token"),
        (IOB2 + "1\ta\t\t-\t-\n", 7, "empty tag"),
        ("# text = x\n", 0, "no sentence"),
    ],
)
def test_iob2_errors(tmp_path: Path, content: str, line: int, said: str) -> None:
    with pytest.raises(FormatError, match=said) as caught:
        read(tmp_path, "iob2", content)
    assert caught.value.line == line


HEADER = "input\toutput\tlanguage\n"
ROWS = HEADER + 'a snake_case .\ta_O snake_case_B-PER ._O\thau\n" x "\t"_O x_O "_O\thau\n'


def test_wordtag_splits_at_the_last_underscore_and_knows_no_quotes(tmp_path: Path) -> None:
    first, second = read(tmp_path, "wordtag", ROWS)
    assert first.instance.tokens == ("a", "snake_case", ".")
    assert first.labels == ("O", "B-PER", "O")
    assert second.instance == Instance(1, "test", ('"', "x", '"'), '" x "', meta={"language": "hau"})
    assert write("wordtag", [first, second]) == ROWS


def test_wordtag_keeps_the_space_at_the_end_and_needs_no_final_newline(tmp_path: Path) -> None:
    content = HEADER + "a b \ta_DET b_NOUN \tgsw\n"
    (record,) = read(tmp_path, "wordtag", content.removesuffix("\n"), "pos")
    assert record.instance.text == "a b "
    assert record.instance.tokens == ("a", "b")
    assert write("wordtag", [record], "pos") == content


def test_wordtag_without_output_has_no_labels(tmp_path: Path) -> None:
    (record,) = read(tmp_path, "wordtag", HEADER + "a b\t\t\n")
    assert record == Record(Instance(0, "test", ("a", "b"), "a b"))
    assert write("wordtag", [record]) == HEADER + "a b\t\t\n"


def test_wordtag_writes_the_tokens_where_the_text_is_not_them() -> None:
    record = Record(Instance(0, "test", ("Hi", "."), "Hi."), ("INTJ", "PUNCT"))
    assert write("wordtag", [record], "pos") == HEADER + "Hi .\tHi_INTJ ._PUNCT\t\n"


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("input\toutput\na\ta_O\n", 1, "expected the columns input, output, language"),
        (HEADER + "a\ta_O\n", 2, "2 columns, expected 3"),
        (HEADER + "a\ta_O\tx\n" + "a b\ta_O\tx\n", 3, "2 words in input, 1 in output"),
        (HEADER + "a b\ta_O b\tx\n", 2, "'b' in column output, expected word_TAG"),
        (HEADER + "a b\ta_O  b_O\tx\n", 2, "'' in column output"),
        (HEADER + "a\t_O\tx\n", 2, "'_O' in column output"),
        (HEADER + "a\ta_\tx\n", 2, "'a_' in column output"),
        (HEADER + "a b\ta_O c_O\tx\n", 2, "the word 'b' of the input is 'c' in the output"),
        (HEADER + " \t\tx\n", 2, "empty input"),
        (HEADER, 0, "expected rows after the header"),
    ],
)
def test_wordtag_errors(tmp_path: Path, content: str, line: int, said: str) -> None:
    with pytest.raises(FormatError, match=said) as caught:
        read(tmp_path, "wordtag", content)
    assert caught.value.line == line


@pytest.mark.parametrize("name", ["bio", "iob2", "wordtag"])
@pytest.mark.parametrize(
    "record",
    [
        Record(Instance(3, "dev", ("a\nb",), "x"), ("O",)),
        Record(Instance(3, "dev", (), "x")),
        Record(Instance(3, "dev", ("a", "b"), "a b"), ("O",)),
        Record(Instance(3, "dev", ("a",), "a"), ("B PER",)),
        Record(Instance(3, "dev", ("a",), "a"), ("_",)),
        Record(Instance(3, "dev", ("\udc00",), "a"), ("O",)),
    ],
)
def test_what_they_cannot_say_is_refused(name: str, record: Record) -> None:
    with pytest.raises(StudioError, match=f"instance 3 cannot be written as {name}"):
        write(name, [record])


@pytest.mark.parametrize(
    ("task", "known", "unknown"),
    [
        ("pos", ("NOUN", "X"), ("NN", "noun", "_", "")),
        ("ner", ("O", "B-PER", "I-x"), ("S-PER", "PER", "B-", "_", "")),
        ("nli", ("neutral",), ("Neutral", "1", "")),
        ("topic", ("sport", "_"), ("",)),
    ],
)
def test_which_labels_a_task_knows(task: TaskName, known: tuple[str, ...], unknown: tuple[str, ...]) -> None:
    assert all(is_known(task, label) for label in known)
    assert not any(is_known(task, label) for label in unknown)
