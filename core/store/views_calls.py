"""Calls of language models: which answers a run got, and the whole log of what was asked for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.sql.expression import FromClause

from core.store import schema
from core.store.database import Store
from core.store.views_data import call
from core.types import Completion

if TYPE_CHECKING:
    import pandas as pd

_CALLS_PER_PAGE = 500
_given, _made, _item, _run = schema.prediction, schema.completion, schema.instance, schema.run
_ENDED = func.coalesce(_given.c.outcome, "")
_ASKED = or_(_given.c.outcome.is_not(None), _given.c.completion_key.is_not(None))


def outcomes(store: Store, run_id: str, stage: str) -> dict[str, int]:
    """How many items of a stage ended how; "" = recorded before outcomes were. Empty: nothing was asked."""
    ended = _ENDED.label("ended")
    query = select(ended, func.count()).where(*_wanted(run_id, stage, None)).group_by(ended)
    with store.read() as connection:
        return {str(row[0]): int(row[1]) for row in connection.execute(query)}


def calls(
    store: Store, run_id: str, stage: str, *, limit: int, offset: int, outcome: str | None = None
) -> pd.DataFrame:
    """Items that a model was asked about, in file order, each with its last call.

    Returns:
        Columns position, text, outcome, problem, prompt_tokens, completion_tokens, seconds, key.
    """
    import pandas as pd

    query = (
        select(
            _given.c.position,
            _item.c.text,
            _ENDED.label("outcome"),
            func.coalesce(_given.c.error, _made.c.error).label("problem"),
            _made.c.prompt_tokens,
            _made.c.completion_tokens,
            _made.c.seconds,
            _given.c.completion_key.label("key"),
        )
        .select_from(_with_calls())
        .where(*_wanted(run_id, stage, outcome))
        .order_by(_given.c.position)
        .limit(limit)
        .offset(offset)
    )
    with store.read() as connection:
        rows = connection.execute(query)
        return pd.DataFrame(rows.all(), columns=list(rows.keys()))


def asked_positions(store: Store, run_id: str, stage: str, outcome: str | None = None) -> list[int]:
    """Where all items lie that `calls` lists, in its order."""
    query = select(_given.c.position).where(*_wanted(run_id, stage, outcome)).order_by(_given.c.position)
    with store.read() as connection:
        return [int(position) for position in connection.scalars(query)]


def _wanted(run_id: str, stage: str, outcome: str | None) -> tuple[Any, ...]:
    chosen = () if outcome is None else (outcome == _ENDED,)
    return _given.c.run_id == run_id, _given.c.stage == stage, _ASKED, *chosen


def _with_calls() -> FromClause:
    """Predictions with their item and, where it is stored, their last call."""
    owned = _given.join(_run, _run.c.id == _given.c.run_id)
    items = owned.join(
        _item, and_(_item.c.dataset_id == _run.c.dataset_id, _item.c.position == _given.c.position)
    )
    same = and_(_made.c.dataset_id == _run.c.dataset_id, _made.c.key == _given.c.completion_key)
    return items.outerjoin(_made, same)


def attempts(store: Store, dataset_id: str, prompt_sha256: str) -> list[Completion]:
    """Every stored call with one prompt: the first question, repairs of its answer, samples, and those
    that were asked again; shorter conversations first.
    """
    query = select(_made).where(_made.c.dataset_id == dataset_id, _made.c.prompt_sha256 == prompt_sha256)
    with store.read() as connection:
        rows = connection.execute(
            query.order_by(_made.c.model, func.length(_made.c.parameters), _made.c.key)
        ).all()
    return [call(row) for row in rows]


def call_log(store: Store, run_id: str, stages: Sequence[str]) -> Iterator[Completion]:
    """All that was asked with the prompts of a run, by key: `attempts` of all its items, in pages."""
    prompts = (
        select(_made.c.dataset_id, _made.c.prompt_sha256, _made.c.model)
        .join(_given, _given.c.completion_key == _made.c.key)
        .join(_run, and_(_run.c.id == _given.c.run_id, _run.c.dataset_id == _made.c.dataset_id))
        .where(_given.c.run_id == run_id, _given.c.stage.in_(stages))
        .distinct()
        .subquery()
    )
    together = and_(*(prompts.c[name] == _made.c[name] for name in ("dataset_id", "prompt_sha256", "model")))
    query = select(_made).select_from(_made.join(prompts, together)).order_by(_made.c.key)
    yield from _pages(store, query)


def _pages(store: Store, query: Select[Any]) -> Iterator[Completion]:
    last = ""
    while True:
        with store.read() as connection:
            rows = connection.execute(query.where(_made.c.key > last).limit(_CALLS_PER_PAGE)).all()
        yield from map(call, rows)
        if len(rows) < _CALLS_PER_PAGE:
            return
        last = rows[-1].key
