"""Every format through the command line: in, out, in again; and broken, which must change nothing."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.ssp_command import Ssp

pytestmark = pytest.mark.slow

WORD = "\t".join(["1", "Hon", "_", "PRON", *"______"])
CONLLU = f"# text = Hon\n{WORD}\n\n"
NLI = "premise\thypothesis\tlabel\nLi fè cho.\tLi pa fè fwèt.\tentailment\n"
SIB = "index_id\tcategory\ttext\n7\thealth\tDr Dokter hilft.\n"
NEWS = "category\theadline\ttext\turl\nhealth\tKopf\tDr Dokter hilft.\thttp://a.b\n"

GOOD = {
    "conllu": ("pos", "a.conllu", CONLLU),
    "bio": ("ner", "a.txt", "Amina B-PER\nta O\n\n"),
    "iob2": ("ner", "a.iob2", "# text\n1\tAmina\tB-PER\t-\tme\n2\tta\tO\t-\tme\n\n"),
    "wordtag": ("pos", "a.tsv", "input\toutput\tlanguage\nHon syngur\tHon_PRON syngur_VERB\tfo\n"),
    "nli": ("nli", "a.tsv", NLI),
    "sib200": ("topic", "a.tsv", SIB),
    "masakhanews": ("topic", "a.tsv", NEWS),
    "jsonl": ("pos", "a.jsonl", '{"tokens": ["Hon"], "labels": ["PRON"]}\n'),
    "text": ("pos", "a.txt", "Hon syngur\n"),
    "csv": ("topic", "a.csv", "text,label\nDr Dokter hilft.,health\n"),
}
BROKEN = {
    "conllu": ("pos", CONLLU + "1\tHon\t_\n\n", 4),
    "bio": ("ner", "Amina B-PER\nta\n", 2),
    "iob2": ("ner", "1\tAmina\tB-PER\n", 1),
    "wordtag": ("pos", "input\toutput\tlanguage\nHon\tHon_NOPE\tfo\n", 2),
    "nli": ("nli", NLI + "a\tb\tperhaps\n", 3),
    "sib200": ("topic", SIB + "8\thealth\n", 3),
    "masakhanews": ("topic", NEWS + "health\n", 3),
    "jsonl": ("pos", '{"tokens": ["Hon"], "labels": ["PRON"]}\n{"tokens": \n', 2),
    "text": ("pos", "Hon\n\x00\n", 2),
    "csv": ("topic", "text,label\na,b\nc\n", 3),
}


@pytest.mark.parametrize("name", GOOD)
def test_in_and_out_and_in_again(ssp: Ssp, tmp_path: Path, name: str) -> None:
    task, file, content = GOOD[name]
    (tmp_path / file).write_text(content, "utf8")
    arguments = ("--task", task, "--language", "fo", "--format", name)
    first = ssp("import", str(tmp_path / file), *arguments)
    assert first.code == 0, first.err
    out = tmp_path / f"out-{file}"
    assert ssp("export", first.document["dataset"], "--format", name, "--out", str(out)).code == 0
    again = ssp("import", str(out), *arguments)
    assert again.code == 0, again.err
    assert again.document["instances"] == first.document["instances"]


@pytest.mark.parametrize("name", BROKEN)
def test_broken(ssp: Ssp, tmp_path: Path, name: str) -> None:
    task, content, line = BROKEN[name]
    ssp("datasets")
    before = (ssp("datasets").out, ssp("runs").out)
    path = tmp_path / f"broken.{name}"
    path.write_bytes(content.encode())
    answer = ssp("import", str(path), "--task", task, "--language", "fo", "--format", name)
    assert answer.code == 2
    assert f"broken.{name}:{line}: " in answer.message
    assert (ssp("datasets").out, ssp("runs").out) == before


def test_words_that_differ_between_columns_are_named(ssp: Ssp, tmp_path: Path) -> None:
    path = tmp_path / "words.tsv"
    path.write_text("input\toutput\tlanguage\nHon x\tHon_PRON y_NOUN\tfo\n", "utf8")
    answer = ssp("import", str(path), "--task", "pos", "--language", "fo")
    assert (answer.code, "words.tsv:2: the word 'x'" in answer.message) == (2, True), answer.err


def test_parquet(ssp: Ssp, tmp_path: Path) -> None:
    pq.write_table(pa.table({"tokens": [["Hon"]], "labels": [["PRON"]]}), tmp_path / "a.parquet")
    good = ssp("import", str(tmp_path / "a.parquet"), "--task", "pos", "--language", "fo")
    assert (good.code, good.document["instances"]) == (0, 1)
    (tmp_path / "b.parquet").write_bytes(gzip.compress(b"not a table"))
    bad = ssp(
        "import", str(tmp_path / "b.parquet"), "--task", "pos", "--language", "fo", "--format", "parquet"
    )
    assert bad.code == 2
    assert "b.parquet" in bad.message
