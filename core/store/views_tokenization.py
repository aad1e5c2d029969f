"""How sentences are split now, how they were, and what that makes of labels that were given before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Connection, Row, and_, bindparam, func, select
from sqlalchemy.sql.elements import ColumnElement

from core.store.database import Store
from core.store.schema import instance, run, tokenization
from core.tokenization import EVERY, Tokens, imported


def tokens_now(store: Store, dataset_id: str, positions: Sequence[int]) -> dict[int, Tokens]:
    """How those of these sentences are split now whose words were ever changed."""
    with store.read() as connection:
        found = histories(connection, dataset_id, positions)
    return {position: versions[-1] for position, versions in found.items()}


def edited(
    store: Store, dataset_id: str, positions: Sequence[int] | None = None
) -> dict[int, tuple[Tokens, ...]]:
    """Every version of the sentences (of these) whose words were ever changed.

    Number v is version v: the first is as imported, the last that of now.
    """
    with store.read() as connection:
        return histories(connection, dataset_id, positions)


def histories(
    connection: Connection, dataset_id: str, positions: Sequence[int] | None = None
) -> dict[int, tuple[Tokens, ...]]:
    """As `edited`, inside a transaction."""
    table = tokenization
    later = select(table).where(table.c.dataset_id == dataset_id)
    if positions is not None:
        later = later.where(_among(table.c.position, positions))
    rows = connection.execute(later.order_by(table.c.position, table.c.version)).all()
    if not rows:
        return {}
    found = {at: [words] for at, words in _imported(connection, dataset_id, [row.position for row in rows])}
    for row in rows:
        found[row.position].append(as_tokens(row))
    return {position: tuple(versions) for position, versions in found.items()}


def words_of(connection: Connection, dataset_id: str, position: int) -> tuple[Tokens, ...]:
    """Every version of one sentence, whether its words were changed or not."""
    found = histories(connection, dataset_id, [position])
    return found.get(position) or tuple(words for _, words in _imported(connection, dataset_id, [position]))


def _imported(
    connection: Connection, dataset_id: str, positions: Sequence[int]
) -> Iterator[tuple[int, Tokens]]:
    words = select(instance.c.position, instance.c.tokens).where(
        instance.c.dataset_id == dataset_id, _among(instance.c.position, positions)
    )
    for row in connection.execute(words.order_by(instance.c.position)):
        yield row.position, imported(row.tokens)


Moved = dict[int, tuple[tuple[Tokens, ...], int]]
"""Position -> every version of its words, and the number of that which a stage of a run labelled."""


def moved_since(connection: Connection, run_id: str, stage: str) -> Moved:
    """Where words were changed since a stage of a run (or a gold) labelled them."""
    owner = connection.scalar(select(run.c.dataset_id).where(run.c.id == run_id))
    found = histories(connection, owner, None) if owner else {}
    if not found:
        return {}
    then = labelled_versions(connection, run_id, stage)
    return {
        position: (versions, number)
        for position, versions in found.items()
        if (number := then.get(position, 0)) != len(versions) - 1
    }


def labelled_versions(connection: Connection, run_id: str | None, stage: str) -> dict[int, int]:
    """Which version of its words a stage of a run labelled, where it was not the imported one.

    What a run took over from another one is of that one's words.
    """
    found = select(run.c.meta, run.c.parent).where(run.c.id == run_id)
    row = connection.execute(found).one_or_none() if run_id else None
    if row is None:
        return {}
    own = (row.meta or {}).get("tokens", {})
    names = (stage,) if stage.startswith("@") else (EVERY, stage)
    said = {int(at): int(number) for name in names for at, number in own.get(name, {}).items()}
    return {**labelled_versions(connection, row.parent, stage), **said}


def then_and_now(versions: Sequence[Tokens], number: int, n_labels: int) -> tuple[Tokens, Tokens]:
    """The words that so many labels are of, and those of now.

    Where nobody noted whose they are, the newest words of which there are as many.
    """
    if number < len(versions) and len(versions[number].tokens) == n_labels:
        return versions[number], versions[-1]
    fitting = [words for words in versions if len(words.tokens) == n_labels]
    return (fitting or list(versions))[-1], versions[-1]


def versions_at(connection: Connection, dataset_id: str, moment: datetime) -> dict[int, int]:
    """Which version of its words a sentence had at a moment, where it was not the imported one."""
    table = tokenization
    query = select(table.c.position, func.max(table.c.version).label("number")).where(
        table.c.dataset_id == dataset_id, table.c.created_at <= moment
    )
    return {row.position: row.number for row in connection.execute(query.group_by(table.c.position))}


def as_tokens(row: Row[Any]) -> Tokens:
    """A row of the table of tokenisations."""
    return Tokens(row.version, tuple(row.tokens), tuple(row.first), tuple(row.last))


def _among(column: ColumnElement[int], positions: Sequence[int]) -> ColumnElement[bool]:
    listed = bindparam(None, [int(position) for position in positions], type_=ARRAY(BigInteger))
    return column.in_(select(func.unnest(listed, type_=BigInteger)))


def tokenization_log(store: Store, dataset_id: str, position: int | None = None) -> list[Mapping[str, Any]]:
    """Every change of words, oldest first.

    Returns:
        id, position, version, author, created_at, action (split, merge, respell, undo, redo), tokens, first,
        last (as in `Tokens`), reverts (the id of the change that this one takes back).
    """
    mine = tokenization.c.dataset_id == dataset_id
    if position is not None:
        mine = and_(mine, tokenization.c.position == position)
    query = select(tokenization).where(mine).order_by(tokenization.c.id)
    with store.read() as connection:
        rows = connection.execute(query).mappings().all()
    return [{**row, "created_at": row["created_at"].astimezone(UTC)} for row in rows]
