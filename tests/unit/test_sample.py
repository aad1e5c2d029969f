"""The embedded sample: sizes, labels, text, and that none of it comes from public data."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import pytest

from core import catalog
from core.catalog import CatalogEntry
from core.formats import formats
from core.formats.detect import detect
from core.formats.labels import UPOS
from core.tasks import tasks
from core.types import Record

FOLDER = Path(str(files("core.catalog"))) / "sample"
SAMPLE = {entry.id: entry for entry in catalog.entries().values() if entry.kind == "sample"}
IDS = sorted(SAMPLE)
TARGETS = {"pos": "fao", "ner": "hau", "nli": "hat", "topic": "gsw"}
SIZES = {"pos": (30, 90), "ner": (30, 90), "nli": (20, 40), "topic": (20, 40)}
NOTICE = "not checked by native speakers"
TOKEN_FILES = (".txt", ".conllu", ".iob2")
READ = (*TOKEN_FILES, ".tsv", ".csv", ".es", ".gn", ".aym", ".shp", ".en")


@lru_cache
def records(dataset_id: str) -> tuple[Record, ...]:
    entry = SAMPLE[dataset_id]
    (source,) = entry.files
    reader = formats[source.format]
    return tuple(reader.read(FOLDER / source.path, task=entry.task, split=source.split))


def target_of(task: str) -> CatalogEntry:
    return SAMPLE[f"sample-{task}-{TARGETS[task]}"]


def sources_of(task: str) -> list[CatalogEntry]:
    return [entry for entry in SAMPLE.values() if entry.meta.get("target") == target_of(task).id]


def texts(dataset_id: str) -> list[str]:
    found = (record.instance for record in records(dataset_id))
    return [text for item in found for text in (item.text, item.text_b) if text]


def labels(entry: CatalogEntry) -> Counter[str]:
    return Counter(label for record in records(entry.id) for label in record.labels or ())


@pytest.mark.parametrize("task", SIZES)
def test_sizes_and_roles(task: str) -> None:
    target, sources = target_of(task), sources_of(task)
    assert target.meta["role"] == "target"
    assert target.files[0].split == "test"
    assert {source.meta["role"] for source in sources} == {"source"}
    assert {source.files[0].split for source in sources} == {"train"}
    assert all(source.task == task for source in sources)
    n_sources = sum(len(records(source.id)) for source in sources)
    assert (len(records(target.id)), n_sources) == SIZES[task]


def test_every_entry_is_a_target_or_a_source_of_one() -> None:
    listed = {target_of(task).id for task in SIZES} | {s.id for task in SIZES for s in sources_of(task)}
    assert listed == set(IDS)
    assert {entry.files[0].path for entry in SAMPLE.values()} | {"sample.toml"} == {
        path.name for path in FOLDER.iterdir() if not path.name.startswith("__")
    }


@pytest.mark.parametrize("dataset_id", IDS)
def test_marked_as_illustrative(dataset_id: str) -> None:
    entry = SAMPLE[dataset_id]
    assert entry.meta["note"] == f"illustrative, machine-assisted, {NOTICE}"
    assert entry.licence.startswith("CC0 1.0")
    path = FOLDER / entry.files[0].path
    if path.suffix == ".conllu":
        assert NOTICE in path.read_text(encoding="utf-8").split("\n", 1)[0]


@pytest.mark.parametrize("dataset_id", IDS)
def test_text_is_clean(dataset_id: str) -> None:
    content = (FOLDER / SAMPLE[dataset_id].files[0].path).read_bytes().decode()
    assert unicodedata.is_normalized("NFC", content)
    assert "\r" not in content
    assert content.endswith("\n")
    assert not re.search(r"[\u00a0\u00ad\u200b-\u200f\ufeff]| \n|  ", content)


@pytest.mark.parametrize("dataset_id", IDS)
def test_format_is_recognised(dataset_id: str) -> None:
    (source,) = SAMPLE[dataset_id].files
    assert detect(FOLDER / source.path, SAMPLE[dataset_id].task) == source.format


@pytest.mark.parametrize("task", SIZES)
def test_no_sentence_twice(task: str) -> None:
    entries = [target_of(task), *sources_of(task)]
    found = Counter(_squeezed(text) for entry in entries for text in texts(entry.id))
    assert [text for text, times in found.items() if times > 1] == []


@pytest.mark.parametrize("dataset_id", IDS)
def test_labels_are_legal(dataset_id: str) -> None:
    entry = SAMPLE[dataset_id]
    task = tasks[entry.task]
    allowed = task.labels or tuple(sorted(set().union(*(labels(s) for s in sources_of("topic")))))
    for record in records(dataset_id):
        assert record.labels
        assert task.check(record.labels, allowed) == []


def test_parts_of_speech_are_varied() -> None:
    in_sources = sum((labels(source) for source in sources_of("pos")), Counter[str]())
    assert set(in_sources) == set(UPOS)
    assert len(labels(target_of("pos"))) >= 16
    assert min(len(labels(source)) for source in sources_of("pos")) >= 15


def test_entities_are_varied() -> None:
    for entry in (target_of("ner"), *sources_of("ner")):
        starts = {label: n for label, n in labels(entry).items() if label.startswith("B-")}
        assert set(starts) == {"B-PER", "B-LOC", "B-ORG", "B-DATE"}
        assert min(starts.values()) >= 8
        assert any(set(record.labels or ()) == {"O"} for record in records(entry.id))


@pytest.mark.parametrize("task", ["nli", "topic"])
def test_classes_are_balanced(task: str) -> None:
    for entry in (target_of(task), *sources_of(task)):
        found = labels(entry)
        assert set(found) == set(labels(target_of(task)))
        assert max(found.values()) - min(found.values()) <= 1


def test_pairs_are_not_decided_by_overlap() -> None:
    for entry in (target_of("nli"), *sources_of("nli")):
        overlap: dict[str, list[float]] = {}
        for record in records(entry.id):
            first, second = _words(record.instance.text), _words(record.instance.text_b or "")
            overlap.setdefault((record.labels or ("",))[0], []).append(len(first & second) / len(second))
        assert all(min(shares) < 0.5 < max(shares) for shares in overlap.values())


@pytest.mark.parametrize("language", ["fao", "isl", "dan", "eng"])
def test_conllu_text_is_its_tokens(language: str) -> None:
    for record in records(f"sample-pos-{language}"):
        rows = [line.split("\t") for line in (record.instance.raw or "").split("\n") if line[:1].isdigit()]
        joined = "".join(row[1] + ("" if row[9] == "SpaceAfter=No" else " ") for row in rows)
        assert joined.rstrip() == record.instance.text
        assert record.instance.meta["sent_id"] == f"sample-pos-{language}-{record.instance.position + 1:02}"


@pytest.mark.thorough
@pytest.mark.real
@pytest.mark.slow
def test_nothing_is_taken_from_public_data(mirror: Path) -> None:
    """No sentence of ours, spaces and punctuation aside, is a sentence of the mirror."""
    ours = {_squeezed(text): text for dataset_id in IDS for text in texts(dataset_id)}
    longest = 2 * max(map(len, ours.values()))
    paths = [path for path in mirror.rglob("*") if path.suffix in READ and path.is_file()]
    assert len(paths) > 50
    taken = {
        f"{path.relative_to(mirror)}: {ours[squeezed]}"
        for path in paths
        for piece in _pieces(path)
        if len(piece) < longest and (squeezed := _squeezed(piece)) in ours
    }
    assert taken == set()


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


def _pieces(path: Path) -> Iterator[str]:
    """Cells and sentences of a file; of a file with a token per line its sentences."""
    content = path.read_bytes().decode("utf-8", errors="replace")
    yield from re.split(r'[\t\n"]|(?<=[.!?]) |# text = ', content)
    if path.suffix in TOKEN_FILES:
        column = 0 if path.suffix == ".txt" else 1
        for block in re.split(r"\n[ \t\r]*\n", content):
            rows = [re.split(r"[\t ]", line) for line in block.split("\n") if line and line[0] != "#"]
            yield "".join(row[column] for row in rows if len(row) > column)
