"""Tables whose columns have names of their own, and what a mapping form shows of them."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow
import pytest
from pyarrow import parquet

from core.errors import FormatError, UnknownName
from core.formats import formats
from core.formats.columns import columns
from core.types import ReadOptions, Record, Tokenization

HEADER = ("Nr", "Satz", "Mots", "Tags", "Deutsch", "G")
CELLS = (
    ("s1", "Eg lesi.", "Eg lesi .", "PRO V PU", "Ich lese.", "I read _"),
    ("s2", "Hon sá", "Hon sá", "", "", ""),
)
ROWS = [dict(zip(HEADER, cells, strict=True)) for cells in CELLS]
CHOSEN = {"id": "Nr", "text": "Satz", "tokens": "Mots", "labels": "Tags", "glosses": "G"}
CHOSEN |= {"translation:de": "Deutsch"}


def table(folder: Path, name: str, rows: list[dict[str, str]] = ROWS) -> Path:
    path = folder / f"x.{name}"
    if name == "parquet":
        parquet.write_table(pyarrow.Table.from_pylist(listed(rows)), path)
        return path
    lines = [json.dumps(row) for row in listed(rows)]
    if name in ("csv", "tsv"):
        between = ";" if name == "csv" else "\t"
        lines = [between.join(rows[0]), *(between.join(row.values()) for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def listed(rows: list[dict[str, str]]) -> list[dict[str, object]]:
    """The rows as typed formats have them: lists of words."""
    lists = ("Mots", "Tags")
    return [{k: (v.split() if k in lists else v) or None for k, v in row.items()} for row in rows]


def read(path: Path, chosen: dict[str, str], tokenization: Tokenization = "whitespace") -> list[Record]:
    name = {".tsv": "csv"}.get(path.suffix, path.suffix[1:])
    options = ReadOptions(columns=chosen, tokenization=tokenization)
    return list(formats[name].read(path, task="pos", split="test", options=options))


@pytest.mark.parametrize("name", ["csv", "tsv", "jsonl", "parquet"])
def test_chosen_columns_hold_what_the_user_says(tmp_path: Path, name: str) -> None:
    first, second = read(table(tmp_path, name), CHOSEN)
    assert first.instance.tokens == ("Eg", "lesi", ".")
    assert (first.instance.text, first.labels) == ("Eg lesi.", ("PRO", "V", "PU"))
    assert first.instance.meta == {
        "id": "s1",
        "translations": {"de": "Ich lese."},
        "glosses": ["I", "read", ""],
    }
    assert (second.instance.meta, second.labels) == ({"id": "s2"}, None)


@pytest.mark.parametrize("name", ["csv", "tsv", "jsonl", "parquet"])
def test_a_form_can_show_the_columns(tmp_path: Path, name: str) -> None:
    assert columns(table(tmp_path, name), {"tsv": "csv"}.get(name, name)) == list(ROWS[0])


def test_formats_without_columns_and_unreadable_files_show_none(tmp_path: Path) -> None:
    path = table(tmp_path, "csv")
    assert columns(path, "bio") == []
    for name, content in (("jsonl", b"{"), ("parquet", b"PAR1x"), ("csv", b"\xff\n"), ("csv", b"")):
        path.write_bytes(content)
        assert columns(path, name) == []
    assert columns(tmp_path / "absent", "csv") == []


@pytest.mark.parametrize("name", ["csv", "jsonl", "parquet"])
def test_a_column_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(FormatError, match="'Worte'"):
        read(
            table(tmp_path, name),
            {"tokens": "Worte", "text": "Satz"} if name != "jsonl" else {"tokens": "Worte"},
        )
    with pytest.raises(FormatError, match="'Englisch'"):
        read(table(tmp_path, name), {**CHOSEN, "translation:en": "Englisch"})


@pytest.mark.parametrize("name", ["csv", "jsonl", "parquet"])
def test_a_field_there_is_not_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownName, match="unknown field 'token'"):
        read(table(tmp_path, name), {"token": "Mots"})


def test_text_alone_is_split_as_the_options_say(tmp_path: Path) -> None:
    path = table(tmp_path, "csv")
    assert read(path, {"text": "Satz"})[0].instance.tokens == ("Eg", "lesi.")
    assert read(path, {"text": "Satz"}, "unicode")[0].instance.tokens == ("Eg", "lesi", ".")


def test_a_chosen_column_is_not_taken_for_another_field(tmp_path: Path) -> None:
    (record,) = read(
        table(tmp_path, "csv", [{"text": "a b", "label": "x"}]), {"tokens": "text", "labels": ""}
    )
    assert (record.instance.tokens, record.instance.text, record.labels) == (("a", "b"), "a b", None)


@pytest.mark.parametrize("name", ["csv", "jsonl", "parquet"])
def test_translations_and_glosses_are_found_by_their_names(tmp_path: Path, name: str) -> None:
    row = {"text": "a b", "gloss": "x _", "translation": "t", "translation_fr": "u", "translation:de": "v"}
    (record,) = read(table(tmp_path, name, [row]), {})
    expected = {"und": "t", "fr": "u", "de": "v"}
    assert record.instance.meta == {"translations": expected, "glosses": ["x", ""]}


def test_a_table_of_translations_joins_those_of_meta(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    row = {"text": "a", "translation": {"en": "b", "fr": None}, "meta": {"translations": {"de": "c"}, "k": 1}}
    path.write_text(json.dumps(row), encoding="utf-8")
    (record,) = read(path, {})
    assert record.instance.meta == {"translations": {"de": "c", "en": "b"}, "k": 1}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"text": "a b", "glosses": ["x"]}, "1 glosses, expected 2"),
        ({"text": "a b", "gloss": "x y z"}, "3 glosses, expected 2"),
        ({"text": "a b", "gloss": [1, 2]}, "glosses is not text"),
        ({"text": "a", "translation_en": 5}, "translation_en is not text"),
        ({"text": "a", "translation": {"en": 5}}, "translation is not text"),
    ],
)
def test_what_is_no_gloss_or_translation_names_its_line(
    tmp_path: Path, row: dict[str, object], said: str
) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"text": "a"}) + "\n" + json.dumps(row), encoding="utf-8")
    with pytest.raises(FormatError, match=said) as caught:
        read(path, {})
    assert (caught.value.line, bool(caught.value.hint)) == (2, True)
