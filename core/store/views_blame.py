"""What stood in the prompts of a run and what spoke there, as columns: what blame is counted from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Select, select

from core.store import schema
from core.store.database import Store
from core.store.views_stale import stale

Places = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """R exemplars in the prompts of a run, by sentence and place in its prompt.

    Attributes:
        positions, ranks: (R,) of the sentence, and the exemplar's place there from 0.
        owners: (R,) numbers of `datasets`, whose sentence the exemplar is.
        exemplars: (R,) its position there.
        origins: (R,) numbers of `kinds`: target, corrected or source.
        similarity: (R,), NaN where it was not recorded.
    """

    positions: Places
    ranks: Places
    owners: Places
    exemplars: Places
    origins: Places
    similarity: npt.NDArray[np.float64]
    datasets: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """E recorded shares: token `tokens` of sentence `positions` owes `shares` of its evidence to an exemplar.

    `ranks` is the exemplar's place in the prompt, `places` that of its token.
    """

    positions: Places
    tokens: Places
    ranks: Places
    places: Places
    shares: Shares


def shown_exemplars(store: Store, run_id: str) -> Shown:
    """Every exemplar in every prompt of a run."""
    table = schema.exemplar
    found = _arrow(
        store,
        select(
            table.c.position,
            table.c.rank,
            table.c.exemplar_dataset,
            table.c.exemplar_position,
            table.c.origin,
            table.c.similarity,
        )
        .where(table.c.run_id == run_id)
        .order_by(table.c.position, table.c.rank),
    )
    owners, datasets = _coded(found.column("exemplar_dataset"))
    origins, kinds = _coded(found.column("origin"))
    return Shown(
        positions=_whole(found.column("position")),
        ranks=_whole(found.column("rank")),
        owners=owners,
        exemplars=_whole(found.column("exemplar_position")),
        origins=origins,
        similarity=found.column("similarity").cast(pa.float64()).to_numpy(),
        datasets=datasets,
        kinds=kinds,
    )


def recorded_influence(store: Store, run_id: str) -> Spoken:
    """What spoke for the labels of a run, where it was recorded, but for what is `stale`."""
    table = schema.influence
    query = select(table.c.position, table.c.tokens, table.c.ranks, table.c.exemplar_tokens, table.c.shares)
    found = _arrow(store, query.where(table.c.run_id == run_id).order_by(table.c.position))
    if gone := stale(store, run_id):
        found = found.filter(pa.array(~np.isin(_whole(found.column("position")), gone)))
    lists = {name: found.column(name).combine_chunks() for name in found.column_names[1:]}
    sizes = pc.list_value_length(lists["tokens"]).to_numpy(zero_copy_only=False)
    return Spoken(
        positions=np.repeat(_whole(found.column("position")), sizes),
        tokens=_whole(lists["tokens"].flatten()),
        ranks=_whole(lists["ranks"].flatten()),
        places=_whole(lists["exemplar_tokens"].flatten()),
        shares=lists["shares"].flatten().to_numpy(zero_copy_only=False).astype(np.float32),
    )


def first_run(store: Store, run_id: str) -> tuple[str, datetime]:
    """The run whose Stage I a run has, itself or the one it was made of, and when that was made."""
    table = schema.run
    with store.read() as connection:
        while True:
            query = select(table.c.created_at, table.c.parent).where(table.c.id == run_id)
            row = connection.execute(query).one()
            known = select(table.c.id).where(table.c.id == row.parent)
            if row.parent is None or connection.scalar(known) is None:
                moment: datetime = row.created_at.astimezone(UTC)
                return run_id, moment
            run_id = row.parent


def _arrow(store: Store, query: Select[Any]) -> pa.Table:
    with store.read() as connection:
        return connection.execute(query).cursor.to_arrow_table()


def _whole(values: Any) -> Places:
    found: Places = (
        values.cast(pa.int64()).to_numpy(zero_copy_only=False)
        if isinstance(values, pa.Array)
        else values.cast(pa.int64()).to_numpy()
    )
    return found


def _coded(values: pa.ChunkedArray) -> tuple[Places, tuple[str, ...]]:
    coded = values.combine_chunks().dictionary_encode()
    return coded.indices.to_numpy().astype(np.int64), tuple(map(str, coded.dictionary.to_pylist()))
