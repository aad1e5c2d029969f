"""Sentences with translations and glosses: mafand, parallel, CoNLL-U and csv."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import FormatError, StudioError
from core.formats import formats
from core.types import Instance, ReadOptions, Record, TaskName

MAFAND = 'en\tlug\n"He said ""no""."\t"Yagamba ""nedda""."\nWhere?\t"Wa?\nWano."\n\tKale\n'


def read(path: Path, name: str, task: TaskName = "pos", **options: str) -> list[Record]:
    chosen = ReadOptions(**options)  # type: ignore[arg-type]
    return list(formats[name].read(path, task=task, split="test", options=chosen))


def put(folder: Path, content: str, name: str = "x.tsv") -> Path:
    path = folder / name
    path.write_bytes(content.encode())
    return path


def write(name: str, records: list[Record]) -> str:
    out = io.BytesIO()
    formats[name].write(records, out, task="pos")
    return out.getvalue().decode()


@pytest.mark.parametrize("language", ["lug", "lg", "LUG", "swh lug"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_mafand_takes_the_column_in_the_language_of_the_data(tmp_path: Path, language: str, end: str) -> None:
    first, second, third = read(put(tmp_path, MAFAND.replace("\n", end)), "mafand", language=language)
    meta = {"language": "lug", "translations": {"en": 'He said "no".'}}
    expected = Instance(0, "test", ("Yagamba", '"nedda".'), 'Yagamba "nedda".', meta=meta)
    assert (first, first.lines) == (Record(expected), (2,))
    assert (second.instance.text, second.lines) == (f"Wa?{end}Wano.", (3,))
    assert (third.instance.meta, third.lines) == ({"language": "lug"}, (5,))


def test_mafand_the_other_way_round_with_words_of_unicode(tmp_path: Path) -> None:
    path = put(tmp_path, MAFAND.removesuffix("\tKale\n"))
    first, _ = read(path, "mafand", language="eng", tokenization="unicode")
    assert first.instance.tokens == ("He", "said", '"', "no", '"', ".")
    assert first.instance.meta["translations"] == {"lug": 'Yagamba "nedda".'}
    (topic, _) = read(path, "mafand", "topic", language="eng")
    assert topic.instance.tokens == ()


def test_mafand_is_written_as_it_was_read(tmp_path: Path) -> None:
    records = read(put(tmp_path, MAFAND), "mafand", language="lug")
    assert write("mafand", records) == MAFAND
    swapped = read(put(tmp_path, "lug\ten\nWa?\tWhere?\n"), "mafand", language="lug")
    assert read(put(tmp_path, write("mafand", swapped)), "mafand", language="lug") == swapped


@pytest.mark.parametrize(
    ("content", "language", "line", "said"),
    [
        (MAFAND, "hau", 1, "the columns are in en and lug, and the language of the data set is hau"),
        (MAFAND, "", 1, "in en and lug, and the language of the data set was not said"),
        (MAFAND, "x-mine", 1, "in en and lug"),
        ("en\tlug\tfr\na\tb\tc\n", "en", 1, "3 columns, expected two languages"),
        ("en\na\n", "en", 1, "1 column, expected two languages"),
        ("en\ten\na\tb\n", "en", 1, "named twice"),
        ("en\tlug\na\tb\na\t \n", "lug", 3, "an empty sentence in column lug"),
        ("en\tlug\na\tb\nc\n", "lug", 3, "1 column, expected 2"),
        ('en\tlug\na\t"b\n', "lug", 2, "quotes"),
        ("en\tlug\n", "lug", 0, "expected rows"),
    ],
)
def test_mafand_errors(tmp_path: Path, content: str, language: str, line: int, said: str) -> None:
    with pytest.raises(FormatError, match=said) as caught:
        read(put(tmp_path, content), "mafand", language=language)
    assert (caught.value.line, bool(caught.value.hint)) == (line, True)


PAIR = {"translations": {"es": "Hola"}}


@pytest.mark.parametrize("name", ["mafand", "parallel"])
@pytest.mark.parametrize(
    "record",
    [
        Record(Instance(0, "dev", (), " ", meta=PAIR)),
        Record(Instance(0, "dev", (), "a", "b", meta=PAIR)),
        Record(Instance(0, "dev", (), "\ud800", meta=PAIR)),
        Record(Instance(0, "dev", (), "a\x00", meta=PAIR)),
    ],
)
def test_what_they_cannot_say_is_refused(name: str, record: Record) -> None:
    with pytest.raises(StudioError, match=f"cannot be written as {name}"):
        write(name, [record])


def test_mafand_needs_a_translation_and_parallel_a_line() -> None:
    with pytest.raises(StudioError, match="it has no translation"):
        write("mafand", [Record(Instance(0, "dev", (), "a"))])
    with pytest.raises(StudioError, match="cannot be written as parallel"):
        write("parallel", [Record(Instance(0, "dev", (), "a\nb"))])


def test_parallel_lines_become_sentences_with_translations(tmp_path: Path) -> None:
    path = put(tmp_path, "\ufeffMaba eir.\r\n\nlonely\n  \nAj\u2028a\n\n\n", "dev.gn")
    partner = put(tmp_path, "Hola\n\n \nnadie\nDos\n", "dev.es")
    first, second = read(path, "parallel", partner=str(partner), partner_language="es")
    expected = Instance(0, "test", ("Maba", "eir."), "Maba eir.", meta={"translations": {"es": "Hola"}})
    assert first == Record(expected)
    assert (second.instance.position, second.instance.text, second.lines) == (1, "Aj\u2028a", (5,))
    assert write("parallel", [first, second]) == "Maba eir.\nAj\u2028a\n"


@pytest.mark.parametrize(("here", "there"), [("a\nb\nc\n", "x\ny\n"), ("a\nb", "x\ny\nz"), ("a\n", "x\n\ny")])
def test_parallel_files_of_other_lengths_are_refused(tmp_path: Path, here: str, there: str) -> None:
    path, partner = put(tmp_path, here, "a.gn"), put(tmp_path, there, "a.es")
    counts = [len(text.rstrip("\n").split("\n")) for text in (here, there)]
    with pytest.raises(FormatError, match=f"a.gn: {counts[0]} lines, and a.es has {counts[1]}"):
        read(path, "parallel", partner=str(partner))


def test_parallel_needs_a_partner_that_is_there(tmp_path: Path) -> None:
    path = put(tmp_path, "a\n", "a.gn")
    with pytest.raises(FormatError, match=r"a\.gn: no file with translations was given"):
        read(path, "parallel")
    with pytest.raises(FormatError, match=r"a\.es: cannot be opened"):
        read(path, "parallel", partner=str(tmp_path / "a.es"))
    assert read(path, "parallel", partner=str(path))[0].instance.meta == {"translations": {"und": "a"}}


CONLLU = """# sent_id = s
# text = нюня кой
# text_en = The goose = bird
# text_fi = \u0020
# translit = njunja koj
1	нюня	_	NOUN	_	_	0	root	_	Translit=njunja|LGloss=x|Gloss=goose
2-3	кой	_	_	_	_	_	_	_	Gloss=not.a.word
2	ко	_	PRON	_	_	1	nmod	_	Gloss=
3	й	_	ADP	_	_	1	nmod	_	_

"""
SAID = {
    "sent_id": "s",
    "translations": {"en": "The goose = bird"},
    "transliteration": "njunja koj",
    "glosses": ["goose", "", ""],
    "transliterations": ["njunja", "", ""],
}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_conllu_translations_transliterations_and_glosses(tmp_path: Path, end: str) -> None:
    content = CONLLU.replace("\n", end)
    (record,) = read(put(tmp_path, content), "conllu")
    assert record.instance.meta == SAID
    assert write("conllu", [record]) == content
    fresh = replace(record, instance=replace(record.instance, raw=None))
    (again,) = read(put(tmp_path, write("conllu", [fresh])), "conllu")
    assert replace(again, instance=replace(again.instance, raw=None)) == fresh


@pytest.mark.parametrize(
    "meta",
    [
        {"glosses": ["a|b"]},
        {"glosses": ["a\tb"]},
        {"translations": {"e=n": "x"}},
        {"translations": {"en": "a\nb"}},
    ],
)
def test_conllu_refuses_what_would_break_a_line(meta: dict[str, object]) -> None:
    with pytest.raises(StudioError, match="cannot be written as conllu"):
        write("conllu", [Record(Instance(0, "dev", ("a",), "a", meta=meta))])


@pytest.mark.parametrize(
    "meta", [{"glosses": ["a", "b"]}, {"glosses": "a"}, {"glosses": [1]}, {"translations": 3}]
)
@pytest.mark.parametrize("name", ["conllu", "csv"])
def test_meta_of_another_shape_is_left_out(name: str, meta: dict[str, object]) -> None:
    bare = Record(Instance(0, "dev", ("a",), "a"))
    assert write(name, [replace(bare, instance=replace(bare.instance, meta=meta))]) == write(name, [bare])


def test_csv_has_glosses_and_translations_when_the_first_record_does(tmp_path: Path) -> None:
    meta = {"translations": {"en": "x, y", "fr": "z"}, "glosses": ["one", ""]}
    first = Record(Instance(0, "test", ("a", "b"), "a b", meta=meta), ("X", "NOUN"))
    second = Record(Instance(1, "test", ("c",), "c", meta={"translations": {"de": "left out"}}))
    written = write("csv", [first, second])
    assert written == (
        'tokens,labels,text,glosses,translation_en,translation_fr\na b,X NOUN,a b,one _,"x, y",z\nc,,c,,,\n'
    )
    assert read(put(tmp_path, written, "x.csv"), "csv") == [first, Record(Instance(1, "test", ("c",), "c"))]
    assert write("csv", [second, first]).startswith("tokens,labels,text,translation_de\n")
    for gloss in ("go up", "_"):
        with pytest.raises(StudioError, match="cannot be written as csv"):
            write("csv", [Record(Instance(0, "dev", ("a",), "a", meta={"glosses": [gloss]}))])


@pytest.mark.parametrize("name", ["iob2", "bio", "text", "wordtag"])
def test_the_others_leave_them_out(name: str) -> None:
    instance = Instance(0, "dev", ("a",), "a")
    said = replace(instance, meta={"translations": {"en": "x"}, "glosses": ["y"]})
    assert write(name, [Record(said, ("O",))]) == write(name, [Record(instance, ("O",))])
