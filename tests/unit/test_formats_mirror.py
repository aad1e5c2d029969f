"""Every public file of the mirror: its counts, its labels, and CoNLL-U byte for byte."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from core.formats import formats
from core.formats.detect import detect
from core.formats.label_lists import read_label_lists, read_probabilities
from core.types import Record, TaskName

pytestmark = pytest.mark.real

TASKS: dict[str, TaskName] = {"POS": "pos", "NER": "ner", "NLI": "nli", "TOPIC": "topic"}
RELEASE = Path("dair-iitd/SSP")


def listed(mirror: Path, *starts: str) -> list[dict[str, Any]]:
    """Files of the index that hold sentences or rows and whose path begins so."""
    entries = json.loads((mirror / "index.json").read_text(encoding="utf-8"))["files"]
    kept = [
        entry
        for entry in entries
        if entry["path"].startswith(starts)
        and entry["task"] in TASKS
        and Path(entry["path"]).suffix in (".conllu", ".iob2", ".txt", ".tsv", ".json")
        and ("sentences" in entry or "rows" in entry)
    ]
    assert kept, f"the index names no file under {starts}"
    return kept


def records(mirror: Path, entry: dict[str, Any]) -> tuple[str, list[Record]]:
    path, task = mirror / entry["path"], TASKS[entry["task"]]
    name = detect(path, task)
    return name, list(formats[name].read(path, task=task, split="test"))


def check(mirror: Path, entry: dict[str, Any], expected: str) -> list[Record]:
    name, read = records(mirror, entry)
    where = entry["path"]
    assert name == expected, where
    assert len(read) == entry.get("sentences", entry.get("rows")), where
    if "tokens" in entry:
        assert sum(len(record.instance.tokens) for record in read) == entry["tokens"], where
    if "labels" in entry:
        assert Counter(label for record in read for label in record.labels or ()) == entry["labels"], where
    return read


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("UniversalNER/", "iob2"),
        ("abteen/americasnli/", "nli"),
        ("dadelani/sib-200/", "sib200"),
        ("masakhane-io/masakhane-news/", "masakhanews"),
        ("masakhane-io/masakhane-ner/", "bio"),
        ("masakhane-io/masakhane-pos/", "bio"),
    ],
)
def test_counts_and_labels(mirror: Path, start: str, expected: str) -> None:
    for entry in listed(mirror, start):
        check(mirror, entry, expected)


def test_conllu_counts_and_bytes(mirror: Path) -> None:
    for entry in listed(mirror, "UniversalDependencies/"):
        read = check(mirror, entry, "conllu")
        content = (mirror / entry["path"]).read_bytes()
        assert "".join(record.instance.raw or "" for record in read).encode() == content
        out = io.BytesIO()
        formats["conllu"].write(read, out, task="pos")
        assert out.getvalue() == content, entry["path"]


@pytest.mark.thorough
def test_bio_bytes(mirror: Path) -> None:
    for entry in listed(mirror, "masakhane-io/masakhane-ner/", "masakhane-io/masakhane-pos/"):
        _, read = records(mirror, entry)
        out = io.BytesIO()
        formats["bio"].write(read, out, task=TASKS[entry["task"]])
        content = (mirror / entry["path"]).read_bytes()
        assert out.getvalue() == content.removeprefix(b"\xef\xbb\xbf"), entry["path"]


def test_release_tables_are_the_same_rows_again(mirror: Path) -> None:
    entries = [e for e in listed(mirror, f"{RELEASE}/") if e["path"].endswith(".tsv")]
    for entry in entries:
        read = check(mirror, entry, "nli" if entry["task"] == "NLI" else "wordtag")
        if entry["task"] != "NLI":
            out = io.BytesIO()
            formats["wordtag"].write(read, out, task=TASKS[entry["task"]])
            content = (mirror / entry["path"]).read_bytes()
            assert out.getvalue() == content.removesuffix(b"\n") + b"\n", entry["path"]


def test_rows_that_begin_with_a_quote(mirror: Path) -> None:
    for language, rows in (("hau", 2), ("ibo", 1)):
        path = mirror / RELEASE / f"data/SSP/{language}/test.tsv"
        read = formats["wordtag"].read(path, task="ner", split="test")
        assert sum(record.instance.text.startswith('"') for record in read) == rows


def test_the_space_at_the_end_of_gsw_row_33(mirror: Path) -> None:
    folder = mirror / RELEASE / "data/SSP/gsw"
    gold, predicted = (
        list(formats["wordtag"].read(folder / name, task="pos", split="test"))
        for name in ("test.tsv", "gsw_pred.tsv")
    )
    ending = [r.instance.position for r in gold if r.instance.text.endswith(" ")]
    assert len(ending) == 1
    assert [r.instance.tokens for r in gold] == [r.instance.tokens for r in predicted]
    assert gold[ending[0]].instance.text == predicted[ending[0]].instance.text + " "


def test_responses_agree_with_the_gold_file(mirror: Path) -> None:
    for entry in listed(mirror, f"{RELEASE}/results/"):
        if not entry["path"].endswith("responses.json"):
            continue
        read = check(mirror, entry, "responses")
        gold_path = mirror / RELEASE / f"data/SSP/{Path(entry['path']).parent.name}/test.tsv"
        gold = list(formats["wordtag"].read(gold_path, task=TASKS[entry["task"]], split="test"))
        assert [r.instance.tokens for r in read] == [g.instance.tokens for g in gold]
        assert [r.instance.meta["gold_labels"] for r in read] == [list(g.labels or ()) for g in gold]
        assert all(len(r.labels or ()) == len(r.instance.tokens) for r in read)
        assert {len(list(r.instance.meta["examples"])) for r in read} == {8}  # type: ignore[call-overload]


@pytest.mark.parametrize("language", ["hau", "ibo", "lug", "gsw", "fo"])
def test_label_lists_and_probabilities_fit_the_sentences(mirror: Path, language: str) -> None:
    task: TaskName = "pos" if language in ("gsw", "fo") else "ner"
    path = mirror / RELEASE / f"data/SSP/{language}/test.tsv"
    read = list(formats["wordtag"].read(path, task=task, split="test"))
    lengths = [len(record.instance.tokens) for record in read]
    folder = mirror / RELEASE / "translation/zgul_plus_outputs"
    labels = read_label_lists(folder / f"{language}_predictions.json", lengths)
    predicted = formats["wordtag"].read(folder / f"{language}_pred.tsv", task=task, split="test")
    assert labels == [record.labels for record in predicted]
    assert len(read_probabilities(folder / f"{language}_max_probs_all.npy", lengths)) == len(read)


@pytest.mark.parametrize("language", ["gn", "aym"])
def test_item_predictions_and_probabilities(mirror: Path, language: str) -> None:
    folder = mirror / RELEASE / "deberta_ft_outputs"
    labels = read_label_lists(folder / f"{language}_predictions.json", [1] * 99)
    assert {label for (label,) in labels} <= {"entailment", "neutral", "contradiction"}
    assert len(read_probabilities(folder / f"{language}_max_probs.json", [1] * 99)) == 99


def test_odd_characters_are_all_there(mirror: Path) -> None:
    news = mirror / "masakhane-io/masakhane-news/data"
    for path, character in ((news / "hau", "\ufeff"), (news / "yor", "\u00a0")):
        content = "".join((file.read_text(encoding="utf-8")) for file in sorted(path.glob("*.tsv")))
        read = [
            record.instance
            for file in sorted(path.glob("*.tsv"))
            for record in formats["masakhanews"].read(file, task="topic", split="test")
        ]
        said = "".join(i.text + "".join(map(str, i.meta.values())) for i in read)
        assert said.count(character) == content.count(character) > 0
