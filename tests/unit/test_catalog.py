"""The catalog: every fact resolves, nothing is listed twice, and it covers the public files it names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core import catalog
from core.errors import UnknownName

PAPER = ("fao", "got", "gsw", "hau", "ibo", "kin", "lug", "luo", "aym", "grn", "quy", "nah")
ELSEWHERE = ("dair-iitd/SSP", "derived")
"""Folders of the mirror whose files belong to a release, whose importer knows them."""


def test_the_twelve_languages_of_the_paper_are_there_and_have_a_release() -> None:
    assert catalog.paper_languages() == PAPER
    assert [f"ssp-release-{code}" in catalog.entries() for code in PAPER] == [True] * 12


def test_the_languages_of_all_four_papers_are_there() -> None:
    sources = "en is de am sw wo es".split()  # noqa: SIM905
    xnli = "ar bg de el en es fr hi ru sw th tr ur vi zh".split()  # noqa: SIM905
    assert {catalog.language(tag).code for tag in (*sources, *xnli)} <= set(catalog.languages())
    families = ("sib200-", "masakhanews-")
    topics = {entry.language for entry in catalog.entries().values() if entry.id.startswith(families)}
    assert len(topics) > 190
    assert topics <= set(catalog.languages())


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("fo", "fao"),
        ("fao", "fao"),
        ("FAO", "fao"),
        ("Faroese", "fao"),
        ("Swiss German", "gsw"),
        ("gsw-CH", "gsw"),
        ("gn", "grn"),
        ("ay", "aym"),
        ("ayr", "ayr"),
        ("qu", "que"),
        ("swh", "swh"),
        ("no", "nor"),
        ("nn", "nno"),
        ("iw", "heb"),
        ("ger", "deu"),
        ("zh-yue", "yue"),
        ("cmn", "cmn"),
        ("fao_Latn", "fao"),
        ("xmm", "xmm"),
        ("hbs", "hbs"),
        ("tgl_Latn", "tgl"),
        ("alb", "sqi"),
        ("fry", "fry"),
    ],
)
def test_a_language_has_many_spellings(tag: str, code: str) -> None:
    assert catalog.language(tag).code == code


def test_languages_outside_the_catalog_are_described_by_the_standard() -> None:
    syriac = catalog.language("syr")
    assert "syr" not in catalog.languages()
    assert (syriac.name, syriac.script, syriac.direction) == ("Syriac", "Syrc", "rtl")


def test_a_script_in_the_tag_decides_script_and_direction() -> None:
    assert catalog.language("zh-Hant").script == "Hant"
    usual, other = catalog.language("kas"), catalog.language("kas_Deva")
    assert (usual.direction, other.direction) == ("rtl", "ltr")
    assert catalog.language("az-Arab").direction == "rtl"


@pytest.mark.parametrize("tag", ["", "xx", "klingon", "../fo", "q" * 500, "und", "no-such-tag-at-all"])
def test_what_is_no_language_is_refused(tag: str) -> None:
    with pytest.raises(UnknownName, match="ISO 639"):
        catalog.language(tag)


def test_right_to_left_languages_are_marked() -> None:
    found = {code for code, spoken in catalog.languages().items() if spoken.direction == "rtl"}
    assert {"ckb", "nqo", "heb", "urd", "arb"} <= found
    assert not found & set(PAPER)


def test_aliases_and_names_are_unambiguous() -> None:
    spellings = [
        spelling.lower()
        for spoken in catalog.languages().values()
        for spelling in {spoken.code, spoken.name.lower(), *spoken.aliases}
    ]
    assert len(spellings) == len(set(spellings))


def test_every_alias_leads_to_its_language() -> None:
    for code, spoken in catalog.languages().items():
        assert all(catalog.language(spelling).code == code for spelling in (*spoken.aliases, spoken.name))
        assert spoken.family


def test_macrolanguages_are_real_and_tie_their_members_together() -> None:
    for code in catalog.languages():
        head = catalog.macrolanguage(code)
        assert not head or catalog.language(head).code == head
    assert catalog.related("ayr") == catalog.related("aym") == ("aym", "ayr")
    assert catalog.scope("grn") == "macrolanguage"
    assert catalog.scope("nah") == "collective"
    assert catalog.scope("fao") == "individual"


def test_ids_are_unique_and_every_language_is_catalogued() -> None:
    table = catalog.entries()
    assert all(key == entry.id for key, entry in table.items())
    assert {entry.language for entry in table.values()} <= set(catalog.languages())


def test_families_are_complete() -> None:
    families = ("masakhaner1", "masakhaner2", "masakhapos", "americasnli", "masakhanews", "sib200", "mafand")
    sizes = {name: sum(key.startswith(f"{name}-") for key in catalog.entries()) for name in families}
    assert sizes == dict(zip(families, (10, 20, 20, 10, 16, 205, 14), strict=True))


def test_entries_state_terms_and_plain_paths() -> None:
    for entry in catalog.entries().values():
        assert entry.citation or entry.kind == "sample", entry.id
        assert entry.licence or entry.kind == "sample", entry.id
        assert entry.files or entry.kind in ("ssp-release", "world"), entry.id
        for source in entry.files:
            assert "{" not in source.path
            assert not source.path.startswith("/")


def test_a_treebank_entry_follows_the_naming_of_universal_dependencies() -> None:
    entry = catalog.entry("ud-faroese-oft")
    assert (entry.repository, entry.branch) == ("UniversalDependencies/UD_Faroese-OFT", "master")
    assert [source.path for source in entry.files] == [
        f"fo_oft-ud-{split}.conllu" for split in ("train", "dev", "test")
    ]
    assert (entry.language, entry.task) == ("fao", "pos")


def test_an_entry_may_be_spelled_with_hyphens_or_capitals() -> None:
    assert catalog.entry("ud-swiss-german-uzh") is catalog.entry("ud-swiss_german-uzh")
    assert catalog.entry("sib200-zho_hans").id == "sib200-zho_Hans"


def test_an_unknown_data_set_names_its_neighbours() -> None:
    with pytest.raises(UnknownName, match="Did you mean ud-faroese-oft"):
        catalog.entry("ud-faroese-off")


def test_release_entries_say_how_their_files_are_called() -> None:
    assert catalog.entry("ssp-release-fao").meta["code"] == "fo"
    assert catalog.entry("ssp-release-grn").meta["code"] == "gn"
    assert catalog.entry("ssp-release-luo").meta["results"] == "results/NER/gpt4_1106_preview"
    assert "results" not in catalog.entry("ssp-release-quy").meta


def test_recipes_are_read_by_name() -> None:
    assert catalog.recipe("ssp")["name"] == "ssp"
    with pytest.raises(UnknownName, match="ssp"):
        catalog.recipe("sspp")


def test_prompt_templates_are_read_by_task() -> None:
    assert "demos" in catalog.prompt_template("pos")
    with pytest.raises(UnknownName, match="prompt template"):
        catalog.prompt_template("parsing")


@pytest.mark.real
def test_every_data_file_of_the_mirror_belongs_to_an_entry(mirror: Path) -> None:
    named = {
        f"{entry.repository}/{path}"
        for entry in catalog.entries().values()
        for source in entry.files
        for path in (source.path, *source.also, source.partner)
    }
    listed = json.loads((mirror / "index.json").read_text(encoding="utf-8"))["files"]
    data = {
        item["path"]
        for item in listed
        if item["kind"] in ("data", "target", "source") and not item["path"].startswith(ELSEWHERE)
    }
    few_shot_dev = {path for path in data if "/few_shot_data/" in path and path.endswith("/dev.tsv")}
    assert len(data) > 200
    assert data - named == few_shot_dev


@pytest.mark.real
def test_languages_and_branches_are_those_of_the_mirror(mirror: Path) -> None:
    listed = json.loads((mirror / "index.json").read_text(encoding="utf-8"))["files"]
    facts = {item["path"]: item for item in listed}
    checked = 0
    for entry in catalog.entries().values():
        for source in entry.files:
            known = facts.get(f"{entry.repository}/{source.path}")
            if known:
                assert source.split == known["split"]
                assert entry.language == known["language"].rpartition("+")[2]
                assert entry.branch == known["upstream"]["branch"]
                assert known["task"] in (entry.task.upper(), "PARALLEL")
                assert entry.meta.get("unlabelled", False) == (known["task"] == "PARALLEL")
                checked += 1
    assert checked > 185


def test_the_sample_lists_targets_and_their_sources() -> None:
    sample = {key: entry for key, entry in catalog.entries().items() if entry.kind == "sample"}
    targets = {key for key, entry in sample.items() if entry.meta["role"] == "target"}
    assert {sample[key].task for key in targets} == {"pos", "ner", "nli", "topic"}
    for key in sample.keys() - targets:
        assert sample[key].meta["target"] in targets
        assert sample[key].files[0].split == "train"
