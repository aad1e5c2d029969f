"""CoNLL-U: words, labels, and blocks of the file kept byte for byte."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import FormatError, StudioError
from core.formats import formats
from core.types import Instance, Record

CONLLU = formats["conllu"]


def row(word: str, form: str, upos: str, misc: str = "_") -> str:
    return "\t".join([word, form, "lemma", upos, "x", "A=b", "0", "root", "_", misc])


DOG = "# sent_id = d-1\n# text = Der Hund.\n" + "\n".join(
    [row("1", "Der", "DET"), row("2", "Hund", "NOUN", "SpaceAfter=No"), row("3", ".", "PUNCT"), "", ""]
)
CAT = "\n".join([row("1", "Ei", "DET"), row("2", "katt", "NOUN"), "", ""])


def read(folder: Path, content: str | bytes) -> list[Record]:
    path = folder / "x.conllu"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(CONLLU.read(path, task="pos", split="test"))


def write(records: list[Record]) -> str:
    out = io.BytesIO()
    CONLLU.write(records, out, task="pos")
    return out.getvalue().decode()


def test_words_labels_text_and_sent_id(tmp_path: Path) -> None:
    first, second = read(tmp_path, DOG + CAT)
    assert first.instance == Instance(
        0, "test", ("Der", "Hund", "."), "Der Hund.", meta={"sent_id": "d-1"}, raw=DOG
    )
    assert first.labels == ("DET", "NOUN", "PUNCT")
    assert (second.instance.position, second.instance.text) == (1, "Ei katt")


def test_ranges_and_empty_nodes_are_not_words(tmp_path: Path) -> None:
    rows = [row("1-2", "zum", "_"), row("1", "zu", "ADP"), row("2", "dem", "DET"), row("2.1", "x", "VERB")]
    (record,) = read(tmp_path, "\n".join([row("0.1", "e", "X"), *rows, "", ""]))
    assert record.instance.tokens == ("zu", "dem")
    assert record.labels == ("ADP", "DET")
    assert write([replace(record, labels=("ADP", "PRON"))]).count("VERB") == 1


def test_spaces_inside_a_form_and_odd_characters_stay(tmp_path: Path) -> None:
    forms = ["10 000", "a\u00a0b", "x\u200by", "\u2028", "e\u0301", "\ufeffz"]
    content = "\n".join([row(str(n), form, "X") for n, form in enumerate(forms, 1)] + ["", ""])
    (record,) = read(tmp_path, content)
    assert record.instance.tokens == tuple(forms)
    assert write([record]) == content


@pytest.mark.parametrize(
    "content",
    [
        DOG + CAT,
        (DOG + CAT).replace("\n", "\r\n"),
        (DOG + CAT).removesuffix("\n"),
        (DOG + CAT).removesuffix("\n\n"),
        "\ufeff" + DOG + CAT,
        "\n\n# newdoc\n\n" + DOG + "\n\n" + CAT + "\n\n",
        DOG + CAT + "# the end\n# of it",
        DOG + " \t\n" + CAT,
        "\ufeff\n" + DOG + "# alone\n\n" + CAT,
    ],
    ids=["plain", "crlf", "no-blank-end", "no-newline", "bom", "extra-blanks", "tail", "spaces", "bom-blank"],
)
def test_raws_are_the_file_and_writing_gives_it_back(tmp_path: Path, content: str) -> None:
    records = read(tmp_path, content)
    assert "".join(record.instance.raw or "" for record in records) == content
    assert write(records) == content
    assert [record.labels for record in records] == [("DET", "NOUN", "PUNCT"), ("DET", "NOUN")]
    assert records[0].instance.text == "Der Hund."


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_only_the_upos_column_changes(tmp_path: Path, end: str, bom: str) -> None:
    content = bom + CAT.replace("\n", end)
    (record,) = read(tmp_path, content)
    assert write([replace(record, labels=("PRON", "NOUN"))]) == content.replace("DET", "PRON")
    assert write([replace(record, labels=None)]) == content.replace("DET", "_").replace("NOUN", "_")


def test_no_upos_anywhere_is_no_labels_and_some_is_read_as_it_stands(tmp_path: Path) -> None:
    content = CAT.replace("DET", "_").replace("NOUN", "_")
    (record,) = read(tmp_path, content)
    assert record.labels is None
    assert write([record]) == content
    (partly,) = read(tmp_path, CAT.replace("NOUN", "_"))
    assert partly.labels == ("DET", "_")
    assert write([partly]) == CAT.replace("NOUN", "_")


def test_a_last_block_cut_short_is_closed_before_another(tmp_path: Path) -> None:
    for cut in (CAT, CAT.removesuffix("\n"), CAT.removesuffix("\n\n")):
        for end in ("\n", "\r\n"):
            (short,) = read(tmp_path, "\ufeff" + cut.replace("\n", end))
            text = write([short, short])
            assert text == "\ufeff" + CAT.replace("\n", end) + cut.replace("\n", end)
            assert len(read(tmp_path, text)) == 2


def test_without_raw_it_is_written_anew(tmp_path: Path) -> None:
    record = Record(Instance(4, "dev", ("a b", "c"), "a bc", meta={"sent_id": "s 1"}), ("NOUN", "X"))
    text = write([record])
    assert text.startswith("# sent_id = s 1\n# text = a bc\n1\ta b\t_\tNOUN\t")
    (again,) = read(tmp_path, text)
    assert (again.instance.tokens, again.instance.text, again.labels) == (("a b", "c"), "a bc", ("NOUN", "X"))


def test_raw_that_is_not_this_sentence_is_not_used() -> None:
    foreign = Record(Instance(0, "dev", ("a",), "a", raw="a NOUN\n\n"), ("NOUN",))
    assert write([foreign]).startswith("# text = a\n1\ta\t")


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        (DOG + row("1", "a", "NOUN").removesuffix("\t_") + "\n", 7, "9 columns, expected 10"),
        (DOG + "1 a b NOUN\n", 7, "1 column, expected 10"),
        (DOG + row("1", "", "NOUN") + "\n", 7, "empty token"),
        (DOG + row("1", "a", "") + "\n", 7, r"an empty tag in column 4 \(UPOS\)"),
        (DOG.removesuffix("\n") + CAT, 6, "word number '1', expected 4"),
        (DOG + row("x", "a", "NOUN") + "\n", 7, "word number 'x', expected 1"),
        (DOG + row("1-2", "a", "_") + "\n", 7, "without words"),
        ("# only\n# comments\n", 0, "expected rows of ten"),
        ("\n\n", 0, "expected rows of ten"),
        ("", 0, "empty"),
        ("\ufeff", 0, "empty"),
        (DOG.encode() + b"1\t\xff", 7, "not UTF-8"),
        (b"\x00\x01\x02", 1, "binary"),
    ],
)
def test_broken_files_name_file_and_line(tmp_path: Path, content: str | bytes, line: int, said: str) -> None:
    with pytest.raises(FormatError, match=said) as caught:
        read(tmp_path, content)
    assert (caught.value.path, caught.value.line) == ("x.conllu", line)
    assert caught.value.hint


@pytest.mark.parametrize(
    "record",
    [
        Record(Instance(0, "dev", ("a\tb",), "x")),
        Record(Instance(0, "dev", ("a\nb",), "x")),
        Record(Instance(0, "dev", ("",), "x")),
        Record(Instance(0, "dev", (), "x")),
        Record(Instance(0, "dev", ("a",), "x\ny")),
        Record(Instance(0, "dev", ("a",), "x"), ("NOUN", "VERB")),
        Record(Instance(0, "dev", ("a",), "x"), ("",)),
        Record(Instance(0, "dev", ("a",), "x"), ("_",)),
        Record(Instance(0, "dev", ("a",), "x", raw=row("1", "a", "X")), ("NOUN", "VERB")),
        Record(Instance(0, "dev", ("a\ud800",), "x")),
    ],
)
def test_what_it_cannot_say_is_refused(record: Record) -> None:
    with pytest.raises(StudioError, match="instance 0 cannot be written as conllu") as caught:
        write([record])
    assert caught.value.hint
