"""Data sets into the workspace, and out of it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, delete, func, insert, select

from core.errors import FormatError, StudioError, UnknownName
from core.rows import STRINGS, Row, summary
from core.store import schema
from core.store.arrow import Spool, put
from core.store.database import Store
from core.types import Dataset, Instance, Record

OF_A_DATASET = (
    schema.annotation,
    schema.saved,
    schema.remark,
    schema.tokenization,
    schema.assignment,
    schema.queue,
    schema.completion,
    schema.template,
    schema.instance,
)
_INSTANCE = ["position", "split", "text", "text_b", "tokens", "meta", "raw"]
_GOLD = ["position", "labels", "confidences", "min_confidence", "mean_confidence"]
_RECORD = pa.schema(
    [
        ("position", pa.int64()),
        ("split", pa.string()),
        ("text", pa.string()),
        ("text_b", pa.string()),
        ("tokens", STRINGS),
        ("meta", pa.string()),
        ("raw", pa.string()),
        ("labels", STRINGS),
        ("confidences", pa.list_(pa.float32())),
        ("min_confidence", pa.float32()),
        ("mean_confidence", pa.float32()),
    ]
)


def add_dataset(store: Store, dataset: Dataset, records: Iterable[Record]) -> tuple[str, bool]:
    """Store a data set and, where records carry labels, its gold run `<id>/gold`. All or nothing.

    Reads `records` once, as a stream, before the write transaction begins. Sizes, splits and the
    fingerprint are computed here; without `dataset.labels` the labels found are taken, sorted.

    Returns:
        The id and whether it is new. Content that is stored already (same task, language, texts,
        splits, labels) keeps its id, unless the new one brings a licence or citation, which would be
        lost; an id that is taken by other content gets a suffix.

    Raises:
        FormatError: no records, positions that do not count 0, 1, 2 ..., as many labels as there
            should not be, or characters that are not text (NUL, half a surrogate pair).
    """
    if not dataset.id or "/" in dataset.id:
        raise StudioError(f"{dataset.id!r} cannot be the id of a data set.", "Use letters, digits, - and _.")
    with Spool(_RECORD, store.path.parent) as spool:
        tally = _Tally(dataset)
        if not spool.fill(tally.rows(records)):
            raise FormatError(dataset.id, 0, "there is nothing in it.")
        with store.write() as connection:
            return _store(connection, dataset, tally, spool)


def _stored_as(connection: Connection, dataset: Dataset, fingerprint: str) -> str | None:
    """The id under which this content is stored. One with a licence of its own keeps its own id."""
    table = schema.dataset
    found = list(connection.scalars(select(table.c.id).where(table.c.fingerprint == fingerprint)))
    own = [name for name in found if name in {dataset.id, f"{dataset.id}-{fingerprint[:8]}"}]
    if own or not found:
        return own[0] if own else None
    return None if dataset.licence or dataset.citation else found[0]


def _store(connection: Connection, dataset: Dataset, tally: _Tally, spool: Spool) -> tuple[str, bool]:
    fingerprint = tally.fingerprint()
    table = schema.dataset
    known = _stored_as(connection, dataset, fingerprint)
    if known is not None:
        return known, False
    taken = connection.scalar(select(table.c.id).where(table.c.id == dataset.id)) is not None
    name = f"{dataset.id}-{fingerprint[:8]}" if taken else dataset.id
    connection.execute(insert(table).values(_dataset_row(name, fingerprint, dataset, tally)))
    if tally.labelled:
        connection.execute(insert(schema.run).values(_gold_run(name)))
    for batch in spool.batches():
        put(connection, schema.instance, batch.select(_INSTANCE), {"dataset_id": name})
        gold = batch.filter(pc.is_valid(batch["labels"])).select(_GOLD)
        put(connection, schema.prediction, gold, {"run_id": f"{name}/gold", "stage": "gold"})
    return name, True


class _Tally:
    """Checks records on their way into the spool, counts them and takes their fingerprint."""

    def __init__(self, dataset: Dataset) -> None:
        self._id = dataset.id
        self._per_token = dataset.task in {"pos", "ner"}
        self._hash = hashlib.sha256(_canonical([dataset.language, dataset.task]))
        self.n = self.n_tokens = self.labelled = 0
        self.splits: Counter[str] = Counter()
        self.labels: set[str] = set()

    def rows(self, records: Iterable[Record]) -> Iterator[Row]:
        for record in records:
            item = record.instance
            self._check(record)
            content = [item.split, item.tokens, item.text, item.text_b, record.labels, item.raw]
            try:
                self._hash.update(_canonical(content))
            except UnicodeEncodeError:
                raise self._error("holds half a surrogate pair, which is not text") from None
            self._count(record)
            least, mean = summary(record.confidences if record.labels is not None else None)
            yield (*self._instance_row(item), record.labels, record.confidences, least, mean)

    def fingerprint(self) -> str:
        return self._hash.hexdigest()

    def _instance_row(self, item: Instance) -> Row:
        meta = json.dumps(dict(item.meta), ensure_ascii=True) if item.meta else None
        return (item.position, item.split, item.text, item.text_b, item.tokens, meta, item.raw)

    def _check(self, record: Record) -> None:
        item = record.instance
        if item.position != self.n:
            raise self._error(f"is numbered {item.position}: positions must count 0, 1, 2 and so on")
        if any("\0" in value for value in (item.text, item.text_b or "", item.raw or "", *item.tokens)):
            raise self._error("holds a NUL character", "Save the file as UTF-8 text.")
        if record.labels is not None:
            wanted = len(item.tokens) if self._per_token else 1
            if len(record.labels) != wanted:
                raise self._error(f"has {len(record.labels)} labels where {wanted} belong")
            if record.confidences is not None and len(record.confidences) != wanted:
                raise self._error(f"has {len(record.confidences)} confidences for {wanted} labels")

    def _error(self, problem: str, hint: str = "") -> FormatError:
        return FormatError(self._id, 0, f"item {self.n} {problem}.", hint)

    def _count(self, record: Record) -> None:
        self.n += 1
        self.n_tokens += len(record.instance.tokens)
        self.splits[record.instance.split] += 1
        if record.labels is not None:
            self.labelled += 1
            self.labels.update(record.labels)


def _canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _dataset_row(name: str, fingerprint: str, dataset: Dataset, tally: _Tally) -> dict[str, Any]:
    return {
        "id": name,
        "name": dataset.name,
        "language": dataset.language,
        "task": dataset.task,
        "labels": list(dataset.labels) or sorted(tally.labels),
        "licence": dataset.licence,
        "citation": dataset.citation,
        "source": dataset.source,
        "illustrative": dataset.illustrative,
        "fingerprint": fingerprint,
        "n_instances": tally.n,
        "n_tokens": tally.n_tokens,
        "splits": dict(tally.splits),
        "meta": dict(dataset.meta),
        "created_at": datetime.now(UTC),
        "egress": dataset.egress,
        "tagset": [asdict(info) for info in dataset.tagset] or None,
    }


def _gold_run(dataset_id: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "id": f"{dataset_id}/gold",
        "dataset_id": dataset_id,
        "kind": "gold",
        "recipe": "",
        "params": {},
        "code_version": "",
        "status": "done",
        "name": "gold",
        "created_at": now,
        "finished_at": now,
        "meta": {},
    }


def delete_dataset(store: Store, dataset_id: str, *, force: bool = False) -> None:
    """Delete a data set with its runs and everything that belongs to them.

    Raises:
        UnknownName: no such data set.
        StudioError: it carries human labels, and `force` is not set.
    """
    with store.write() as connection:
        check_dataset(connection, dataset_id)
        mine = schema.annotation.c.dataset_id == dataset_id
        human = connection.scalar(select(func.count()).select_from(schema.annotation).where(mine))
        if human and not force:
            raise StudioError(
                f"{dataset_id} carries {human} human annotations.",
                "Export them first; then delete with --force.",
            )
        runs = connection.scalars(select(schema.run.c.id).where(schema.run.c.dataset_id == dataset_id)).all()
        delete_runs(connection, runs)
        for table in OF_A_DATASET:
            connection.execute(delete(table).where(table.c.dataset_id == dataset_id))
        connection.execute(delete(schema.dataset).where(schema.dataset.c.id == dataset_id))


def delete_runs(connection: Connection, runs: Sequence[str]) -> None:
    """Delete runs with their predictions, selections, scores and the notes of their ingest."""
    jobs = select(schema.job.c.id).where(schema.job.c.run_id.in_(runs))
    connection.execute(delete(schema.ingested).where(schema.ingested.c.job_id.in_(jobs)))
    of_runs = (
        schema.prediction,
        schema.exemplar,
        schema.selection,
        schema.influence,
        schema.score,
        schema.job,
    )
    for table in of_runs:
        connection.execute(delete(table).where(table.c.run_id.in_(runs)))
    connection.execute(delete(schema.run).where(schema.run.c.id.in_(runs)))


def check_dataset(connection: Connection, dataset_id: str) -> None:
    """Raises UnknownName where there is no such data set."""
    known = connection.scalars(select(schema.dataset.c.id)).all()
    if dataset_id not in known:
        raise UnknownName("data set", dataset_id, known)
