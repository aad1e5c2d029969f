"""Entries whose rows are translations: text without labels, and rows that share one label."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from core import catalog

FAMILIES = ("mafand", "americasnlp")
TRANSLATIONS = [entry for entry in catalog.entries().values() if entry.id.startswith(FAMILIES)]
PAIRS = [entry for entry in TRANSLATIONS if entry.files[0].format == "parallel"]


def test_text_without_labels_says_so_and_can_be_annotated() -> None:
    assert len(TRANSLATIONS) == 25
    for entry in TRANSLATIONS:
        assert entry.meta["unlabelled"] is True
        assert entry.task == "pos"
        assert "rows" not in entry.meta
    labelled = [
        entry
        for entry in catalog.entries().values()
        if entry not in TRANSLATIONS and not entry.meta.get("partner")
    ]
    assert not any("unlabelled" in entry.meta for entry in labelled)


def test_a_mafand_entry_names_the_folder_of_its_pair() -> None:
    wolof = catalog.entry("mafand-wol")
    assert [source.path for source in wolof.files] == [
        f"data/tsv_files/fr-wol/{split}.tsv" for split in ("train", "dev", "test")
    ]
    assert {source.format for source in wolof.files} == {"mafand"}
    assert {source.partner for source in wolof.files} == {""}
    assert "Khamenei" in str(catalog.entry("mafand-hau").meta["note"])


def test_a_pair_of_files_is_one_source() -> None:
    guarani = catalog.entry("americasnlp-grn")
    assert [(source.path, source.partner, source.partner_language) for source in guarani.files] == [
        ("data/guarani-spanish/train.gn", "data/guarani-spanish/train.es", "spa"),
        ("data/guarani-spanish/dev.gn", "data/guarani-spanish/dev.es", "spa"),
    ]
    assert [source.path for source in catalog.entry("americasnlp-hch").files] == [
        "data/wixarika-spanish/train.wix",
        "data/wixarika-spanish/dev.hch",
    ]
    voices = catalog.entry("americasnlp-aym-globalvoices")
    assert (voices.language, voices.files[0].partner_language, len(voices.files)) == ("aym", "eng", 1)


def test_only_pairs_have_a_partner_and_its_language() -> None:
    for entry in catalog.entries().values():
        for source in entry.files:
            assert bool(source.partner) == bool(source.partner_language) == (source.format == "parallel")
            if source.partner:
                assert source.partner != source.path
                assert catalog.language(source.partner_language).code == source.partner_language


def test_families_with_the_same_label_in_every_language_say_by_which_key() -> None:
    keys = {"sib200": "index_id", "americasnli": "id"}
    for entry in catalog.entries().values():
        key = keys.get(entry.id.partition("-")[0])
        assert entry.meta.get("parallel_key") == key, entry.id
        assert entry.meta.get("rows") == ("parallel" if key else None)


@pytest.mark.real
@pytest.mark.parametrize("entry", PAIRS, ids=lambda entry: entry.id)
def test_partners_in_the_mirror_have_as_many_lines(mirror: Path, entry: catalog.CatalogEntry) -> None:
    folder = mirror / entry.repository
    present = [source for source in entry.files if (folder / source.path).is_file()]
    for source in present:
        counts = [(folder / path).read_bytes().count(b"\n") for path in (source.path, source.partner)]
        assert counts[0] == counts[1] > 900, source.path


@pytest.mark.real
def test_headers_of_mafand_name_the_language_of_the_entry(mirror: Path) -> None:
    seen = 0
    for entry in TRANSLATIONS:
        for source in entry.files:
            path = mirror / entry.repository / source.path
            if source.format == "mafand" and path.is_file():
                with path.open(encoding="utf-8", newline="") as file:
                    codes = {catalog.language(code).code for code in next(csv.reader(file, delimiter="\t"))}
                assert codes == {"eng", entry.language}
                seen += 1
    assert seen == 7


@pytest.mark.real
def test_labels_really_are_equal_by_the_key_of_the_entry(mirror: Path) -> None:
    for family, code, other, label in (
        ("sib200", "fao_Latn", "nqo_Nkoo", "category"),
        ("americasnli", "aym", "shp", "label"),
    ):
        tables = [_labels(mirror, f"{family}-{name}", label) for name in (code, other)]
        shared = tables[0].keys() & tables[1].keys()
        assert len(shared) > 190
        assert all(tables[0][key] == tables[1][key] for key in shared)


def _labels(mirror: Path, dataset_id: str, label: str) -> dict[str, str]:
    entry = catalog.entry(dataset_id)
    test = next(source for source in entry.files if source.split == "test")
    quoting = csv.QUOTE_MINIMAL if test.format == "sib200" else csv.QUOTE_NONE
    with (mirror / entry.repository / test.path).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=quoting))
    return {row[str(entry.meta["parallel_key"])]: row[label] for row in rows}


@pytest.mark.real
def test_every_language_of_the_mirror_has_an_entry(mirror: Path) -> None:
    listed = json.loads((mirror / "index.json").read_text(encoding="utf-8"))["files"]
    codes = {code for item in listed for code in item["language"].split("+")} - {"mul"}
    assert len(codes) > 45
    assert codes <= set(catalog.languages())
    own = {entry.language for entry in catalog.entries().values()}
    assert codes <= own
