"""Labels as columns: one number per token, in file order. What a comparison is counted from.

A million labels come over in about a tenth of a second, and stay in memory for as long as they are compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Select, case, func, select

from core.store import schema
from core.store.database import Store
from core.store.facts_annotations import LAYER
from core.store.views_annotations import newest

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
    """

    positions: Places
    offsets: Places
    codes: Ints
    names: tuple[str, ...]
    confidences: npt.NDArray[np.float32] | None = None


def column(store: Store, run_id: str, stage: str) -> Column:
    """The labels a stage of a run gave, and how sure it was; empty where it gave none."""
    table = schema.prediction
    query = (
        select(table.c.position, table.c.labels.label("values"), table.c.confidences)
        .where(table.c.run_id == run_id, table.c.stage == stage)
        .order_by(table.c.position)
    )
    return _column(store, query)


def human_column(store: Store, dataset_id: str, *, layer: str = LAYER) -> Column:
    """What humans say now, where they said something."""
    said = newest(dataset_id, layer=layer).subquery()
    query = select(said.c.position, said.c.labels_after.label("values")).order_by(said.c.position)
    return _column(store, query)


def word_column(store: Store, dataset_id: str) -> Column:
    """The words of a data set; for items with one label their whole text."""
    table, owner = schema.instance, schema.dataset
    whole = owner.c.task.in_(("nli", "topic"))
    values = case((whole, func.list_value(table.c.text)), else_=table.c.tokens).label("values")
    query = (
        select(table.c.position, values)
        .select_from(table.join(owner, owner.c.id == table.c.dataset_id))
        .where(table.c.dataset_id == dataset_id)
        .order_by(table.c.position)
    )
    return _column(store, query)


def split_column(store: Store, dataset_id: str) -> Column:
    """The split each sentence is of: one value per sentence."""
    table = schema.instance
    query = (
        select(table.c.position, func.list_value(table.c.split).label("values"))
        .where(table.c.dataset_id == dataset_id)
        .order_by(table.c.position)
    )
    return _column(store, query)


def _column(store: Store, query: Select[Any]) -> Column:
    with store.read() as connection:
        found = connection.execute(query).cursor.to_arrow_table()
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
