"""A run's inputs as files: written by the owner of the database, read by the worker."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from core.rows import COMPLETION
from core.run_identity import code_version
from core.run_input import Place, Rerun, RunInput, Source
from core.types import Completion, Dataset, Instance, Labels, Prediction, Record
from core.whole_files import replace_json, whole

INSTANCE = pa.schema(
    [
        ("position", pa.int64()),
        ("split", pa.string()),
        ("tokens", pa.list_(pa.string())),
        ("text", pa.string()),
        ("text_b", pa.string()),
        ("labels", pa.list_(pa.string())),
        ("meta", pa.string()),
    ]
)
NEEDED = ("translations", "translations_b", "tokenization")
"""Of meta, all that a run looks at."""
PREDICTION = pa.schema(
    [
        ("position", pa.int64()),
        ("labels", pa.list_(pa.string())),
        ("confidences", pa.list_(pa.float64())),
        ("error", pa.string()),
        ("outcome", pa.string()),
        ("posterior", pa.list_(pa.list_(pa.float64()))),
    ]
)
PLACES = pa.schema(
    [
        ("position", pa.int64()),
        ("dataset", pa.string()),
        ("exemplar", pa.int64()),
        ("similarity", pa.float64()),
    ]
)
WORDS = pa.schema([("position", pa.int64()), ("place", pa.int64()), ("label", pa.string())])
PAIRS = pa.schema([("text", pa.string()), ("translation", pa.string())])
POSITIONS = pa.schema([("position", pa.int64()), ("chosen", pa.list_(pa.int64()))])


def save(job: RunInput, folder: Path, asked: Mapping[str, Any] | None = None) -> None:
    """Write `job.json` (last, so that a complete bundle is recognisable) and `in/*.parquet`.

    `asked` is kept in `job.json`: what was asked for, and when.
    """
    inputs = folder / "in"
    inputs.mkdir(parents=True, exist_ok=True)
    for name, items in (("target", job.instances), ("others", job.others), ("parallel", job.parallel)):
        _write(inputs / f"{name}.parquet", INSTANCE, (_instance_row(item, None) for item in items))
    for number, source in enumerate(job.sources):
        rows = (_instance_row(record.instance, record.labels) for record in source.records)
        _write(inputs / f"source-{number}.parquet", INSTANCE, rows)
    for stage, rows_of in (("stage1", job.stage1), ("stage2", job.stage2)):
        _write(inputs / f"{stage}.parquet", PREDICTION, map(_prediction_row, rows_of.values()))
    pairs = ({"text": text, "translation": translation} for text, translation in job.aligned)
    _write(inputs / "aligned.parquet", PAIRS, pairs)
    recorded = ({"position": p, "chosen": list(chosen)} for p, chosen in job.recorded.items())
    _write(inputs / "recorded.parquet", POSITIONS, recorded)
    _write(inputs / "completions.parquet", COMPLETION, map(asdict, job.completions))
    corrections = ({"position": p, "labels": list(labels)} for p, labels in job.corrections.items())
    _write(inputs / "corrections.parquet", PREDICTION, corrections)
    _write(inputs / "partial.parquet", WORDS, _word_rows(job.partial))
    if job.rerun:
        _write(inputs / "before.parquet", PLACES, _place_rows(job.rerun))
        said = ({"position": p, "labels": list(labels)} for p, labels in (job.rerun.earlier or {}).items())
        _write(inputs / "earlier.parquet", PREDICTION, said)
        _write(inputs / "earlier-partial.parquet", WORDS, _word_rows(job.rerun.earlier_partial))
    replace_json(folder / "job.json", _description(job) | dict(asked or {}))


def load(folder: Path) -> RunInput:
    """The inverse of `save`."""
    said = json.loads((folder / "job.json").read_text("utf8"))
    inputs = folder / "in"
    dataset = said["dataset"]
    dataset["labels"] = tuple(dataset["labels"])
    dataset["tagset"] = ()
    sources = [
        Source(
            source["dataset"],
            source["language"],
            list(_records(inputs / f"source-{number}.parquet")),
            egress=source["egress"],
        )
        for number, source in enumerate(said["sources"])
    ]
    return RunInput(
        run_id=said["run_id"],
        dataset=Dataset(**dataset),
        recipe=said["recipe"],
        seed=said["seed"],
        instances=[record.instance for record in _records(inputs / "target.parquet")],
        sources=sources,
        stage1=_predictions(inputs / "stage1.parquet"),
        stage2=_predictions(inputs / "stage2.parquet"),
        recorded={row["position"]: tuple(row["chosen"]) for row in _rows(inputs / "recorded.parquet")},
        others=[record.instance for record in _records(inputs / "others.parquet")],
        parallel=tuple(record.instance for record in _records(inputs / "parallel.parquet")),
        aligned=tuple((row["text"], row["translation"]) for row in _rows(inputs / "aligned.parquet")),
        completions=[Completion(**row) for row in _rows(inputs / "completions.parquet")],
        template=said["template"],
        again_template=said.get("again_template", ""),
        corrections=_corrections(inputs / "corrections.parquet"),
        partial=_words(inputs / "partial.parquet"),
        said_until=said.get("said_until", ""),
        warnings=tuple(said["warnings"]),
        folder=folder,
        rerun=_rerun(said["rerun"], inputs) if said.get("rerun") else None,
    )


def _description(job: RunInput) -> dict[str, Any]:
    dataset = asdict(job.dataset) | {"meta": {}, "tagset": (), "splits": dict(job.dataset.splits)}
    return {
        "run_id": job.run_id,
        "dataset": dataset,
        "dataset_id": job.dataset.id,
        "recipe": dict(job.recipe),
        "code_version": code_version(),
        "seed": job.seed,
        "template": job.template,
        "again_template": job.again_template,
        "warnings": list(job.warnings),
        "said_until": job.said_until,
        "parent": job.rerun.parent if job.rerun else None,
        "rerun": _rerun_table(job.rerun) if job.rerun else None,
        "sources": [
            {
                "dataset": source.dataset,
                "language": source.language,
                "splits": sorted({record.instance.split for record in source.records}),
                "left_out": source.left_out,
                "egress": source.egress,
            }
            for source in job.sources
        ],
    }


def _rerun_table(rerun: Rerun) -> dict[str, Any]:
    return {
        "parent": rerun.parent,
        "ban": list(rerun.ban),
        "pin": list(rerun.pin),
        "outside": sorted(rerun.outside),
        "solve": rerun.solve,
        "whole": rerun.whole,
        "same": rerun.same,
        "corrected": rerun.earlier is not None,
        "stale": sorted(rerun.stale),
    }


def _place_rows(rerun: Rerun) -> Iterable[Mapping[str, object]]:
    return (
        {"position": position, "dataset": at.dataset, "exemplar": at.position, "similarity": at.similarity}
        for position, places in rerun.before.items()
        for at in places
    )


def _rerun(said: Mapping[str, Any], inputs: Path) -> Rerun:
    before: dict[int, tuple[Place, ...]] = {}
    for row in _rows(inputs / "before.parquet"):
        place = Place(row["dataset"], row["exemplar"], row["similarity"])
        before[row["position"]] = (*before.get(row["position"], ()), place)
    ban, pin = (tuple((name, at) for name, at in said[key]) for key in ("ban", "pin"))
    return Rerun(
        said["parent"],
        ban,
        pin,
        before,
        frozenset(said["outside"]),
        said["solve"],
        said["whole"],
        said["same"],
        _corrections(inputs / "earlier.parquet") if said.get("corrected") else None,
        _words(inputs / "earlier-partial.parquet"),
        frozenset(said.get("stale", ())),
    )


def _instance_row(item: Instance, labels: Labels | None) -> dict[str, object]:
    return {
        "position": item.position,
        "split": item.split,
        "tokens": list(item.tokens),
        "text": item.text,
        "text_b": item.text_b,
        "labels": None if labels is None else list(labels),
        "meta": _meta(item),
    }


def _meta(item: Instance) -> str | None:
    found = {name: item.meta[name] for name in NEEDED if item.meta.get(name)}
    return json.dumps(found, ensure_ascii=False) if found else None


def _prediction_row(row: Prediction) -> dict[str, object]:
    return {
        "position": row.position,
        "labels": list(row.labels),
        "confidences": None if row.confidences is None else list(row.confidences),
        "error": row.error,
        "outcome": row.outcome,
        "posterior": row.posterior,
    }


def _write(path: Path, schema: pa.Schema, rows: Iterable[Mapping[str, object]]) -> None:
    with whole(path) as part, pq.ParquetWriter(part, schema, compression="zstd") as writer:
        for batch in _batches(rows, 5_000):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))


def _batches(rows: Iterable[Mapping[str, object]], size: int) -> Iterable[list[Mapping[str, object]]]:
    batch: list[Mapping[str, object]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _rows(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def _records(path: Path) -> Iterable[Record]:
    for row in _rows(path):
        words, meta = tuple(row["tokens"]), json.loads(row["meta"] or "{}")
        instance = Instance(row["position"], row["split"], words, row["text"], row["text_b"], meta)
        yield Record(instance, None if row["labels"] is None else tuple(row["labels"]))


def _predictions(path: Path) -> dict[int, Prediction]:
    return {row["position"]: _prediction(row) for row in _rows(path)}


def _prediction(row: Mapping[str, Any]) -> Prediction:
    confidences: Sequence[float] | None = row["confidences"]
    return Prediction(
        row["position"],
        tuple(row["labels"]),
        None if confidences is None else tuple(confidences),
        error=row["error"],
        outcome=row.get("outcome"),
        posterior=tuple(map(tuple, row["posterior"])) if row.get("posterior") else None,
    )


def _corrections(path: Path) -> dict[int, Labels]:
    return {row["position"]: tuple(row["labels"]) for row in _rows(path)}


def _word_rows(partial: Mapping[int, Mapping[int, str]]) -> Iterable[Mapping[str, object]]:
    return (
        {"position": position, "place": place, "label": label}
        for position, words in partial.items()
        for place, label in words.items()
    )


def _words(path: Path) -> dict[int, dict[int, str]]:
    found: dict[int, dict[int, str]] = {}
    for row in _rows(path):
        found.setdefault(row["position"], {})[row["place"]] = row["label"]
    return found
