"""What stored calls tell of a language model: how fast it answers, and how often usably."""

from __future__ import annotations

from sqlalchemy import func, select

from core.store import schema
from core.store.database import Store

Quartiles = tuple[float, float, float]


def pace(store: Store, model: str, host: str) -> tuple[Quartiles, int] | None:
    """Seconds of a finished call: lower quartile, median, upper quartile, and of how many calls."""
    table = schema.completion
    seconds = table.c.seconds
    mine = (table.c.model == model, table.c.host == host, seconds > 0, table.c.status != "failed")
    parts = [func.quantile_cont(seconds, share) for share in (0.25, 0.5, 0.75)]
    with store.read() as connection:
        row = connection.execute(select(*parts, func.count()).where(*mine)).one()
    return None if not row[3] else ((float(row[0]), float(row[1]), float(row[2])), int(row[3]))


def model_outcomes(store: Store, model: str) -> dict[str, int]:
    """How asking this model ended, over all runs: outcome -> items."""
    item, call = schema.prediction, schema.completion
    mine = select(call.c.key).where(call.c.model == model)
    query = (
        select(item.c.outcome, func.count())
        .where(item.c.outcome.is_not(None), item.c.completion_key.in_(mine))
        .group_by(item.c.outcome)
    )
    with store.read() as connection:
        return {str(outcome): int(n) for outcome, n in connection.execute(query)}
