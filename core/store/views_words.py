"""Words that were labelled in more than one way, and exemplars that were used more than once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Connection, Double, Select, String, and_, case, cast, func, select
from sqlalchemy.sql.elements import ColumnElement

from core.store.database import Store
from core.store.labels_of_now import labels_of_now, words_of_now
from core.store.schema import dataset, exemplar, instance, run, selection
from core.store.views_labels import frame

if TYPE_CHECKING:
    import pandas as pd


def ambiguous_forms(store: Store, run_id: str, stage: str, limit: int = 20) -> pd.DataFrame:
    """form, count, labels ("NOUN 12, VERB 5"), entropy of the labels in bits.

    Ordered by count times entropy: frequent words that are labelled evenly in several ways first. For
    NLI and topic the form is the whole text.
    """
    import pandas as pd

    found: dict[str, tuple[int, list[str], float]] = {}
    with store.read() as connection:
        for row in connection.execute(_spread(_pairs(connection, run_id, stage), limit)):
            labels = found.setdefault(row.form, (row.total, [], row.entropy))[1]
            labels.append(f"{row.label} {row.n}")
    lines = [(form, total, ", ".join(labels), bits) for form, (total, labels, bits) in found.items()]
    return pd.DataFrame(lines, columns=["form", "count", "labels", "entropy"])


def _spread(words: Select[str, str], limit: int) -> Select[Any]:
    """form, total, entropy, label, n of the most ambiguous forms, in their order."""
    pairs = words.subquery()
    one = (
        select(pairs.c.form, pairs.c.label, func.count().label("n"))
        .where(pairs.c.form.is_not(None), pairs.c.label.is_not(None))
        .group_by(pairs.c.form, pairs.c.label)
        .cte("one")
    )
    total = cast(func.sum(one.c.n), BigInteger)
    # From counts alone: log2 N - (sum of n log2 n) / N.
    entropy = func.log2(total) - func.sum(one.c.n * func.log2(one.c.n)) / cast(total, Double)
    top = (
        select(one.c.form, total.label("total"), entropy.label("entropy"))
        .group_by(one.c.form)
        .having(func.count() > 1)
        .order_by((entropy * total).desc(), one.c.form)
        .limit(limit)
        .cte("top")
    )
    order = ((top.c.entropy * top.c.total).desc(), top.c.form, one.c.n.desc(), one.c.label)
    return select(top, one.c.label, one.c.n).join(one, one.c.form == top.c.form).order_by(*order)


def _pairs(connection: Connection, run_id: str, stage: str) -> Select[str, str]:
    """Every word (or whole text) with the label it was given; not of words that were changed since."""
    given = labels_of_now(connection, run_id, stage)
    now = words_of_now(connection, run_id)
    here = and_(instance.c.dataset_id == run.c.dataset_id, instance.c.position == given.c.position)
    words: ColumnElement[Any] = instance.c.tokens
    if now is not None:
        words = case((now.c.position.is_not(None), now.c.tokens), else_=instance.c.tokens)
    form = case((dataset.c.task.in_(("pos", "ner")), words), else_=func.list_value(instance.c.text))
    source = (
        given.join(run, run.c.id == given.c.run_id)
        .join(dataset, dataset.c.id == run.c.dataset_id)
        .join(instance, here)
    )
    if now is not None:
        source = source.outerjoin(now, now.c.position == given.c.position)
    return (
        select(
            func.unnest(form, type_=String).label("form"),
            func.unnest(given.c.labels, type_=String).label("label"),
        )
        .select_from(source)
        .where(given.c.run_id == run_id, given.c.stage == stage)
    )


def exemplar_use(store: Store, run_id: str, limit: int = 50) -> pd.DataFrame:
    """dataset, position, uses, text of the exemplars a run used most."""
    uses = func.count().label("uses")
    used = (
        select(exemplar.c.exemplar_dataset, exemplar.c.exemplar_position, uses)
        .where(exemplar.c.run_id == run_id)
        .group_by(exemplar.c.exemplar_dataset, exemplar.c.exemplar_position)
        .order_by(uses.desc(), exemplar.c.exemplar_dataset, exemplar.c.exemplar_position)
        .limit(limit)
        .subquery()
    )
    shown = and_(
        instance.c.dataset_id == used.c.exemplar_dataset, instance.c.position == used.c.exemplar_position
    )
    query = (
        select(
            used.c.exemplar_dataset.label("dataset"),
            used.c.exemplar_position.label("position"),
            used.c.uses,
            instance.c.text,
        )
        .select_from(used.outerjoin(instance, shown))
        .order_by(used.c.uses.desc(), used.c.exemplar_dataset, used.c.exemplar_position)
    )
    with store.read() as connection:
        return frame(connection, query)


def selection_diagnostics(store: Store, run_id: str) -> dict[str, Any]:
    """All choices of a run in a few figures; exemplars of source languages, which stand behind, not counted.

    Returns:
        n_queries, k (most exemplars for one query), distinct (exemplars used at all), core_share (part
        of all places that the `k` most used exemplars take: 1 = one global prompt), mean_similarity,
        mean_confidence; None where nothing was chosen or recorded.
    """
    mine = and_(exemplar.c.run_id == run_id, exemplar.c.origin != "source")
    whole = select(
        func.count().label("places"),
        (func.max(exemplar.c.rank) + 1).label("k"),
        func.avg(exemplar.c.similarity).label("mean_similarity"),
        func.avg(exemplar.c.confidence).label("mean_confidence"),
    ).where(mine)
    uses = func.count().label("uses")
    per_exemplar = (
        select(uses)
        .where(mine)
        .group_by(exemplar.c.exemplar_dataset, exemplar.c.exemplar_position)
        .order_by(uses.desc())
    )
    with store.read() as connection:
        found = connection.execute(whole).one()
        counts = list(connection.scalars(per_exemplar))
        of_run = select(func.count()).select_from(selection).where(selection.c.run_id == run_id)
        n_queries = connection.scalar(of_run)
    return {
        "n_queries": n_queries,
        "k": found.k or 0,
        "distinct": len(counts),
        "core_share": sum(counts[: found.k]) / found.places if found.places else None,
        "mean_similarity": found.mean_similarity,
        "mean_confidence": found.mean_confidence,
    }
