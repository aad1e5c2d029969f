"""`ssp export --human`, `ssp archive`, `ssp unarchive` and `ssp receive`."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.store import Store, facts, views
from tests.ssp_command import TARGET, Ssp

pytestmark = pytest.mark.slow


def test_human_work_goes_out_and_comes_in(ssp: Ssp, tmp_path: Path) -> None:
    own = tmp_path / "own.conllu"
    own.write_text(TARGET, "utf8")
    assert ssp("import", str(own), "--task", "pos", "--language", "fo").code == 0
    with Store.open(tmp_path / "workspace") as store:
        facts.annotate(store, "own", 0, ("PRON", "VERB", "NOUN", "PUNCT"), author="Anna")
    out, again = tmp_path / "out.conllu", tmp_path / "again.conllu"
    done = ssp("export", "own", "--human", "--format", "conllu", "--out", str(out))
    assert done.document["sources"] == {"human": 4}
    assert "nú\t_\tNOUN\t_\t_\t_\t_\t_\tSSPSource=human|SSPAnnotator=Anna" in out.read_text("utf8")
    assert ssp("import", str(out), "--task", "pos", "--language", "fo", "--id", "back").code == 0
    for how in ([], ["--human"]):
        assert ssp("export", "back", *how, "--format", "conllu", "--out", str(again)).code == 0
        assert again.read_bytes() == out.read_bytes()
    for wrong in (["--run", "x"], ["--only-human"], ["--human", "--original-labels"]):
        assert ssp("export", "own", *wrong, "--format", "conllu", "--out", str(again)).code == 2


def test_an_archive_moves_a_data_set(ssp: Ssp, tmp_path: Path) -> None:
    own = tmp_path / "own.conllu"
    own.write_text(TARGET, "utf8")
    ssp("import", str(own), "--task", "pos", "--language", "fo")
    one, two = tmp_path / "1.zip", tmp_path / "2.zip"
    assert ssp("archive", "own", str(one)).document["rows"]["instance"] == 1
    assert "already" in ssp("unarchive", str(one)).message
    assert ssp("delete", "own").code == 0
    assert ssp("unarchive", str(one)).document["dataset"] == "own"
    assert ssp("archive", "own", str(two)).code == 0
    assert two.read_bytes() == one.read_bytes()
    assert (
        "no archive" in ssp("unarchive", str(own)).message
        or "cannot be read" in ssp("unarchive", str(own)).message
    )


def test_work_of_another_program_is_received(ssp: Ssp, tmp_path: Path) -> None:
    own = tmp_path / "own.conllu"
    own.write_text(TARGET, "utf8")
    ssp("import", str(own), "--task", "pos", "--language", "fo")
    path = tmp_path / "there.json"
    with Store.open(tmp_path / "workspace") as store:
        facts.annotate(store, "own", 0, ("PRON", "VERB", "NOUN", "PUNCT"), author="Anna")
    ssp("export", "own", "--human", "--format", "label-studio", "--out", str(path))
    told = ssp("receive", str(path), "--from", "label-studio", "--dataset", "own", json_too=False).out
    assert told.strip() == "own: items by Anna 1; 1 said what was known already."
    new = ["receive", str(path), "--from", "label-studio", "--new", "more"]
    assert ssp(*new).code == 2
    assert ssp(*new, "--task", "pos", "--language", "is").code == 0
    with Store.open(tmp_path / "workspace") as store:
        assert views.annotations(store, "more") == {0: ("PRON", "VERB", "NOUN", "PUNCT")}
    assert ssp("receive", str(path), "--from", "label-studio").code == 2
    assert ssp("receive", str(path), "--from", "doccano", "--dataset", "own").code == 2
