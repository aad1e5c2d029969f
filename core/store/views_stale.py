"""What a run said of sentences whose words, or whose exemplars' words, were changed since."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, or_, select

from core.errors import UnknownName
from core.store.database import Store
from core.store.schema import exemplar, prediction, run, tokenization
from core.store.views_tokenization import histories, labelled_versions
from core.tokenization import Tokens, source_key

POOL = "pool"
STAGES = ("stage2", "consensus", "stage1")
"""The last first: what a run says of an item is what the first of these that it has says."""
Numbers = dict[int, int]
"""Position -> number of a version of its words."""
Same = dict[str, dict[int, list[int]]]
"""Data set -> position -> for each version of its words the first one that is the same."""


class _Made(NamedTuple):
    """A run, which sentences it chose exemplars for itself (None: all), and the words that these had."""

    anew: frozenset[int] | None
    words: dict[str, Numbers]


def stale(store: Store, run_id: str) -> list[int]:
    """Positions of items whose labels, exemplars and scores in a run are of other words than those of now.

    Another run, or another round of this one, makes them anew. Quick where no words were ever changed.

    Raises:
        UnknownName: no such run.
    """
    with store.read() as connection:
        owner = connection.scalar(select(run.c.dataset_id).where(run.c.id == run_id))
        if owner is None:
            raise UnknownName("run", run_id, connection.scalars(select(run.c.id)))
        same = _same(connection)
        if not same:
            return []
        mine = _labelled_before(connection, run_id, same.get(owner, {}))
        return sorted(mine | _shown_before(connection, run_id, same))


def _same(connection: Connection) -> Same:
    names = connection.scalars(select(tokenization.c.dataset_id).distinct()).all()
    return {name: {at: _firsts(words) for at, words in histories(connection, name).items()} for name in names}


def _firsts(versions: Sequence[Tokens]) -> list[int]:
    seen: dict[tuple[tuple[object, ...], ...], int] = {}
    return [seen.setdefault((one.tokens, one.first, one.last), one.version) for one in versions]


def _older(same: list[int], number: int) -> bool:
    """Whether the words of a version are others than those of now."""
    return number >= len(same) or same[number] != same[-1]


def _labelled_before(connection: Connection, run_id: str, same: dict[int, list[int]]) -> set[int]:
    table = prediction
    rows = select(table.c.stage, table.c.position).where(
        table.c.run_id == run_id, table.c.stage.in_(STAGES), table.c.position.in_(list(same))
    )
    last: dict[int, str] = {}
    for row in connection.execute(rows):
        last[row.position] = min(row.stage, last.get(row.position, row.stage), key=STAGES.index)
    then = {stage: labelled_versions(connection, run_id, stage) for stage in set(last.values())}
    return {at for at, stage in last.items() if _older(same[at], then[stage].get(at, 0))}


def _shown_before(connection: Connection, run_id: str, same: Same) -> set[int]:
    table = exemplar
    changed = or_(
        *(
            and_(table.c.exemplar_dataset == name, table.c.exemplar_position.in_(list(positions)))
            for name, positions in same.items()
        )
    )
    shown = select(table.c.position, table.c.exemplar_dataset, table.c.exemplar_position)
    rows = connection.execute(shown.where(table.c.run_id == run_id, changed)).all()
    chain = _chain(connection, run_id, list(same)) if rows else []
    found = set()
    for position, name, at in rows:
        made = next((one for one in chain if one.anew is None or position in one.anew), chain[-1])
        if _older(same[name][at], made.words[name].get(at, 0)):
            found.add(position)
    return found


def _chain(connection: Connection, run_id: str | None, datasets: list[str]) -> list[_Made]:
    """The run, the run it was made of, and so on."""
    found: list[_Made] = []
    while run_id:
        query = select(run.c.dataset_id, run.c.parent, run.c.meta).where(run.c.id == run_id)
        row = connection.execute(query).one_or_none()
        if row is None:
            break
        words = {
            name: labelled_versions(connection, run_id, POOL if name == row.dataset_id else source_key(name))
            for name in datasets
        }
        found.append(_Made(_anew(row.parent, row.meta), words))
        run_id = row.parent
    return found


def _anew(parent: str | None, meta: dict[str, Any] | None) -> frozenset[int] | None:
    said = (meta or {}).get("rerun", {}).get("positions", ())
    return frozenset(map(int, said)) if parent else None
