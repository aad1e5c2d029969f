"""`ssp import` of own files, with decisions; `ssp egress`, `ssp tagset`, and the way back out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.own_files import DEV, NER, put, sentence
from tests.ssp_command import Ssp

pytestmark = pytest.mark.slow

PENN = sentence(("Dogs", "NNS"), ("bark", "VBP"), (".", "PUNCT"))
POS = ("--task", "pos", "--language", "fo")


def test_an_unknown_label_ends_with_what_to_type(ssp: Ssp, tmp_path: Path) -> None:
    path = put(tmp_path, "x.conllu", PENN)
    refused = ssp("import", str(path), *POS)
    assert refused.code == 2
    assert "x.conllu:2: 'NNS'" in refused.message
    assert '--map "NNS=NOUN"' in refused.message
    assert ssp("datasets").document == {"datasets": []}


def test_mapped_kept_dropped_and_exported_as_it_was(ssp: Ssp, tmp_path: Path) -> None:
    path = put(tmp_path, "x.conllu", PENN)
    done = ssp("import", str(path), *POS, "--map", "NNS=NOUN", "--keep", "VBP")
    assert done.code == 0, done.err
    name = done.document["dataset"]
    assert "VBP" in ssp("show", name).document["labels"]
    out = tmp_path / "out.conllu"
    assert ssp("export", name, "--format", "conllu", "--out", str(out)).code == 0
    assert "Dogs\t_\tNOUN" in out.read_text("utf8")
    about = json.loads((tmp_path / "out.conllu.about.json").read_text("utf8"))
    assert about["label_mapping"] == [
        {"label": "NNS", "action": "map", "target": "NOUN"},
        {"label": "VBP", "action": "keep", "target": ""},
    ]
    assert about["language"]["name"] == "Faroese"
    assert {"NOUN", "VBP"} <= {info["label"] for info in about["label_set"]}
    ssp("export", name, "--format", "conllu", "--out", str(out), "--original-labels")
    assert out.read_text("utf8") == PENN


def test_every_unknown_label_can_be_kept_at_once(ssp: Ssp, tmp_path: Path) -> None:
    path = put(tmp_path, "x.conllu", PENN)
    done = ssp("import", str(path), *POS, "--keep-unknown")
    assert ssp("show", done.document["dataset"]).document["labels"][-2:] == ["NNS", "VBP"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--map", "NNS"], "expected NAME=VALUE"),
        (["--map", "NNS=NOUN", "--keep", "NNS"], "decided twice"),
        (["--egress", "everywhere"], "any"),
        (["--tokenize", "characters"], "whitespace"),
        (["--script", "Arab"], "--language-name"),
        (["--column", "tokens=nowhere"], ""),
        (["--tagset", "absent.toml"], "no such file"),
    ],
)
def test_options_that_cannot_be_meant(ssp: Ssp, tmp_path: Path, options: list[str], message: str) -> None:
    refused = ssp("import", str(put(tmp_path, "x.conllu", PENN)), *POS, *options)
    assert refused.code == 2
    assert message in refused.message
    assert "Traceback" not in refused.err


def test_a_dry_run_tells_and_stores_nothing(ssp: Ssp, tmp_path: Path) -> None:
    path = put(tmp_path, "x.conllu", DEV + PENN)
    told = ssp("import", str(path), *POS, "--dry-run")
    assert told.code == 2, "it could not be imported like this"
    assert (told.document["instances"], told.document["importable"]) == (3, False)
    assert told.document["unknown"] == {"NNS": 1, "VBP": 1}
    assert told.document["suggested"][0] == {"label": "NNS", "action": "map", "target": "NOUN"}
    sound = ssp("import", str(path), *POS, "--dry-run", "--keep-unknown")
    assert (sound.code, sound.document["importable"]) == (0, True)
    assert "stored" in ssp("import", str(path), *POS, "--dry-run", "--keep-unknown", json_too=False).out
    assert ssp("datasets").document == {"datasets": []}


def test_a_language_of_ones_own_is_described_once(ssp: Ssp, tmp_path: Path) -> None:
    words = ["--language-name", "Hill Speech", "--script", "Arab", "--direction", "rtl"]
    first = put(tmp_path, "a.bio", NER)
    done = ssp("import", str(first), "--task", "ner", "--language", "x-hill", *words)
    assert done.code == 0, done.err
    second = put(tmp_path, "b.bio", NER + "Musa B-PER\n\n")
    again = ssp("import", str(second), "--task", "ner", "--language", "x-hill")
    assert again.code == 0, again.err
    shown = ssp("show", again.document["dataset"]).document
    assert shown["meta"]["language"] == {"name": "Hill Speech", "script": "Arab", "direction": "rtl"}
    refused = ssp("import", str(second), "--task", "ner", "--language", "x-dale")
    assert refused.code == 2


def test_licence_and_citation_go_with_the_data(ssp: Ssp, tmp_path: Path) -> None:
    path, out = put(tmp_path, "x.bio", NER), tmp_path / "out.bio"
    terms = ["--licence", "CC BY 4.0", "--citation", "Hill 2026"]
    name = ssp("import", str(path), "--task", "ner", "--language", "ha", *terms).document["dataset"]
    assert ssp("export", name, "--format", "bio", "--out", str(out)).code == 0
    about = json.loads((tmp_path / "out.bio.about.json").read_text("utf8"))
    assert (about["licence"], about["citation"], about["source"]) == ("CC BY 4.0", "Hill 2026", "x.bio")


def test_where_text_may_go(ssp: Ssp, tmp_path: Path) -> None:
    path = put(tmp_path, "x.bio", NER)
    name = ssp("import", str(path), "--task", "ner", "--language", "ha", "--egress", "local").document[
        "dataset"
    ]
    assert ssp("egress", name).document == {"dataset": name, "egress": "local"}
    assert ssp("egress", name, "any").document["egress"] == "any"
    assert ssp("egress", name, "somewhere").code == 2
    assert ssp("egress", "absent", "any").code == 2


def test_guidelines_of_labels(ssp: Ssp, tmp_path: Path) -> None:
    path = put(tmp_path, "x.bio", NER)
    name = ssp("import", str(path), "--task", "ner", "--language", "ha").document["dataset"]
    assert {"PER", "LOC"} <= {info["label"] for info in ssp("tagset", name).document["labels"]}
    words = put(tmp_path, "tags.toml", '[PER]\ndescription = "People, by name."\nkey = "w"\n')
    told = ssp("tagset", name, "--set", str(words)).document["labels"]
    assert next(info for info in told if info["label"] == "PER")["description"] == "People, by name."
    bad = put(tmp_path, "bad.toml", '[PER]\nkey = "ww"\n')
    assert ssp("tagset", name, "--set", str(bad)).code == 2


def test_file_options_without_a_file_say_so(ssp: Ssp) -> None:
    refused = ssp("import", "absent.conllu", "--dry-run")
    assert refused.code == 2
    assert "Check the path" in refused.message
