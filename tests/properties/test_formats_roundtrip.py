"""Whatever a format can say, it reads back as it was written."""

from __future__ import annotations

import io
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.formats import formats
from core.formats.labels import NLI_LABELS
from core.types import Instance, Record
from tests.properties.format_records import (
    BIO_TAGS,
    LINE,
    LINE_TEXT,
    META,
    ROUNDS,
    SPACED,
    TEXT,
    TOKEN,
    UPOS_TAGS,
    Draw,
    items,
    numbered,
    round_trip,
    some,
    tagged,
)

pytestmark = pytest.mark.slow

SENT_ID = st.fixed_dictionaries({}, optional={"sent_id": LINE_TEXT})
LANGUAGE = st.fixed_dictionaries(
    {}, optional={"language": st.text(LINE, min_size=1, max_size=4).filter(lambda t: "\t" not in t)}
)


@ROUNDS
@given(some(tagged(SPACED, UPOS_TAGS, LINE_TEXT, SENT_ID)))
def test_conllu(records: list[Record]) -> None:
    assert round_trip("conllu", records, "pos") == records


@ROUNDS
@given(some(tagged(TOKEN, BIO_TAGS)), some(tagged(TOKEN, UPOS_TAGS)))
def test_bio(ner: list[Record], pos: list[Record]) -> None:
    assert round_trip("bio", ner, "ner") == ner
    assert round_trip("bio", pos, "pos") == pos


@ROUNDS
@given(some(tagged(SPACED, BIO_TAGS, LINE_TEXT, SENT_ID)))
def test_iob2(records: list[Record]) -> None:
    assert round_trip("iob2", records, "ner") == records


@ROUNDS
@given(some(tagged(TOKEN, UPOS_TAGS, None, LANGUAGE)), st.integers(0, 2))
def test_wordtag(records: list[Record], spaces: int) -> None:
    records = [
        replace(record, instance=replace(record.instance, text=record.instance.text + " " * spaces))
        for record in records
    ]
    assert round_trip("wordtag", records, "pos") == records


@ROUNDS
@given(some(items(st.sampled_from(sorted(NLI_LABELS)), TEXT, pair=True)))
def test_nli_release_dialect(records: list[Record]) -> None:
    assert round_trip("nli", records, "nli") == records


FIELD = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00\n\r\t"), min_size=1, max_size=8
)
NUMBERED = st.fixed_dictionaries({"id": FIELD, "language": FIELD})


@ROUNDS
@given(some(items(st.sampled_from(sorted(NLI_LABELS)), FIELD, pair=True, meta=NUMBERED)))
def test_nli_unquoted_dialect(records: list[Record]) -> None:
    assert round_trip("nli", records, "nli") == records


@ROUNDS
@given(some(items(TEXT, TEXT, meta=st.fixed_dictionaries({}, optional={"index_id": TEXT}))))
def test_sib200(records: list[Record]) -> None:
    assert round_trip("sib200", records, "topic") == records


@ROUNDS
@given(some(items(TEXT, TEXT, meta=st.fixed_dictionaries({}, optional={"headline": TEXT, "url": TEXT}))))
def test_masakhanews(records: list[Record]) -> None:
    assert round_trip("masakhanews", records, "topic") == records


WITH_NUL = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20)


@ROUNDS
@given(
    some(tagged(WITH_NUL, BIO_TAGS, WITH_NUL, META, confidences=True)),
    some(items(WITH_NUL, WITH_NUL, meta=META, confidences=True)),
    some(items(st.sampled_from(sorted(NLI_LABELS)), WITH_NUL, pair=True, meta=META)),
)
def test_jsonl_and_parquet(ner: list[Record], topic: list[Record], nli: list[Record]) -> None:
    for name in ("jsonl", "parquet"):
        assert round_trip(name, ner, "ner") == ner
        assert round_trip(name, topic, "topic") == topic
        assert round_trip(name, nli, "nli") == nli


@ROUNDS
@given(
    some(tagged(TOKEN, BIO_TAGS, TEXT)),
    some(items(TEXT, TEXT)),
    some(items(st.sampled_from(sorted(NLI_LABELS)), TEXT, pair=True)),
)
def test_csv(ner: list[Record], topic: list[Record], nli: list[Record]) -> None:
    assert round_trip("csv", ner, "ner") == ner
    assert round_trip("csv", topic, "topic") == topic
    assert round_trip("csv", nli, "nli") == nli


@ROUNDS
@given(st.lists(LINE_TEXT.filter(str.strip), min_size=1, max_size=4))
def test_text(lines: list[str]) -> None:
    records = numbered([Record(Instance(0, "dev", tuple(line.split()), line)) for line in lines])
    assert round_trip("text", records, "pos") == records
    topic = numbered([Record(Instance(0, "dev", (), line)) for line in lines])
    assert round_trip("text", topic, "topic") == topic


@st.composite
def answers(draw: Draw) -> Record:
    record = draw(tagged(TOKEN, st.text(LINE, min_size=1, max_size=4)))
    n = len(record.instance.tokens)
    gold = draw(st.just([]) | st.lists(UPOS_TAGS, min_size=n, max_size=n))
    meta: dict[str, object] = {"examples": draw(st.lists(LINE_TEXT, max_size=2)), "gold_labels": gold}
    if record.labels is not None and draw(st.booleans()):
        meta["label_pairs"] = True
    text = draw(LINE_TEXT) if gold else " ".join(record.instance.tokens)
    return replace(record, instance=replace(record.instance, text=text, meta=meta))


@ROUNDS
@given(
    some(
        answers().filter(
            lambda r: (
                bool(r.instance.meta["gold_labels"]) or r.instance.text.split() == list(r.instance.tokens)
            )
        )
    )
)
def test_responses(records: list[Record]) -> None:
    assert round_trip("responses", records, "pos") == records


ROW = st.tuples(SPACED.filter(lambda form: not form.isspace()), UPOS_TAGS)
JUNK = st.lists(st.sampled_from(["", " ", "# note", "# newdoc id = x"]), max_size=3)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(JUNK, st.lists(ROW, min_size=1, max_size=3)), min_size=1, max_size=4),
    JUNK,
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.booleans(),
)
def test_conllu_raws_are_the_file(
    sentences: list[tuple[list[str], list[tuple[str, str]]]],
    tail: list[str],
    end: str,
    bom: bool,
    final: bool,
) -> None:
    lines: list[str] = []
    for junk, rows in sentences:
        lines += junk
        lines += [f"{n}\t{form}\t_\t{tag}" + "\t_" * 6 for n, (form, tag) in enumerate(rows, 1)] + [""]
    content = "\ufeff" * bom + end.join(lines + tail) + end * final
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.conllu")
        path.write_bytes(content.encode())
        records = list(formats["conllu"].read(path, task="pos", split="test"))
    assert [r.instance.tokens for r in records] == [tuple(f for f, _ in rows) for _, rows in sentences]
    assert "".join(record.instance.raw or "" for record in records) == content
    out = io.BytesIO()
    formats["conllu"].write(records, out, task="pos")
    assert out.getvalue() == content.encode()
