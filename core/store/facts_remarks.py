"""What humans say beside labels (skipped, flagged, a comment), and what was saved already: logs that grow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import insert, select

from core.store.database import Store
from core.store.facts_annotations import n_labels
from core.store.schema import remark, saved

RemarkKind = Literal["skip", "flag", "unflag", "comment", "translation", "transliteration", "gloss"]


def add_remark(
    store: Store,
    dataset_id: str,
    position: int,
    kind: RemarkKind,
    *,
    author: str,
    text: str = "",
    token: int | None = None,
) -> int:
    """Add a remark on an item, or on one of its words; returns its id.

    `translation` (text: `CODE:TEXT`), `transliteration` and `gloss` take the place of what the file says.

    Raises:
        UnknownName: no such data set. StudioError: no such item.
    """
    row = {
        "dataset_id": dataset_id,
        "position": position,
        "token": token,
        "kind": kind,
        "text": text,
        "author": author,
        "created_at": datetime.now(UTC),
    }
    with store.write() as connection:
        n_labels(connection, dataset_id, position)
        return int(connection.scalar(insert(remark).values(row).returning(remark.c.id)) or 0)


def once(
    store: Store, client: str, seq: int, dataset_id: str, save: Callable[[], Mapping[str, Any]]
) -> tuple[dict[str, Any], bool]:
    """Carry out what a browser asked for, unless it was carried out before.

    The saving and the note that it was done are one transaction, so a message that arrives again, even after
    the server was killed, changes nothing.

    Args:
        client, seq: the browser window's name and the number of its message.
        save: writes, and returns the answer (JSON).

    Returns:
        The answer, of now or of then, and whether it was of then.
    """
    with store.write() as connection:
        mine = saved.c.client == client, saved.c.seq == seq
        known = connection.scalar(select(saved.c.answer).where(*mine))
        if known is not None:
            return dict(known), True
        answer = dict(save())
        row = {
            "client": client,
            "seq": seq,
            "dataset_id": dataset_id,
            "answer": answer,
            "created_at": datetime.now(UTC),
        }
        connection.execute(insert(saved).values(row))
        return answer, False
