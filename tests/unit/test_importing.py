"""Importing: catalog entries and own files become data sets whole, or leave the workspace as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import catalog
from core.errors import DownloadError, FormatError
from core.importing import import_catalog, licence_note, slug
from core.prefetch import prefetch_entry
from core.settings import Settings
from core.store import Store, views
from core.tasks import tasks
from core.types import TaskName

TREEBANK = "UniversalDependencies/UD_Faroese-FarPaHC"
HAUSA = "masakhane-io/masakhane-ner/data/hau"


def sentence(*words: tuple[str, str]) -> str:
    rows = [f"{n}\t{word}\t_\t{tag}\t_\t_\t0\t_\t_\t_" for n, (word, tag) in enumerate(words, 1)]
    return "\n".join(["# text = " + " ".join(word for word, _ in words), *rows, "", ""])


DEV = sentence(("Eg", "PRON"), ("lesi", "VERB")) + sentence(("Hon", "PRON"), ("sá", "VERB"), (".", "PUNCT"))
TEST = sentence(("Bókin", "NOUN"))
NER = "Kano B-LOC\nce O\n\nAli B-PER\nya O\n\n"


def quiet(doing: str, done: int, total: int) -> None:
    assert doing
    assert 0 <= done <= total


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "work") as opened:
        yield opened


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return tmp_path / "base"


@pytest.fixture
def chosen(tmp_path: Path, base: Path) -> Settings:
    base.mkdir()
    return Settings(workspace=tmp_path / "work", mirror=str(base))


def put(base: Path, path: str, text: str) -> Path:
    target = base / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return target


def test_a_treebank_comes_with_its_terms_and_says_what_was_missing(
    store: Store, chosen: Settings, base: Path
) -> None:
    put(base, f"{TREEBANK}/fo_farpahc-ud-dev.conllu", DEV)
    put(base, f"{TREEBANK}/fo_farpahc-ud-test.conllu", TEST)
    done = import_catalog(store, chosen, "ud-faroese-farpahc", quiet)
    assert done == {
        "dataset": "ud-faroese-farpahc",
        "instances": 3,
        "tokens": 6,
        "created": True,
        "licence": "CC BY-SA 4.0",
        "citation": catalog.entry("ud-faroese-farpahc").citation,
        "splits": {"dev": 2, "test": 1},
        "skipped": ["train: fo_farpahc-ud-train.conllu is not there"],
    }
    found = views.dataset(store, "ud-faroese-farpahc")
    assert (found.language, found.task, found.source) == ("fao", "pos", TREEBANK)
    assert found.labels == tasks["pos"].labels
    records = list(views.records(store, found.id))
    assert [record.instance.position for record in records] == [0, 1, 2]
    assert [record.instance.split for record in records] == ["dev", "dev", "test"]
    assert records[2].instance.tokens == ("Bókin",)
    assert records[2].labels == ("NOUN",)


def test_the_same_content_again_is_the_same_data_set(store: Store, chosen: Settings, base: Path) -> None:
    put(base, f"{TREEBANK}/fo_farpahc-ud-test.conllu", TEST)
    first = import_catalog(store, chosen, "ud-faroese-farpahc", quiet)
    again = import_catalog(store, chosen, "UD-Faroese-FarPaHC", quiet)
    assert again == {**first, "created": False}


def test_nothing_to_fetch_is_an_error(store: Store, chosen: Settings) -> None:
    with pytest.raises(DownloadError, match=r"holds none of fo_farpahc-ud-train\.conllu"):
        import_catalog(store, chosen, "ud-faroese-farpahc", quiet)
    assert views.datasets(store) == []


def test_a_broken_second_file_leaves_the_store_alone(store: Store, chosen: Settings, base: Path) -> None:
    put(base, f"{TREEBANK}/fo_farpahc-ud-dev.conllu", DEV)
    put(base, f"{TREEBANK}/fo_farpahc-ud-test.conllu", TEST + "1\tonly\tthree\n\n")
    before = store.version()
    with pytest.raises(FormatError, match=r"fo_farpahc-ud-test\.conllu:4: "):
        import_catalog(store, chosen, "ud-faroese-farpahc", quiet)
    assert views.datasets(store) == []
    assert store.version() == before


def test_entity_types_are_those_of_the_files(store: Store, chosen: Settings, base: Path) -> None:
    put(base, f"{HAUSA}/train.txt", NER)
    put(base, f"{HAUSA}/dev.txt", "jiya I-DATE\n\n")
    done = import_catalog(store, chosen, "masakhaner1-hau", quiet)
    assert views.dataset(store, done["dataset"]).labels == (
        "O",
        "B-DATE",
        "I-DATE",
        "B-LOC",
        "I-LOC",
        "B-PER",
        "I-PER",
    )


def test_a_stand_in_file_is_named(store: Store, chosen: Settings, base: Path) -> None:
    news = "masakhane-io/masakhane-news"
    put(base, f"{news}/few_shot_data/50_samples/eng/train.tsv", "category\theadline\ttext\nsports\tA\tB\n")
    put(base, f"{news}/data/eng/dev.tsv", "category\theadline\ttext\turl\nhealth\tC\tD\t/x\n")
    done = import_catalog(store, chosen, "masakhanews-eng", quiet)
    assert done["skipped"] == [
        "train: data/eng/train.tsv is not there; read few_shot_data/50_samples/eng/train.tsv instead",
        "test: data/eng/test.tsv is not there",
    ]
    assert views.dataset(store, "masakhanews-eng").labels == ("health", "sports")


@pytest.mark.parametrize(
    ("stem", "expected"),
    [("UD Faroese (OFT)", "ud-faroese-oft"), ("føroyskt_1", "føroyskt_1"), ("...", "dataset")],
)
def test_ids_are_made_from_file_names(stem: str, expected: str) -> None:
    assert slug(stem) == expected


def test_every_sample_imports_and_is_marked_illustrative(store: Store, tmp_path: Path) -> None:
    chosen = Settings(workspace=tmp_path / "work", mirror=str(tmp_path / "nowhere"))
    for entry in [entry for entry in catalog.entries().values() if entry.kind == "sample"]:
        done = import_catalog(store, chosen, entry.id, quiet)
        found = views.dataset(store, entry.id)
        assert done["instances"] >= 20
        assert found.illustrative
        assert found.meta["role"] in ("target", "source")


def test_the_licence_note_says_terms_and_source() -> None:
    note = licence_note(catalog.entry("masakhapos-hau"))
    assert "CC BY-NC 4.0" in note
    assert "Non-commercial use only." in note
    assert "Dione et al. 2023" in note
    assert "Non-commercial" not in licence_note(catalog.entry("ud-breton-keb"))
    assert "Old Guarani" in licence_note(catalog.entry("ud-guarani-oldtudet"))


def test_kept_files_import_without_their_address(store: Store, chosen: Settings, base: Path) -> None:
    put(base, f"{TREEBANK}/fo_farpahc-ud-test.conllu", TEST)
    assert prefetch_entry(chosen, "ud-faroese-farpahc", quiet) == 1
    offline = Settings(workspace=chosen.workspace, mirror=None, live_base="http://127.0.0.1:9")
    assert import_catalog(store, offline, "ud-faroese-farpahc", quiet)["instances"] == 1


def test_keeping_what_is_not_there_is_an_error_that_can_be_put_right(chosen: Settings, base: Path) -> None:
    with pytest.raises(DownloadError, match="holds none of"):
        prefetch_entry(chosen, "ud-faroese-farpahc", quiet)
    put(base, f"{TREEBANK}/fo_farpahc-ud-test.conllu", TEST)
    assert prefetch_entry(chosen, "ud-faroese-farpahc", quiet) == 1
    put(base, f"{TREEBANK}/fo_farpahc-ud-dev.conllu", DEV)
    assert prefetch_entry(chosen, "ud-faroese-farpahc", quiet) == 2


@pytest.mark.real
def test_a_release_imports_from_kept_files_alone(store: Store, tmp_path: Path, mirror: Path) -> None:
    chosen = Settings(workspace=tmp_path / "work", mirror=str(mirror))
    files = prefetch_entry(chosen, "ssp-release-gsw", quiet)
    offline = Settings(workspace=chosen.workspace, mirror=None, live_base="http://127.0.0.1:9")
    done = import_catalog(store, offline, "ssp-release-gsw", quiet)
    assert files > 10
    assert (done["instances"], done["splits"], done["created"]) == (100, {"test": 100}, True)
    assert done["completions"] == 100
    assert "do not redistribute" in done["licence"]


REAL = ("ud-faroese-oft", "ud-swiss_german-uzh", "masakhaner1-hau", "uner-danish-ddt", "americasnli-grn")


@pytest.mark.real
@pytest.mark.parametrize("dataset_id", REAL)
def test_real_data_sets_have_the_stated_counts(
    store: Store, tmp_path: Path, mirror: Path, dataset_id: str
) -> None:
    _check_counts(store, tmp_path, mirror, dataset_id)


@pytest.mark.thorough
@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("task", ["pos", "ner", "nli", "topic"])
def test_all_real_data_sets_have_the_stated_counts(
    store: Store, tmp_path: Path, mirror: Path, task: TaskName
) -> None:
    present = [
        entry.id
        for entry in catalog.entries().values()
        if entry.task == task
        and any((mirror / entry.repository / source.path).is_file() for source in entry.files)
    ]
    assert len(present) > 3
    for dataset_id in present:
        _check_counts(store, tmp_path, mirror, dataset_id)


def _check_counts(store: Store, tmp_path: Path, mirror: Path, dataset_id: str) -> None:
    entry = catalog.entry(dataset_id)
    listed = json.loads((mirror / "index.json").read_text(encoding="utf-8"))["files"]
    facts = {item["path"]: item for item in listed}
    paths = [(source.split, [source.path, *source.also]) for source in entry.files]
    named = [
        (split, next((facts[key] for path in tried if (key := f"{entry.repository}/{path}") in facts), None))
        for split, tried in paths
    ]
    stated = {split: item for split, item in named if item}
    chosen = Settings(workspace=tmp_path / "work", mirror=str(mirror))
    done = import_catalog(store, chosen, dataset_id, quiet)
    blank = _blank_pairs(entry, mirror)
    assert done["splits"] == {
        split: item.get("sentences", item.get("rows", item.get("lines"))) - blank.get(split, 0)
        for split, item in stated.items()
    }
    if not entry.meta.get("unlabelled"):
        assert done["tokens"] == sum(item.get("tokens", 0) for item in stated.values())


def _blank_pairs(entry: catalog.CatalogEntry, mirror: Path) -> dict[str, int]:
    """Of line-aligned files, how many lines are blank on one side or on both."""
    found = {}
    for source in entry.files:
        sides = [mirror / entry.repository / path for path in (source.path, source.partner) if path]
        if len(sides) == 2 and all(side.is_file() for side in sides):
            lines = [side.read_text("utf8").rstrip("\n").split("\n") for side in sides]
            found[source.split] = sum(
                not (here.strip() and there.strip()) for here, there in zip(*lines, strict=True)
            )
    return found
