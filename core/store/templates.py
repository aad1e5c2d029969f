"""Prompt templates kept with a data set: those that came with it, and the user's own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core.errors import StudioError, UnknownName
from core.store import schema
from core.store.database import Store
from core.store.facts_datasets import check_dataset

OWN = "own"
RESERVED = frozenset({"auto", "none", "pos", "ner", "nli", "topic", "ssp-release"})
LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template; `source` is where it is from, `own` = the user wrote it."""

    name: str
    text: str
    source: str


def templates(store: Store, dataset_id: str) -> list[TemplateRow]:
    """The templates kept with a data set, by name."""
    table = schema.template
    query = select(table.c.name, table.c.text, table.c.source).where(table.c.dataset_id == dataset_id)
    with store.read() as connection:
        rows = connection.execute(query.order_by(table.c.name)).all()
    return [TemplateRow(row.name, row.text, row.source) for row in rows]


def save_template(store: Store, dataset_id: str, name: str, text: str) -> None:
    """Keep a template of the user's; one of this name that is theirs is replaced.

    Raises:
        StudioError: the name is no plain word, or that of a template of somebody else's; the text is empty.
        UnknownName: no such data set.
    """
    _check_name(name)
    if not text.strip() or len(text) > LONGEST:
        raise StudioError(
            f"the template {name} is empty or longer than {LONGEST:,} characters.", "Write another text."
        )
    _check_own(store, dataset_id, name)
    with store.write() as connection:
        check_dataset(connection, dataset_id)
        row = {"dataset_id": dataset_id, "name": name, "text": text, "source": OWN}
        statement = insert(schema.template).values(row)
        key = ["dataset_id", "name"]
        connection.execute(statement.on_conflict_do_update(index_elements=key, set_={"text": text}))


def delete_template(store: Store, dataset_id: str, name: str) -> None:
    """Forget a template of the user's; runs that used it keep its text.

    Raises:
        UnknownName: there is none of that name.
        StudioError: it is not the user's.
    """
    known = [row.name for row in templates(store, dataset_id)]
    if name not in known:
        raise UnknownName("prompt template", name, known)
    _check_own(store, dataset_id, name)
    table = schema.template
    with store.write() as connection:
        connection.execute(delete(table).where(table.c.dataset_id == dataset_id, table.c.name == name))


def _check_name(name: str) -> None:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", name):
        raise StudioError(
            f"{name!r} cannot be the name of a template.", "Use small letters, digits, - and _."
        )
    if name in RESERVED:
        raise StudioError(f"{name} is the name of a template that comes along.", "Choose another name.")


def _check_own(store: Store, dataset_id: str, name: str) -> None:
    for row in templates(store, dataset_id):
        if row.name == name and row.source != OWN:
            raise StudioError(f"the template {name} came with {dataset_id}.", "Choose another name.")
