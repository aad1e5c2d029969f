"""Made-up records for the round trips of formats."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st

from core.formats import DEFAULT, formats
from core.formats.labels import UPOS
from core.types import Instance, ReadOptions, Record, TaskName

Draw = st.DrawFn
ANY = st.characters(exclude_categories=("Cs",), exclude_characters="\x00")
LINE = st.characters(exclude_categories=("Cs",), exclude_characters="\x00\n\r")
TOKEN = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00\n\r\t "), min_size=1, max_size=6
)
SPACED = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00\n\r\t"), min_size=1, max_size=6
)
TEXT = st.text(ANY, min_size=1, max_size=20)
LINE_TEXT = st.text(LINE, max_size=20)
BIO_TAGS = st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-ORG", "I-DATE"])
UPOS_TAGS = st.sampled_from(sorted(UPOS))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | TEXT, lambda x: st.lists(x, max_size=2), max_leaves=3
)
META = st.dictionaries(TEXT.filter(lambda key: key != "id"), JSON, max_size=2)
ROUNDS = settings(max_examples=60, deadline=None)


def round_trip(
    name: str, records: Sequence[Record], task: TaskName, options: ReadOptions = DEFAULT
) -> list[Record]:
    written = io.BytesIO()
    formats[name].write(records, written, task=task)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(written.getvalue())
        read = list(formats[name].read(path, task=task, split="dev", options=options))
    again = io.BytesIO()
    if name != "parquet":
        formats[name].write(read, again, task=task)
        assert again.getvalue() == written.getvalue()
    return [replace(record, instance=replace(record.instance, raw=None)) for record in read]


def numbered(records: Sequence[Record]) -> list[Record]:
    return [
        replace(record, instance=replace(record.instance, position=position))
        for position, record in enumerate(records)
    ]


@st.composite
def tagged(
    draw: Draw,
    token: st.SearchStrategy[str],
    tag: st.SearchStrategy[str],
    text: st.SearchStrategy[str] | None = None,
    meta: st.SearchStrategy[dict[str, object]] | None = None,
    *,
    confidences: bool = False,
) -> Record:
    tokens = tuple(draw(st.lists(token, min_size=1, max_size=4)))
    one = st.lists(tag, min_size=len(tokens), max_size=len(tokens)).map(tuple)
    labels = draw(st.none() | one)
    said = draw(text) if text is not None else " ".join(tokens)
    numbers = st.lists(st.floats(0, 1), min_size=len(tokens), max_size=len(tokens)).map(tuple)
    sure = draw(st.none() | numbers) if confidences else None
    return Record(Instance(0, "dev", tokens, said, meta=draw(meta) if meta is not None else {}), labels, sure)


@st.composite
def items(
    draw: Draw,
    label: st.SearchStrategy[str],
    text: st.SearchStrategy[str],
    *,
    pair: bool = False,
    meta: st.SearchStrategy[dict[str, object]] | None = None,
    confidences: bool = False,
) -> Record:
    labels = draw(st.none() | label.map(lambda one: (one,)))
    sure = draw(st.none() | st.floats(0, 1).map(lambda one: (one,))) if confidences else None
    other = draw(text) if pair else None
    said = draw(meta) if meta is not None else {}
    return Record(Instance(0, "dev", (), draw(text), other, said), labels, sure)


def some(strategy: st.SearchStrategy[Record]) -> st.SearchStrategy[list[Record]]:
    return st.lists(strategy, min_size=1, max_size=4).map(numbered)
