"""Data sets: entries generated from the families of `datasets.toml` and from the embedded sample."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

from core.catalog.language_table import direction, language
from core.errors import UnknownName
from core.types import Labels, TaskName

Kind = Literal["files", "ssp-release", "sample", "world"]
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a data set; `also` are paths to try where `path` does not exist.

    `partner` is the line-aligned translation of the file, in `partner_language` (ISO 639-3).
    """

    split: str
    path: str
    format: str
    also: tuple[str, ...] = ()
    partner: str = ""
    partner_language: str = ""


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """A data set that can be imported. `repository` is owner/name, `language` ISO 639-3.

    `labels` is empty where the label set is what the files hold. `meta` carries facts of one family:
    `code` and `results` (ssp-release), `role` and `target` (sample), `script`, `note`, `source`,
    `unlabelled` (true: there are no labels), and `rows` = "parallel": rows that share their
    `parallel_key` (a name in the meta of each item) across languages carry the same label. Of the demo
    world (`world`, made up at import by `core.world`): `partner`, the language of the translations, and
    `pairs`, how many there are.
    """

    id: str
    name: str
    language: str
    task: TaskName
    repository: str = ""
    branch: str = ""
    files: tuple[SourceFile, ...] = ()
    licence: str = ""
    citation: str = ""
    kind: Kind = "files"
    labels: Labels = ()
    meta: Mapping[str, object] = field(default_factory=dict)


@lru_cache(maxsize=1)
def entries() -> Mapping[str, CatalogEntry]:
    """All data sets of the catalog by id.

    Raises:
        ValueError: two entries have the same id (a mistake in the tables).
    """
    table: dict[str, CatalogEntry] = {}
    for made in (*_public(), *_sample()):
        if table.setdefault(made.id, made) is not made:
            raise ValueError(f"two data sets of the catalog are called {made.id}")
    return MappingProxyType(table)


def entry(dataset_id: str) -> CatalogEntry:
    """One data set; upper case, and `-` for `_`, are accepted.

    Raises:
        UnknownName: there is none of that id; says which are near.
    """
    table = entries()
    if dataset_id in table:
        return table[dataset_id]
    known = _spellings().get(_folded(dataset_id))
    if known is None:
        raise UnknownName("data set", dataset_id, table, "`ssp catalog` lists them all.")
    return table[known]


@lru_cache(maxsize=1)
def _spellings() -> Mapping[str, str]:
    return {_folded(name): name for name in entries()}


def _folded(dataset_id: str) -> str:
    return dataset_id.strip().lower().replace("_", "-")


def _public() -> Iterator[CatalogEntry]:
    text = files("core.catalog").joinpath("datasets.toml").read_text(encoding="utf-8")
    for family, facts in tomllib.loads(text).items():
        for item in facts.get("languages", ()):
            yield _of_language(family, facts, item)
        for item in facts.get("treebanks", ()):
            yield _of_treebank(family, {**facts, **item})
        for item in facts.get("pairs", ()):
            yield _of_pair(family, {**facts, **item})
        for item in facts.get("releases", ()):
            yield _of_release(family, {**facts, **item})
        for item in facts.get("worlds", ()):
            yield _of_world(family, {**facts, **item})


def _of_language(family: str, facts: Facts, item: str) -> CatalogEntry:
    iso, _, name = item.partition("=")
    spoken = language(iso)
    variant = iso.partition("_")[2]
    meta: Facts = {"script": variant, "direction": direction(variant)} if variant else {}
    if iso in facts.get("notes", {}):
        meta["note"] = facts["notes"][iso]
    title = f"{facts['title']} {spoken.name}" + (f" ({variant})" if variant else "")
    sources = _files(facts, {"name": name or iso, "iso": iso})
    return _made(f"{family}-{iso}", title, spoken.code, facts, sources, meta)


def _of_treebank(family: str, facts: Facts) -> CatalogEntry:
    named = facts["name"]
    treebank = named.partition("-")[2].lower()
    collection = family.upper()
    facts = {**facts, "repository": f"{facts['owner']}/{collection}_{named}"}
    sources = _files(facts, {"prefix": f"{facts['code']}_{treebank}"})
    meta = {"note": facts["note"]} if "note" in facts else {}
    return _made(f"{family}-{named.lower()}", f"{collection} {named}", facts["iso"], facts, sources, meta)


def _of_pair(family: str, facts: Facts) -> CatalogEntry:
    meta = {"note": facts["note"]} if "note" in facts else {}
    spoken = language(facts["iso"])
    sources = tuple(_pair(facts, split) for split in facts["splits"])
    dataset_id = f"{family}-{facts.get('id', facts['iso'])}"
    return _made(dataset_id, f"{facts['title']} {spoken.name}", spoken.code, facts, sources, meta)


def _pair(facts: Facts, split: str) -> SourceFile:
    names = {"folder": facts["folder"], "stem": facts.get("stem", split)}
    code = facts.get("codes", {}).get(split, facts["code"])
    text, partner = (facts["pattern"].format(code=ending, **names) for ending in (code, facts["partner"]))
    return SourceFile(
        split, text, facts["format"], partner=partner, partner_language=facts["partner_language"]
    )


def _of_release(family: str, facts: Facts) -> CatalogEntry:
    meta: Facts = {key: facts[key] for key in ("code", "results") if key in facts}
    spoken = language(facts["iso"])
    title = f"{facts['title']} {spoken.name}"
    return _made(f"{family}-{spoken.code}", title, spoken.code, facts, (), meta, kind="ssp-release")


def _of_world(family: str, facts: Facts) -> CatalogEntry:
    made_up: Facts = {key: facts[key] for key in ("note", "partner", "pairs", "unlabelled") if key in facts}
    spoken = language(facts["iso"])
    named = f"{facts['title']} {facts['name']}"
    meta = made_up | {"kind": "world"}
    return _made(f"{family}-{facts['id']}", named, spoken.code, facts, (), meta, kind="world")


def _files(facts: Facts, names: Mapping[str, str]) -> tuple[SourceFile, ...]:
    return tuple(
        SourceFile(
            split,
            facts["pattern"].format(split=split, **names),
            facts["format"],
            tuple(path.format(split=split, **names) for path in facts.get("also", {}).get(split, ())),
        )
        for split in facts["splits"]
    )


def _made(
    dataset_id: str,
    name: str,
    iso: str,
    facts: Facts,
    sources: tuple[SourceFile, ...],
    meta: Mapping[str, object],
    kind: Kind = "files",
) -> CatalogEntry:
    return CatalogEntry(
        id=dataset_id,
        name=name,
        language=iso,
        task=facts["task"],
        repository=facts["repository"],
        branch=facts["branch"],
        files=sources,
        licence=facts["licence"],
        citation=facts["citation"],
        kind=kind,
        meta={**facts.get("meta", {}), **meta, "source": facts["source"]},
    )


def _sample() -> Iterator[CatalogEntry]:
    """Entries of the embedded sample, whose table lies beside its files."""
    table = files("core.catalog").joinpath("sample", "sample.toml")
    if not table.is_file():
        return
    facts = tomllib.loads(table.read_text(encoding="utf-8"))
    shared = {key: value for key, value in facts.items() if isinstance(value, str)}
    for listed in (value for value in facts.values() if isinstance(value, list)):
        for item in listed:
            yield _of_sample({**shared, **item})


def _of_sample(facts: Facts) -> CatalogEntry:
    split = facts.get("split") or ("train" if facts["role"] == "source" else "test")
    meta: Facts = {key: facts[key] for key in ("role", "target", "note", "source") if key in facts}
    return CatalogEntry(
        id=facts["id"],
        name=facts["name"],
        language=language(facts["language"]).code,
        task=facts["task"],
        files=(SourceFile(split, facts["file"], facts["format"]),),
        licence=facts.get("licence", ""),
        citation=facts.get("citation", ""),
        kind="sample",
        labels=tuple(facts.get("labels", ())),
        meta=meta,
    )
