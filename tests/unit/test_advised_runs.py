"""Runs that learn from the advised sources, and what they warn of."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import RecipeError
from core.jobs.prepare import Request, prepare
from core.store import Store, facts
from core.types import Dataset, Instance, Record
from tests.ssp_command import Ssp, filled, ssp

__all__ = ["ssp"]


def corpus(store: Store, name: str, language: str, text: str, labels: tuple[str, ...] | None) -> None:
    records = [Record(Instance(at, "test", tuple(text.split()), text), labels) for at in range(4)]
    facts.add_dataset(store, Dataset(name, name, language, "pos", ("NOUN", "VERB")), records)


def test_advised_stands_for_what_the_advice_takes(store: Store) -> None:
    corpus(store, "target", "fao", "hundur gelur", None)
    corpus(store, "near", "isl", "hundur geltir", ("NOUN", "VERB"))
    corpus(store, "other", "amh", "ውሻ ይጮኻል", ("NOUN", "VERB"))
    job = prepare(store, Request("ssp", "target", sources=["advised"]))
    assert job.sources[0].dataset == "near"
    assert "other" not in {source.dataset for source in job.sources}
    both = prepare(store, Request("ssp", "target", sources=["near", "advised"]))
    assert [source.dataset for source in both.sources] == [source.dataset for source in job.sources]


def test_nothing_to_advise_is_said(store: Store) -> None:
    corpus(store, "target", "fao", "hundur gelur", None)
    with pytest.raises(RecipeError, match="no labelled pos data set"):
        prepare(store, Request("ssp", "target", sources=["advised"]))


def test_a_source_in_another_script_is_warned_of(store: Store) -> None:
    corpus(store, "target", "fao", "hundur gelur", None)
    corpus(store, "other", "amh", "ውሻ ይጮኻል", ("NOUN", "VERB"))
    corpus(store, "near", "isl", "hundur geltir", ("NOUN", "VERB"))
    warned = prepare(store, Request("ssp", "target", sources=["other"])).warnings
    assert len(warned) == 1
    assert "Latin" in warned[0]
    assert prepare(store, Request("ssp", "target", sources=["near"])).warnings == ()


def test_the_command_line_says_so_and_the_run_keeps_it(ssp: Ssp, tmp_path: Path) -> None:
    target = filled(ssp, tmp_path)
    text = "ውሻ\tNOUN\nይጮኻል\tVERB\n\n"
    (tmp_path / "amharic.bio").write_text(text * 3, "utf8")
    assert ssp("import", str(tmp_path / "amharic.bio"), "--task", "pos", "--language", "am").code == 0
    done = ssp("run", "ssp", "--dataset", target, "--source", "amharic")
    assert done.code == 0, done.err
    assert "warning:" in done.err
    assert "Ethiopic" in done.document["warnings"][0]
