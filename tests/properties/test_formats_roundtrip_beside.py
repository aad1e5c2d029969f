"""Translations, transliterations and glosses are read back as they were written."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.formats.words import words
from core.types import Instance, ReadOptions, Record, Tokenization
from tests.properties.format_records import (
    LINE_TEXT,
    ROUNDS,
    SPACED,
    TEXT,
    TOKEN,
    UPOS_TAGS,
    Draw,
    numbered,
    round_trip,
    some,
    tagged,
)

pytestmark = pytest.mark.slow

SHOWN = TEXT.filter(lambda text: text.strip() != "")
LINE_SHOWN = LINE_TEXT.filter(lambda text: text.strip() != "")
CODES = st.sampled_from(["en", "quy", "zh-Hant", "und"])


@st.composite
def spoken_of(
    draw: Draw,
    token: st.SearchStrategy[str],
    gloss: st.SearchStrategy[str],
    text: st.SearchStrategy[str],
    *,
    per_word: Sequence[str],
    transliteration: bool,
) -> Record:
    """A sentence with translations and glosses."""
    record = draw(tagged(token, UPOS_TAGS, text))
    n = len(record.instance.tokens)
    meta: dict[str, object] = {"translations": draw(st.dictionaries(CODES, text, min_size=1, max_size=3))}
    if transliteration:
        meta["transliteration"] = draw(text)
    for name in per_word:
        meta[name] = [draw(gloss.filter(bool)), *draw(st.lists(gloss, min_size=n - 1, max_size=n - 1))]
    return replace(record, instance=replace(record.instance, meta=meta))


GLOSS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00\n\r\t|"), max_size=5)
WORDS = ("glosses", "transliterations")


@ROUNDS
@given(some(spoken_of(SPACED, GLOSS, LINE_SHOWN, per_word=WORDS, transliteration=True)))
def test_conllu_of_translations_and_glosses(records: list[Record]) -> None:
    assert round_trip("conllu", records, "pos") == records


GLOSS_OF_A_CELL = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00 _"), max_size=5)


@ROUNDS
@given(spoken_of(TOKEN, GLOSS_OF_A_CELL, SHOWN, per_word=WORDS[:1], transliteration=False))
def test_csv_jsonl_and_parquet_of_translations_and_glosses(record: Record) -> None:
    for name in ("csv", "jsonl", "parquet"):
        assert round_trip(name, [record], "pos") == [record]


@ROUNDS
@given(
    st.lists(st.tuples(SHOWN, SHOWN), min_size=1, max_size=4),
    CODES.filter(lambda code: code != "en"),
    st.sampled_from(["whitespace", "unicode"]),
)
def test_mafand(pairs: list[tuple[str, str]], code: str, way: Tokenization) -> None:
    records = numbered(
        [
            Record(
                Instance(
                    0, "dev", words(text, way), text, None, {"language": code, "translations": {"en": other}}
                )
            )
            for text, other in pairs
        ]
    )
    assert round_trip("mafand", records, "pos", ReadOptions(language=code, tokenization=way)) == records


@ROUNDS
@given(
    st.lists(LINE_SHOWN, min_size=1, max_size=4),
    st.sampled_from(["whitespace", "unicode"]),
)
def test_parallel(lines: list[str], way: Tokenization) -> None:
    with tempfile.TemporaryDirectory() as folder:
        partner = Path(folder, "partner")
        partner.write_bytes(b"other\n" * len(lines))
        meta = {"translations": {"en": "other"}}
        records = numbered([Record(Instance(0, "dev", words(line, way), line, None, meta)) for line in lines])
        options = ReadOptions(partner=str(partner), partner_language="en", tokenization=way)
        assert round_trip("parallel", records, "pos", options) == records
