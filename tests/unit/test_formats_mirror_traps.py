"""Translations of the mirror counted against its index, and the traps its notes put a number on."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from core.formats import formats
from core.formats.detect import detect
from core.formats.labels import is_known
from core.types import ReadOptions, Record, TaskName

pytestmark = pytest.mark.real


def read(path: Path, name: str, task: TaskName = "pos", **options: str) -> list[Record]:
    chosen = ReadOptions(**options)  # type: ignore[arg-type]
    return list(formats[name].read(path, task=task, split="x", options=chosen))


def listed(mirror: Path, dataset: str) -> list[dict[str, Any]]:
    entries = json.loads((mirror / "index.json").read_text(encoding="utf-8"))["files"]
    kept = [entry for entry in entries if entry["dataset"] == dataset and entry["kind"] == "data"]
    assert kept, f"the index names no file of {dataset}"
    return kept


@pytest.mark.parametrize("way", ["whitespace", "unicode"])
def test_mafand_counts(mirror: Path, way: str) -> None:
    for entry in listed(mirror, "MAFAND-MT"):
        path = mirror / entry["path"]
        english, other = entry["language"].split("+")
        assert detect(path, "pos") == "mafand"
        records = read(path, "mafand", language=other, tokenization=way)
        assert len(records) == entry["rows"], entry["path"]
        assert {tuple(record.instance.meta["translations"]) for record in records} == {("en",)}  # type: ignore[arg-type]
        turned = read(path, "mafand", language=english)
        assert [r.instance.text for r in turned] == [
            r.instance.meta["translations"]["en"]  # type: ignore[index]
            for r in records
        ]


def test_americasnlp_counts_and_alignment(mirror: Path) -> None:
    files = {entry["path"]: entry for entry in listed(mirror, "AmericasNLP 2021 parallel")}
    pairs = 0
    for name, entry in files.items():
        path = mirror / name
        if path.suffix[1:] not in ("aym", "gn", "shp"):
            continue
        stem = str(Path(name).with_suffix(""))
        partner = next(mirror / other for other in files if other != name and other.startswith(f"{stem}."))
        records = read(path, "parallel", partner=str(partner), partner_language=partner.suffix[1:])
        here, there = (file.read_text(encoding="utf-8").split("\n") for file in (path, partner))
        kept = [n for n in range(entry["lines"]) if here[n].strip() and there[n].strip()]
        assert [record.lines for record in records] == [(n + 1,) for n in kept], name
        assert entry["lines"] - len(records) < 5
        assert [r.instance.meta["translations"] for r in records] == [
            {partner.suffix[1:]: there[n]} for n in kept
        ]
        pairs += 1
    assert pairs == 7


def test_translations_and_glosses_in_conllu(mirror: Path) -> None:
    counts: Counter[str] = Counter()
    for path in sorted((mirror / "UniversalDependencies").rglob("*.conllu")):
        for record in formats["conllu"].read(path, task="pos", split="x"):
            meta = record.instance.meta
            counts.update(f"text_{code}" for code in meta.get("translations", ()))  # type: ignore[attr-defined]
            counts["translit"] += "transliteration" in meta
            for name in ("glosses", "transliterations"):
                values = list(meta.get(name, ()))  # type: ignore[call-overload]
                assert len(values) in (0, len(record.instance.tokens))
                counts[name] += sum(map(bool, values))
    expected = {
        "text_en": 555,
        "text_eng": 33,
        "text_fi": 309,
        "text_port": 22,
        "text_spa": 59,
    }  # 2 are blank
    assert {key: counts[key] for key in expected} == expected
    assert counts["translit"] == 357
    assert 0 < counts["glosses"] <= 5896
    assert 0 < counts["transliterations"] <= 6665


def illegal(record: Record) -> int:
    before, found = "O", 0
    for label in record.labels or ():
        found += label.startswith("I-") and before[2:] != label[2:]
        before = label
    return found


def test_trap_2_illegal_bio_in_gold(mirror: Path) -> None:
    folder = mirror / "masakhane-io/masakhane-ner/data"
    known = {"hau": (1, 1), "lug": (3, None), "pcm": (5, None), "yor": (1, 1), "zul": (None, 3)}
    seen = 0
    for language, counts in known.items():
        for split, count in zip(("train", "test"), counts, strict=True):
            path = folder / language / f"{split}.txt"
            if count is not None and path.exists():
                assert sum(map(illegal, read(path, "bio", "ner"))) == count, path
                seen += 1
    danish = mirror / "UniversalNER/UNER_Danish-DDT"
    for split, count in (("train", 2), ("test", 1)):
        (path,) = danish.glob(f"*-{split}.iob2")
        assert sum(map(illegal, read(path, "iob2", "ner"))) == count
    assert seen


def test_trap_5_a_line_of_white_space(mirror: Path) -> None:
    (path,) = (mirror / "dair-iitd/SSP").rglob("gsw/test.txt")
    lines = path.read_text(encoding="utf-8").split("\n")
    white = sum(bool(line) and not line.strip() for line in lines)
    assert white > 0
    assert len(read(path, "text")) == sum(bool(line.strip()) for line in lines)


def test_trap_8_repeated_rows(mirror: Path) -> None:
    mafand = mirror / "masakhane-io/lafand-mt/data/tsv_files"
    news = mirror / "masakhane-io/masakhane-news/data"
    for path, name, task, language, repeated in (
        (mafand / "en-lug/dev.tsv", "mafand", "pos", "lug", 80),
        (mafand / "en-ibo/train.tsv", "mafand", "pos", "ibo", 78),
        (news / "ibo/test.tsv", "masakhanews", "topic", "", 3),
    ):
        records = read(path, name, task, language=language)  # type: ignore[arg-type]
        rows = Counter((r.instance.text, json.dumps(dict(r.instance.meta)), r.labels) for r in records)
        assert sum(times - 1 for times in rows.values()) == repeated, path


@pytest.mark.thorough
def test_every_label_of_the_mirror_is_known(mirror: Path) -> None:
    ner = sorted((mirror / "masakhane-io/masakhane-ner").rglob("*.txt"))
    assert ner
    for path in ner:
        assert all(is_known("ner", label) for r in read(path, "bio", "ner") for label in r.labels or ()), path
