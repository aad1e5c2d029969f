"""Where labels come from, in a file: said so that nothing else changes, and read back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.formats.provenance import (
    HUMAN,
    META,
    Origin,
    confidences,
    in_meta,
    may_say_origins,
    origins_of,
    with_origins,
)
from core.types import Instance, Record
from tests.conllu_levels import findings
from tests.needs import needs

BLOCK = (
    "# sent_id = 1\n# text = vom Haus, x\n1-2\tvom\t_\t_\t_\t_\t_\t_\t_\tx=1|SSPSource=old\n"
    "1\tvon\tvon\tADP\t_\t_\t3\tcase\t_\t_\n2\tdem\tder\tDET\t_\tPronType=Art\t3\tdet\t_\tGloss=the\n"
    "3\tHaus\tHaus\tNOUN\t_\t_\t0\troot\t_\tSpaceAfter=No\n3.1\tleer\t_\t_\t_\t_\t_\t_\t3:dep\t_\n"
    "4\t,\t,\tPUNCT\t_\t_\t3\tpunct\t_\t_\n5\tx\tx\tSYM\t_\t_\t3\tdep\t_\t_\n\n"
)
ORIGINS = (Origin(HUMAN, None, "Anna"), Origin("0123abcd", 0.25), None, Origin("a/b"), Origin(HUMAN))


def record(block: str, n: int = 5) -> Record:
    return Record(Instance(0, "test", ("x",) * n, "x", raw=block), ("NOUN",) * n)


def test_a_block_says_where_labels_come_from_and_is_else_the_same() -> None:
    said = with_origins(BLOCK, ORIGINS)
    old, new = BLOCK.split("\n"), said.split("\n")
    assert [n for n, (a, b) in enumerate(zip(old, new, strict=True)) if a != b] == [2, 3, 4, 7, 8]
    assert new[2].endswith("\t_\tx=1")
    assert new[3].endswith("\t_\tSSPSource=human|SSPAnnotator=Anna")
    assert new[4].endswith("\tGloss=the|SSPSource=0123abcd|SSPConf=0.25")
    assert new[5].endswith("\tSpaceAfter=No")
    assert origins_of(record(said)) == ORIGINS
    assert with_origins(said, ()) == BLOCK.replace("|SSPSource=old", "")
    assert with_origins(said, ORIGINS) == said


def test_line_endings_stay() -> None:
    crlf = BLOCK.replace("\n", "\r\n")
    said = with_origins(crlf, ORIGINS)
    assert said == with_origins(BLOCK, ORIGINS).replace("\n", "\r\n")
    assert origins_of(record(said)) == ORIGINS
    assert with_origins(said, ()) == crlf.replace("|SSPSource=old", "")


@given(st.text(min_size=1).filter(lambda text: "\ufffd" not in text), st.floats(0, 1, width=32))
@settings(max_examples=150, deadline=None)
def test_any_name_and_confidence_come_back(name: str, sure: float) -> None:
    name = name.replace("\0", "")
    origins = (Origin(name or "a", sure, name), *ORIGINS[1:])
    said = with_origins(BLOCK, origins)
    assert said.count("\n") == BLOCK.count("\n")
    back = origins_of(record(said))
    assert back is not None
    assert back[0] is not None
    assert (back[0].source, back[0].annotator) == (name or "a", name)
    assert back[0].confidence == pytest.approx(sure, rel=1e-5)
    assert with_origins(said, back) == said


@needs("udtools")
def test_the_validator_has_nothing_to_say_against_any_name(tmp_path: Path) -> None:
    path = tmp_path / "x.conllu"
    path.write_text(BLOCK, "utf8")
    was = findings(path)
    odd = "A|B  C\t=D\u00a0\u2028\u200b\\ \n"
    path.write_text(with_origins(BLOCK, (Origin(odd, 0.5, odd),) * 5), "utf8")
    assert findings(path) == was


def test_what_nobody_wrote_here_is_not_believed() -> None:
    assert origins_of(record(BLOCK)) is None
    assert origins_of(record(with_origins(BLOCK, ORIGINS), n=4)) is None
    wild = BLOCK.replace("3\tcase\t_\t_", "3\tcase\t_\tSSPSource=r|SSPConf=nan|SSPAnnotator")
    found = origins_of(record(wild))
    assert found is not None
    assert found[0] == Origin("r", None, "")
    for said in (7, {"sources": "human"}, {"sources": ["human"] * 4}, {"sources": [1] * 5}):
        item = Instance(0, "test", ("x",) * 5, "x", meta={META: said})
        assert origins_of(Record(item, ("NOUN",) * 5)) is None


def test_meta_says_the_same_with_the_confidences() -> None:
    full = (Origin(HUMAN, None, "Anna"), Origin("r", 0.5))
    item = Instance(0, "test", ("x", "y"), "x y", meta=in_meta(full))
    assert confidences(full) == (1.0, 0.5)
    assert origins_of(Record(item, ("NOUN", "VERB"), confidences(full))) == full
    assert confidences((Origin(HUMAN), None)) is None
    assert confidences(()) is None


@pytest.mark.parametrize(
    ("content", "may"),
    [
        (BLOCK.encode(), True),
        (BLOCK.replace("SSPSource", "Source").encode(), False),
        (b'{"meta": {"provenance": {}}}', True),
        (b"x" * ((1 << 20) - 4) + b"SSPSource=r", True),
        (b"PAR1....", True),
        (b"", False),
    ],
)
def test_a_file_that_names_no_key_is_read_as_ever(tmp_path: Path, content: bytes, may: bool) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert may_say_origins(path) is may
