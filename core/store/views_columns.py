"""Labels as columns: one number per token, in file order. What a comparison is counted from.

A million labels come over in about a tenth of a second, and stay in memory for as long as they are compared.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, Select, case, func, select

from core.store import schema
from core.store.database import Store
from core.store.facts_annotations import LAYER
from core.store.views_annotations import newest
from core.store.views_tokenization import histories, moved_since, then_and_now
from core.tokenization import UNKNOWN, Tokens, moved

Ints = npt.NDArray[np.int32]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One string per token of S sentences with T tokens in all.

    Attributes:
        positions: (S,), ascending.
        offsets: (S + 1,): sentence s has the tokens offsets[s] to offsets[s + 1].
        codes: (T,) numbers of `names`.
        names: the strings, each once, in the order in which they first appear.
        confidences: (T,), NaN where a sentence has none; None where none has.
        partly: positions of sentences some words of which were changed since: their labels are `UNKNOWN`.
    """

    positions: Places
    offsets: Places
    codes: Ints
    names: tuple[str, ...]
    confidences: npt.NDArray[np.float32] | None = None
    partly: Places = field(default_factory=lambda: np.empty(0, dtype=np.int64))


def column(store: Store, run_id: str, stage: str) -> Column:
    """The labels a stage of a run gave, how sure it was, of the words of now; empty where it gave none."""
    table = schema.prediction
    query = (
        select(table.c.position, table.c.labels.label("values"), table.c.confidences)
        .where(table.c.run_id == run_id, table.c.stage == stage)
        .order_by(table.c.position)
    )
    with store.read() as connection:
        found, since = _arrow(connection, query), moved_since(connection, run_id, stage)
    if not since:
        return _column(found)
    fresh = {at: _relabelled(row, *since[at]) for at, row in _rows(found, since).items()}
    partly = sorted(at for at, row in fresh.items() if UNKNOWN in row["values"])
    return replace(_column(_patched(found, fresh)), partly=np.array(partly, dtype=np.int64))


def human_column(store: Store, dataset_id: str, *, layer: str = LAYER) -> Column:
    """What humans say now, where they said something."""
    said = newest(dataset_id, layer=layer).subquery()
    query = select(said.c.position, said.c.labels_after.label("values")).order_by(said.c.position)
    with store.read() as connection:
        return _column(_arrow(connection, query))


def word_column(store: Store, dataset_id: str) -> Column:
    """The words of a data set as they are now; for items with one label their whole text."""
    table, owner = schema.instance, schema.dataset
    whole = owner.c.task.in_(("nli", "topic"))
    values = case((whole, func.list_value(table.c.text)), else_=table.c.tokens).label("values")
    query = (
        select(table.c.position, values)
        .select_from(table.join(owner, owner.c.id == table.c.dataset_id))
        .where(table.c.dataset_id == dataset_id)
        .order_by(table.c.position)
    )
    with store.read() as connection:
        found, changed = _arrow(connection, query), histories(connection, dataset_id)
    fresh = {at: {"position": at, "values": versions[-1].tokens} for at, versions in changed.items()}
    return _column(_patched(found, fresh) if fresh else found)


def split_column(store: Store, dataset_id: str) -> Column:
    """The split each sentence is of: one value per sentence."""
    table = schema.instance
    query = (
        select(table.c.position, func.list_value(table.c.split).label("values"))
        .where(table.c.dataset_id == dataset_id)
        .order_by(table.c.position)
    )
    with store.read() as connection:
        return _column(_arrow(connection, query))


def _arrow(connection: Connection, query: Select[Any]) -> pa.Table:
    return connection.execute(query).cursor.to_arrow_table()


def _rows(found: pa.Table, wanted: Container[int]) -> dict[int, dict[str, Any]]:
    """Those of the rows, by position."""
    positions = found.column("position").to_numpy()
    places = [place for place, at in enumerate(positions.tolist()) if at in wanted]
    return {row["position"]: row for row in found.take(places).to_pylist()}


def _relabelled(row: Mapping[str, Any], versions: Sequence[Tokens], number: int) -> dict[str, Any]:
    then, now = then_and_now(versions, number, len(row["values"]))
    sure = row["confidences"]
    return {
        **row,
        "values": moved(row["values"], then, now, UNKNOWN),
        "confidences": None if sure is None else moved(sure, then, now, np.nan),
    }


def _patched(found: pa.Table, fresh: Mapping[int, Mapping[str, Any]]) -> pa.Table:
    """The table with these rows in the places of those of the same positions."""
    old = np.isin(found.column("position").to_numpy(), list(fresh))
    rows = pa.Table.from_pylist([dict(row) for row in fresh.values()], schema=found.schema)
    whole: pa.Table = pa.concat_tables([found.filter(pa.array(~old)), rows])
    return whole.take(pc.sort_indices(whole.column("position"))).combine_chunks()


def _column(found: pa.Table) -> Column:
    lists = found.column("values").combine_chunks()
    coded = lists.flatten().dictionary_encode()
    sizes = pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    return Column(
        positions=found.column("position").to_numpy(),
        offsets=np.concatenate([[0], np.cumsum(sizes)]),
        codes=coded.indices.to_numpy(),
        names=tuple(map(str, coded.dictionary.to_pylist())),
        confidences=_confidences(found, sizes),
    )


def _confidences(found: pa.Table, sizes: Places) -> npt.NDArray[np.float32] | None:
    if "confidences" not in found.column_names:
        return None
    lists = found.column("confidences").combine_chunks()
    known = pc.list_value_length(lists).fill_null(0).to_numpy(zero_copy_only=False) == sizes
    if not known.any():
        return None
    values = np.full(int(sizes.sum()), np.nan, dtype=np.float32)
    values[np.repeat(known, sizes)] = lists.filter(pa.array(known)).flatten().to_numpy(zero_copy_only=False)
    return values
