"""What the desk asks at every save: what was said of a few items, layer by layer. Small and quick."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Integer, Row, String, cast, func, literal, null, select, union_all

from core.store.database import Store
from core.store.schema import annotation, remark, tokenization
from core.store.views_data import among
from core.types import Labels


@dataclass(frozen=True, slots=True)
class Said:
    """The newest row of a layer for one item; `labels` is None where it was taken back."""

    version: int
    labels: Labels | None
    author: str
    action: str
    created_at: datetime


def said(store: Store, dataset_id: str, positions: Sequence[int]) -> dict[int, dict[str, Said]]:
    """Position -> layer -> what was said last; only positions of which something was said."""
    table = annotation
    age = func.row_number().over(
        partition_by=(table.c.layer, table.c.position), order_by=table.c.version.desc()
    )
    shown = (table.c.position, table.c.layer, table.c.version, table.c.labels_after)
    ranked = (
        select(*shown, table.c.author, table.c.action, table.c.created_at, age.label("age"))
        .where(table.c.dataset_id == dataset_id, among(table.c.position, positions))
        .subquery()
    )
    found: dict[int, dict[str, Said]] = defaultdict(dict)
    with store.read() as connection:
        for row in connection.execute(select(ranked).where(ranked.c.age == 1)):
            found[row.position][row.layer] = _said(row)
    return dict(found)


@dataclass(frozen=True, slots=True)
class Last:
    """The last rows of the logs that somebody knows."""

    annotation: int = 0
    remark: int = 0
    tokenization: int = 0


@dataclass(frozen=True, slots=True)
class Tail:
    """What was added to the logs of a data set, oldest first.

    Attributes:
        said: (position, layer, newest row).
        remarks: rows with position, token, kind, text, author, created_at.
        words: (position, version of its words).
        last: what is known by now.
    """

    said: tuple[tuple[int, str, Said], ...]
    remarks: tuple[Mapping[str, Any], ...]
    words: tuple[tuple[int, int], ...]
    last: Last


def tail(store: Store, dataset_id: str, known: Last) -> Tail:
    """What humans did to a data set since: one query over three logs, asked after every save."""
    with store.read() as connection:
        rows = connection.execute(_since(dataset_id, known)).all()
    told: dict[str, list[Row[Any]]] = {"a": [], "r": [], "t": []}
    for row in rows:
        told[row.log].append(row)
    said_now = tuple((row.position, row.name, _said(row)) for row in told["a"])
    beside = tuple(
        {"kind": row.name, **{name: getattr(row, name) for name in _REMARKED}} for row in told["r"]
    )
    words = tuple((row.position, row.version) for row in told["t"])
    last = [
        told[log][-1].id if told[log] else before for log, before in zip("art", astuple(known), strict=True)
    ]
    return Tail(said_now, beside, words, Last(*last))


_REMARKED = ("id", "position", "token", "text", "author", "created_at")


def _since(dataset_id: str, known: Last) -> Any:
    a, r, t = annotation.c, remark.c, tokenization.c
    number, no_labels, no_text = cast(null(), Integer), cast(null(), ARRAY(String)), literal("")
    named: list[Any] = [number.label("token"), no_text.label("text")]
    first: list[Any] = [literal("a").label("log"), a.id, a.position, a.version, a.layer.label("name")]
    one = select(*first, a.labels_after, a.author, a.action, a.created_at, *named)
    first = [literal("r"), r.id, r.position, number, r.kind]
    two = select(*first, no_labels, r.author, no_text, r.created_at, r.token, r.text)
    first = [literal("t"), t.id, t.position, t.version, no_text]
    three = select(*first, no_labels, t.author, t.action, t.created_at, number, no_text)
    return union_all(
        one.where(a.dataset_id == dataset_id, a.id > known.annotation),
        two.where(r.dataset_id == dataset_id, r.id > known.remark),
        three.where(t.dataset_id == dataset_id, t.id > known.tokenization),
    ).order_by("log", "id")


def n_rows(store: Store, dataset_id: str) -> int:
    """How many rows the log of labels has for a data set: fewer than before, and it is another data set."""
    query = select(func.count()).select_from(annotation).where(annotation.c.dataset_id == dataset_id)
    with store.read() as connection:
        return connection.scalar(query) or 0


def _said(row: Row[Any]) -> Said:
    labels = None if row.labels_after is None else tuple(row.labels_after)
    return Said(row.version, labels, row.author, row.action, row.created_at)
