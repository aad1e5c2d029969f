"""Who said what: layers, names, items of which only some words were said, who is to label what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import ColumnElement, Connection, and_, func, select

from core.store import schema
from core.store.database import Store
from core.store.facts_annotations import LAYER, by
from core.store.views_data import among
from core.store.views_history import CARRIED, REPEAT, STATEMENT, Entry, as_entry, histories, live
from core.store.views_tokenization import edited, tokenization_log
from core.tokenization import Tokens, moved

Moves = dict[datetime, tuple[Tokens, Tokens]]
"""When an item's words were changed: as they were before and after."""


def layers(store: Store, dataset_id: str) -> dict[str, int]:
    """Layer -> how many items humans say something of in it now."""
    table = schema.annotation
    age = func.row_number().over(
        partition_by=(table.c.layer, table.c.position), order_by=table.c.version.desc()
    )
    ranked = (
        select(table.c.layer, table.c.labels_after, age.label("age"))
        .where(table.c.dataset_id == dataset_id)
        .subquery()
    )
    said = and_(ranked.c.age == 1, ranked.c.labels_after.is_not(None))
    query = select(ranked.c.layer, func.count()).where(said).group_by(ranked.c.layer)
    with store.read() as connection:
        return {layer: int(n) for layer, n in connection.execute(query)}


def authors(store: Store, dataset_id: str) -> list[str]:
    """Everybody who said something of the data set, by name."""
    table = schema.annotation
    query = select(table.c.author).where(table.c.dataset_id == dataset_id).distinct()
    with store.read() as connection:
        return sorted(connection.scalars(query))


def standing(store: Store, dataset_id: str, positions: Sequence[int] | None = None) -> dict[int, Entry]:
    """What counts of these items (the common layer), by position: see `_standing`."""
    found = histories(store, dataset_id, positions, layer=LAYER)
    return {position: row for position, rows in found.items() if (row := _standing(rows)) is not None}


def own_layers(
    store: Store, dataset_id: str, positions: Sequence[int] | None = None
) -> dict[int, list[Entry]]:
    """What people say of items in layers of their own, by position and in order of names: see `_standing`.

    `author` is whose layer it is, also where somebody else split the words anew.
    """
    table, own = schema.annotation, by("")
    mine = and_(table.c.dataset_id == dataset_id, table.c.layer.startswith(own, autoescape=True))
    if positions is not None:
        mine = and_(mine, among(table.c.position, positions))
    order = (table.c.position, table.c.layer, table.c.version)
    with store.read() as connection:
        rows = [as_entry(row) for row in connection.execute(select(table).where(mine).order_by(*order))]
    found: dict[int, list[Entry]] = {}
    for (position, layer), entries in groupby(rows, key=lambda row: (row.position, row.layer)):
        row = _standing([*entries])
        if row is not None:
            found.setdefault(position, []).append(replace(row, author=layer.removeprefix(own)))
    return found


def _standing(rows: Sequence[Entry]) -> Entry | None:
    """The labels of now, as the row in which somebody last said them of the whole item; None: nobody did."""
    if rows[-1].after is None:
        return None
    alive = live(rows)
    said = [
        row
        for row in rows
        if row.reverts is None and row.action not in {REPEAT, CARRIED} and STATEMENT in alive[row.id]
    ]
    return replace(said[-1], after=rows[-1].after, version=rows[-1].version) if said else None


def assignments(store: Store, dataset_id: str, author: str = "") -> list[tuple[int, str, str]]:
    """Who is to label what now: (position, name, state), in the order in which it was given out."""
    table = schema.assignment
    mine = table.c.dataset_id == dataset_id
    if author:
        mine = and_(mine, table.c.author == author)
    query = select(table.c.position, table.c.author, table.c.state).where(mine).order_by(table.c.id)
    newest: dict[tuple[int, str], str] = {}
    with store.read() as connection:
        for position, who, state in connection.execute(query):
            newest[position, who] = state
    return [(position, who, state) for (position, who), state in newest.items()]


def assigned_as(store: Store, dataset_id: str, position: int, author: str) -> str | None:
    """The state of one assignment; None where there is none."""
    table = schema.assignment
    mine = and_(table.c.dataset_id == dataset_id, table.c.position == position, table.c.author == author)
    with store.read() as connection:
        return connection.scalar(select(table.c.state).where(mine).order_by(table.c.id.desc()).limit(1))


def partly_said(
    store: Store,
    dataset_id: str,
    positions: Sequence[int] | None = None,
    *,
    layer: str = LAYER,
    until: datetime | None = None,
) -> dict[int, dict[int, str]]:
    """Items of which humans said some words only: position -> {place of the word: its label}.

    A bulk `repeat` says something of single words of items that nobody may have read; whatever was labelled
    as a whole, at any time and not taken back, is not in here.
    """
    table = schema.annotation
    mine = and_(table.c.dataset_id == dataset_id, table.c.layer == layer)
    if positions is not None:
        mine = and_(mine, among(table.c.position, positions))
    if until is not None:
        mine = and_(mine, table.c.created_at <= until)
    repeated = func.bool_or(table.c.action == REPEAT)
    simple = func.bool_and(table.c.action == REPEAT)
    query = select(table.c.position, simple).where(mine).group_by(table.c.position).having(repeated)
    with store.read() as connection:
        touched = connection.execute(query.order_by(table.c.position)).all()
        plain = [position for position, alone in touched if alone]
        found = _words_repeated(connection, mine, plain) if plain else {}
    rest = [position for position, alone in touched if not alone]
    moves = _moves(store, dataset_id, rest) if rest else {}
    for position, rows in histories(store, dataset_id, rest, layer=layer).items() if rest else ():
        said = words_said([row for row in rows if until is None or row.at <= until], moves.get(position, {}))
        if said is not None:
            found[position] = said
    return dict(sorted(found.items()))


def _moves(store: Store, dataset_id: str, positions: Sequence[int]) -> dict[int, Moves]:
    """How the words of items were changed: when -> as they were before and after."""
    found: dict[int, Moves] = {}
    for position, splits in edited(store, dataset_id, positions).items():
        log = tokenization_log(store, dataset_id, position)
        found[position] = {
            row["created_at"]: (splits[row["version"] - 1], splits[row["version"]]) for row in log
        }
    return found


def _words_repeated(
    connection: Connection, mine: ColumnElement[bool], positions: Sequence[int]
) -> dict[int, dict[int, str]]:
    """As `partly_said`, of items that only bulk actions touched, none of them taken back."""
    table = schema.annotation
    query = select(table.c.position, table.c.labels_before, table.c.labels_after)
    rows = query.where(mine, among(table.c.position, positions)).order_by(table.c.position, table.c.version)
    found: dict[int, dict[int, str]] = {}
    for batch in connection.execute(rows).cursor.to_arrow_table().to_batches():
        before, after = batch.column("labels_before"), batch.column("labels_after")
        sizes = pc.list_value_length(after).to_numpy(zero_copy_only=False)
        new, starts = after.flatten(), np.concatenate([[0], np.cumsum(sizes)])
        places = np.flatnonzero(pc.not_equal(before.flatten(), new).to_numpy(zero_copy_only=False))
        owners = np.searchsorted(starts, places, side="right") - 1
        where = batch.column("position").to_numpy()[owners].tolist()
        for position, place, label in zip(
            where, (places - starts[owners]).tolist(), new.take(pa.array(places)).to_pylist(), strict=True
        ):
            found.setdefault(position, {})[place] = label
    return found


def words_said(rows: Sequence[Entry], moves: Moves) -> dict[int, str] | None:
    """Of one item's rows, oldest first: the words humans said with their labels; None: all, or nothing.

    `moves`: how its words were changed since (see `_moves`).
    """
    if not rows or rows[-1].after is None:
        return None
    alive = live(rows)
    mine = [row for row in rows if row.reverts is None and row.action != CARRIED]
    if any(row.action != REPEAT and STATEMENT in alive[row.id] for row in mine):
        return None
    places: set[int] = set()
    for row in rows:
        if row.action == CARRIED:
            places = _moved_places(places, moves.get(row.at))
        elif row.reverts is None:
            places |= alive[row.id] - {STATEMENT}
    now = rows[-1].after
    return {place: now[place] for place in sorted(places) if place < len(now)}


def _moved_places(places: set[int], move: tuple[Tokens, Tokens] | None) -> set[int]:
    """Where these words are after words were changed; those that were changed themselves are left out."""
    if move is None:
        return set()
    old, new = move
    said = moved([place in places for place in range(len(old.tokens))], old, new, False)
    return {place for place, kept in enumerate(said) if kept}


def n_words(store: Store, dataset_id: str, positions: Sequence[int]) -> dict[int, int]:
    """How many labels each item needs: one per word as it is split now, or one in all."""
    item, edited, owner = schema.instance, schema.tokenization, schema.dataset
    here = (item.c.dataset_id == dataset_id, among(item.c.position, positions))
    imported = select(item.c.position, func.len(item.c.tokens)).where(*here)
    now = (
        select(edited.c.position, func.len(edited.c.tokens))
        .where(edited.c.dataset_id == dataset_id, among(edited.c.position, positions))
        .order_by(edited.c.version)
    )
    with store.read() as connection:
        task = connection.scalar(select(owner.c.task).where(owner.c.id == dataset_id))
        found = {position: int(n) for position, n in connection.execute(imported)}
        found |= {position: int(n) for position, n in connection.execute(now)}
    return found if task in {"pos", "ner"} else dict.fromkeys(found, 1)


def versions(
    store: Store, dataset_id: str, positions: Sequence[int], *, layer: str = LAYER
) -> dict[int, int]:
    """The newest version of every item that has one in this layer."""
    table = schema.annotation
    query = (
        select(table.c.position, func.max(table.c.version))
        .where(table.c.dataset_id == dataset_id, table.c.layer == layer)
        .where(among(table.c.position, positions))
        .group_by(table.c.position)
    )
    with store.read() as connection:
        return {position: int(version) for position, version in connection.execute(query)}
