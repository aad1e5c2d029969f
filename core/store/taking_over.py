"""What a run takes over from the run it was made of: everything but the sentences it chose exemplars for.

A stage that it gave labels of by itself (consensus, after corrections) is taken over for the rest alone.
"""

from __future__ import annotations

from sqlalchemy import Connection, and_, insert, literal, or_, select, tuple_
from sqlalchemy.sql.elements import ColumnElement

from core.errors import UnknownName
from core.store import schema

LABELLED_AGAIN = "stage2"


def take_over(connection: Connection, run_id: str, parent: str) -> None:
    """Copy the parent's labels, choices and evidence; a stage before the last is taken over whole.

    Raises:
        UnknownName: the parent is gone.
    """
    known = list(connection.scalars(select(schema.run.c.id)))
    if parent not in known:
        raise UnknownName("run", parent, known, "Its labels were to be taken over: start from another run.")
    chosen = schema.selection.c
    again = select(chosen.position).where(chosen.run_id == run_id)
    there = schema.prediction.c
    own = select(there.stage, there.position).where(there.run_id == run_id)
    others: ColumnElement[bool]
    for table in (schema.exemplar, schema.influence, schema.prediction, schema.selection):
        others = table.c.position.not_in(again)
        mine = table.c.run_id == parent
        if table is schema.prediction:
            others = and_(
                or_(table.c.stage != LABELLED_AGAIN, others),
                tuple_(table.c.stage, table.c.position).not_in(own),
            )
        rest = [column for column in table.c if column.name != "run_id"]
        rows = select(literal(run_id), *rest).where(and_(mine, others))
        connection.execute(insert(table).from_select(["run_id", *(column.name for column in rest)], rows))
