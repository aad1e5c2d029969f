"""Getting data in: a catalog entry or a file of one's own becomes a stored data set, or nothing does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from core import catalog, languages, parallel_rows
from core.catalog import CatalogEntry
from core.decisions import decided
from core.download import fetch
from core.egress import CHOICES
from core.errors import StudioError
from core.formats import formats
from core.formats.provenance import confidences, may_say_origins, origins_of
from core.inspection import FileChoice, Inspection, look, opened
from core.normal import normal
from core.release import import_release
from core.scoring import score_run
from core.settings import Settings
from core.sources import Part, chained, fetched, label_set, sample_parts, scan
from core.store import Store, facts, views
from core.store.facts_archive import Handed
from core.types import Dataset, Egress, Record, Report, TaskName
from core.world import WORLD, corpora


def import_catalog(
    store: Store, settings: Settings, dataset_id: str, report: Report, *, task: TaskName | None = None
) -> dict[str, Any]:
    """Fetch a data set of the catalog and store it.

    Args:
        task: what to import text without labels for; other data sets have one task only.

    Returns:
        dataset, instances, tokens, created (False: identical content was there), licence, citation,
        splits (name -> instances) and skipped (what could not be found, in words); for a release also
        what `core.release.import_release` says.

    Raises:
        UnknownName: no such data set. DownloadError: none of its files can be had.
        FormatError: a file does not hold what it promises. In each case the store is unchanged.
    """
    entry = _for_task(catalog.entry(dataset_id), task)
    if entry.kind == "ssp-release":
        return _import_release(store, settings, entry, report)
    if entry.kind == "sample":
        with as_file(files("core.catalog").joinpath("sample")) as folder:
            return _store(store, _dataset_of(entry), sample_parts(entry, folder), [], report)
    if entry.kind == "world":
        return _import_made_up(store, entry, report)
    parts, skipped = fetched(entry, settings, report)
    return _store(store, _dataset_of(entry), parts, skipped, report)


def _for_task(entry: CatalogEntry, task: TaskName | None) -> CatalogEntry:
    if task is None or task == entry.task:
        return entry
    if not entry.meta.get("unlabelled"):
        raise StudioError(f"{entry.id} is a {entry.task} data set, not one of {task}.", "Leave out --task.")
    able = formats[entry.files[0].format].tasks if entry.files else (entry.task,)
    if task not in able:
        raise StudioError(f"{entry.id} cannot be labelled for {task}.", f"Choose {', '.join(able)}.")
    return replace(entry, id=f"{entry.id}-{task}", task=task)


class UndecidedLabels(StudioError):
    """A file holds labels its task does not know, and nobody has said what to do with them."""

    code = "undecided_labels"


def import_file(store: Store, choice: FileChoice, report: Report | None = None) -> dict[str, Any]:
    """Read a user's file - or those of a zip - and store them as one data set; answers as `import_catalog`
    does, and with `problems` (kind -> how many).

    Raises:
        UndecidedLabels: labels the task does not know, and no decision about them.
        FormatError: with file and line. StudioError: what the user said does not fit the file.
        In each case the store is unchanged.
    """
    quiet = report or _silent
    with opened(choice) as (parts, skipped):
        found = look(choice, parts, skipped, quiet)
        if found.error:
            raise found.error
        if found.unknown:
            raise _undecided(choice, found)
        dataset_id, created = _stored(store, _described(choice, found), parts, _decided(choice, parts, quiet))
    _keep_the_stricter(store, dataset_id, choice.egress)
    answer = _answer(store, dataset_id, created=created, skipped=[p.message for p in skipped])
    return answer | {"problems": dict(found.counts)}


def _stored(
    store: Store, described: Dataset, parts: Sequence[Part], records: Iterator[Record]
) -> tuple[str, bool]:
    """Store records; labels that came with their origins are a run and annotations, not gold."""
    if not any(may_say_origins(part.path) for part in parts):
        return facts.add_dataset(store, described, records)
    handed: list[Handed] = []
    with store.write():
        dataset_id, created = facts.add_dataset(store, described, _without_handed(records, handed))
        if created and handed:
            facts.add_handed_over(store, dataset_id, handed)
        elif handed and not facts.is_handed_over(store, dataset_id, handed):
            raise StudioError(
                f"the same items are here already as {dataset_id}, with other labels.",
                f"Bring the labels to it: `ssp import-labels FILE --dataset {dataset_id}`.",
            )
    return dataset_id, created


def _without_handed(records: Iterator[Record], handed: list[Handed]) -> Iterator[Record]:
    """Records without the labels that came with their origins; these are put into `handed`."""
    for record in records:
        origins = origins_of(record)
        if origins is None or record.labels is None:
            yield record
            continue
        position = record.instance.position
        handed.append(Handed(position, record.labels, confidences(origins), origins))
        yield replace(record, labels=None, confidences=None)


def _keep_the_stricter(store: Store, dataset_id: str, wanted: Egress) -> None:
    """Of what was said now and, where the content was there already, before."""
    stored = views.dataset(store, dataset_id).egress
    if CHOICES.index(wanted) < CHOICES.index(stored):
        facts.set_egress(store, dataset_id, wanted)


def _undecided(choice: FileChoice, found: Inspection) -> UndecidedLabels:
    listed = [problem for problem in found.problems if problem.kind == "unknown_label"]
    more = f" and {len(listed) - 5} more" if len(listed) > 5 else ""
    said = "; ".join(problem.message for problem in listed[:5])
    example = found.suggested[0]
    advice = {
        "map": f'--map "{example.label}={example.target}"',
        "keep": f'--keep "{example.label}"',
        "drop": f'--drop "{example.label}"',
    }[example.action]
    return UndecidedLabels(
        f"{listed[0].where}: {said}{more}.",
        f"Say what to do with each, for example {advice}, or --keep-unknown to keep all; nothing was stored.",
    )


def _decided(choice: FileChoice, parts: Sequence[Part], report: Report) -> Iterator[Record]:
    decisions = {decision.label: decision for decision in choice.decisions}
    for record in chained(choice.task, parts, report, "storing"):
        yield with_normal(decided(record, choice.task, decisions))


def with_normal(record: Record) -> Record:
    """The record with the normal form of its text beside it, where that differs."""
    item = record.instance
    plain = normal(item.text)
    if plain == item.text:
        return record
    return replace(record, instance=replace(item, meta={**item.meta, "normal": plain}))


def _described(choice: FileChoice, found: Inspection) -> Dataset:
    spoken = choice.language
    stem = Path(choice.name).name
    for suffix in (".gz", ".zip"):
        stem = stem.removesuffix(suffix)
    name = Path(stem).stem or "dataset"
    meta: dict[str, Any] = {"format": found.format, "script": spoken.script, "direction": spoken.direction}
    if languages.is_private(spoken):
        meta[languages.KEY] = languages.described(spoken)
    if found.format == "sib200":
        meta[parallel_rows.KEY] = "index_id"
    if choice.decisions:
        meta["label_mapping"] = [decision.as_json() for decision in choice.decisions]
    if choice.options.columns:
        meta["columns"] = dict(choice.options.columns)
    return Dataset(
        id=_checked_id(choice.dataset_id) if choice.dataset_id else slug(name),
        name=name,
        language=spoken.code,
        task=choice.task,
        labels=found.label_set,
        licence=choice.licence,
        citation=choice.citation,
        source=Path(choice.name).name,
        meta=meta,
        egress=choice.egress,
        tagset=choice.tagset,
    )


def licence_note(entry: CatalogEntry) -> str:
    """What a user should know before an import: terms, whom to cite, where the data come from."""
    lines = [f"{entry.name}.", f"Licence: {entry.licence or 'none stated by the publisher'}."]
    if re.search(r"\bNC\b", entry.licence):
        lines.append("Non-commercial use only.")
    if entry.citation:
        lines.append(f"Please cite: {entry.citation}.")
    note = entry.meta.get("note")
    return " ".join([*lines, f"Note: {note}."] if note else lines)


def slug(stem: str) -> str:
    """An id made from a file name: lower case, words joined by hyphens."""
    return re.sub(r"[^\w]+", "-", stem.lower()).strip("-_") or "dataset"


def _checked_id(dataset_id: str) -> str:
    if re.fullmatch(r"\w[\w.-]*", dataset_id):
        return dataset_id
    raise StudioError(
        f"{dataset_id!r} cannot be the id of a data set.", "Use letters, digits, '-', '_' and '.', no spaces."
    )


def _import_release(store: Store, settings: Settings, entry: CatalogEntry, report: Report) -> dict[str, Any]:
    def have(paths: Sequence[str]) -> Path | None:
        return fetch(entry.repository, entry.branch, paths, settings=settings)

    done = import_release(store, entry, have, report)
    for name in done["runs"]:
        score_run(store, f"{done['dataset']}/{name}")
    return done | _answer(store, done["dataset"], created=done["created"], skipped=done["notes"])


def _import_made_up(store: Store, entry: CatalogEntry, report: Report) -> dict[str, Any]:
    """A data set of the demo world, drawn as it is stored, with the template its causal model knows."""
    described = replace(_dataset_of(entry), labels=corpora.labels(WORLD))
    partner, number = str(entry.meta.get("partner", "")), entry.meta.get("pairs", 0)
    made = corpora.records(WORLD, entry.language, report, partner=partner, number=int(str(number)))
    dataset_id, created = facts.add_dataset(store, described, made)
    if not entry.meta.get("unlabelled"):
        facts.add_template(store, dataset_id, corpora.TEMPLATE, corpora.template(WORLD), "this project")
    return _answer(store, dataset_id, created=created, skipped=[])


def _dataset_of(entry: CatalogEntry) -> Dataset:
    return Dataset(
        id=entry.id,
        name=entry.name,
        language=entry.language,
        task=entry.task,
        labels=entry.labels,
        licence=entry.licence,
        citation=entry.citation,
        source=entry.repository,
        illustrative=entry.kind in ("sample", "world"),
        meta=dict(entry.meta),
    )


def _store(
    store: Store, dataset: Dataset, parts: Sequence[Part], skipped: list[str], report: Report
) -> dict[str, Any]:
    """Read the files twice: once to know that they are sound and which labels they hold, once to store."""
    found = scan(dataset.task, parts, report)
    described = replace(dataset, labels=dataset.labels or label_set(dataset.task, found))
    records = map(with_normal, chained(dataset.task, parts, report, "storing"))
    dataset_id, created = facts.add_dataset(store, described, records)
    return _answer(store, dataset_id, created=created, skipped=skipped)


def _answer(store: Store, dataset_id: str, *, created: bool, skipped: Sequence[str]) -> dict[str, Any]:
    stored = views.dataset(store, dataset_id)
    return {
        "dataset": dataset_id,
        "instances": stored.n_instances,
        "tokens": stored.n_tokens,
        "created": created,
        "licence": stored.licence,
        "citation": stored.citation,
        "splits": dict(stored.splits),
        "skipped": list(skipped),
    }


def _silent(doing: str, done: int, total: int) -> None:
    """A report nobody reads."""
