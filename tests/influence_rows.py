"""Evidence of a run that kept none, as a test wants it: which exemplar tokens spoke for which token."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert

from core.store import Store, schema

Entry = tuple[int, int, int, float]
"""token, place of the exemplar, place of its token, share."""


def add_influence(store: Store, run_id: str, position: int, entries: Sequence[Entry]) -> None:
    """Store the evidence for one sentence."""
    names = ("tokens", "ranks", "exemplar_tokens", "shares")
    columns = dict(zip(names, map(list, zip(*entries, strict=True)), strict=True))
    with store.write() as connection:
        connection.execute(insert(schema.influence).values(run_id=run_id, position=position, **columns))
