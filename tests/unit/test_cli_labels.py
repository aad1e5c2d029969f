"""`ssp import-labels` and `ssp preflight`, as they are typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.own_files import put
from tests.ssp_command import Ssp, filled, sentence

pytestmark = pytest.mark.slow

LABELS = sentence("Hon/PRON", "syngur/NOUN", "nú/ADV", "./PUNCT") * 3


def test_labels_come_in_and_a_run_takes_them(ssp: Ssp, tmp_path: Path) -> None:
    dataset = filled(ssp, tmp_path)
    path = put(tmp_path, "tagger.conllu", LABELS)
    done = ssp("import-labels", str(path), "--dataset", dataset, "--name", "tagger")
    assert done.code == 0, done.err
    assert (done.document["instances"], done.document["of"]) == (3, 6)
    settings = ("--set", "stage1=imported", "--set", "stage1.labels=tagger", "--set", "stage2=none")
    run = ssp("run", "ssp", "--dataset", dataset, *settings)
    assert run.code == 0, run.err
    figures = ssp("evaluate", run.document["run"]).document["stage1"]
    assert figures["token_accuracy"] == 0.75
    text = ssp("import-labels", str(path), "--dataset", dataset, "--name", "tagger", json_too=False).out
    assert "labels of 3 of 6 items, without confidences, found by their text (they were here already)" in text
    assert f"ssp run ssp --dataset {dataset} --set stage1=imported --set stage1.labels=tagger" in text


def test_what_does_not_fit_ends_with_exit_code_2(ssp: Ssp, tmp_path: Path) -> None:
    dataset = filled(ssp, tmp_path)
    odd = put(tmp_path, "odd.conllu", LABELS.replace("NOUN", "NN"))
    refused = ssp("import-labels", str(odd), "--dataset", dataset, "--name", "a")
    assert refused.code == 2
    assert "odd.conllu:3" in refused.message
    assert '--map "NN=NOUN"' in refused.message
    for more in (("--map", "NN=NOUN"), ("--map-suggested",), ("--drop", "NN")):
        name = more[0].strip("-")
        assert ssp("import-labels", str(odd), "--dataset", dataset, "--name", name, *more).code == 0
    assert ssp("import-labels", str(odd), "--dataset", dataset, "--name", "b", "--stage", "3").code == 2


def test_preflight_of_imported_labels_says_what_to_do(ssp: Ssp, tmp_path: Path) -> None:
    dataset = filled(ssp, tmp_path)
    path = put(tmp_path, "tagger.conllu", LABELS)
    ssp("import-labels", str(path), "--dataset", dataset, "--name", "tagger")
    found = ssp("preflight", f"{dataset}/tagger")
    assert found.code == 0, found.err
    document = found.document
    assert document["advice"] in ("go", "mix", "correct")
    assert document["noise"]["low"] <= document["noise"]["value"] <= document["noise"]["high"]
    assert document["script_overlap"] is None
    assert "VERB" in document["never_predicted"]
    assert sorted(document["order"]) == [0, 1, 2]
    text = ssp("preflight", f"{dataset}/tagger", json_too=False).out
    assert "wrong labels, expected" in text
    assert document["reasons"][0] in text


def test_preflight_needs_stage_one_labels(ssp: Ssp, tmp_path: Path) -> None:
    dataset = filled(ssp, tmp_path)
    assert "has no Stage-I labels" in ssp("preflight", f"{dataset}/gold").message
    assert "unknown run" in ssp("preflight", "nothing").message
