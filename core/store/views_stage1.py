"""How sure a stage is, label by label, and its labels beside the gold ones, sentence by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import REAL, Connection, Double, Integer, Select, String, and_, func, literal, select
from sqlalchemy import cast as as_type

from core.store.database import Store
from core.store.labels_of_now import labels_of_now
from core.store.schema import prediction
from core.store.views_labels import ROUNDING, frame
from core.tokenization import UNKNOWN, Pair, known
from core.types import Labels

if TYPE_CHECKING:
    import pandas as pd

BIO = "^[BI]-"


def confidence_by_label(store: Store, run_id: str, stage: str, bins: int = 20) -> pd.DataFrame:
    """label, bin_left, count: the bins of [0, 1] that hold something; entity types without B- and I-."""
    one = _confident(run_id, stage).subquery()
    place = as_type(func.least(func.floor(one.c.confidence * bins + ROUNDING), bins - 1), Integer)
    left = (as_type(place, Double) / bins).label("bin_left")
    query = (
        select(one.c.label, left, func.count().label("count"))
        .where(one.c.label.is_not(None), one.c.confidence.is_not(None))
        .group_by(one.c.label, left)
        .order_by(one.c.label, left)
    )
    with store.read() as connection:
        return frame(connection, query)


def label_thresholds(store: Store, run_id: str, stage: str, percentile: float = 0.8) -> pd.DataFrame:
    """label, items (that carry it), threshold: as `core.selectors.statistics.thresholds` defines it.

    Confidences are stored in 32 bits, so a threshold is that of the run to seven digits. Labels nobody
    was given are not there; entity types stand without B- and I-. Empty where there are no confidences.
    """
    one = _confident(run_id, stage).subquery()
    mean = func.avg(as_type(one.c.confidence, Double)).label("confidence")
    items = (
        select(one.c.label, mean)
        .where(one.c.label.is_not(None), one.c.confidence.is_not(None))
        .group_by(one.c.position, one.c.label)
        .subquery()
    )
    count = func.count()
    place = func.least(as_type(func.floor(count * literal(percentile, Double)), Integer), count - 1) + 1
    values = func.list_sort(func.list(items.c.confidence))
    threshold = func.list_extract(values, place, type_=Double).label("threshold")
    query = select(items.c.label, count.label("items"), threshold).group_by(items.c.label)
    with store.read() as connection:
        return frame(connection, query.order_by(items.c.label))


def _confident(run_id: str, stage: str) -> Select[Any]:
    label = func.unnest(prediction.c.labels, type_=String)
    return select(
        prediction.c.position,
        func.regexp_replace(label, BIO, "").label("label"),
        func.unnest(prediction.c.confidences, type_=REAL).label("confidence"),
    ).where(prediction.c.run_id == run_id, prediction.c.stage == stage)


def paired_labels(store: Store, run_id: str, stage: str, gold_run: str) -> tuple[list[Labels], list[Labels]]:
    """Gold labels and a stage's, per sentence that has both, in file order; lists of the same lengths.

    What is not known of words that were changed is in neither: such a sentence comes in its known stretches.
    """
    with store.read() as connection:
        found = connection.execute(_paired(connection, run_id, stage, gold_run)).all()
    pairs = [(cast(Labels, tuple(gold)), cast(Labels, tuple(mine))) for gold, mine in found]
    kept = [part for pair in pairs for part in ([pair] if None not in (*pair[0], *pair[1]) else _known(pair))]
    return [gold for gold, _ in kept], [mine for _, mine in kept]


def _known(pair: tuple[Sequence[str | None], Sequence[str | None]]) -> list[Pair]:
    gold, mine = ([label or UNKNOWN for label in labels] for labels in pair)
    return known(gold, mine)


def _paired(connection: Connection, run_id: str, stage: str, gold_run: str) -> Select[Any]:
    mine, gold = labels_of_now(connection, run_id, stage), labels_of_now(connection, gold_run, "gold")
    both = and_(
        mine.c.run_id == run_id,
        mine.c.stage == stage,
        gold.c.run_id == gold_run,
        gold.c.stage == "gold",
    )
    return (
        select(gold.c.labels, mine.c.labels)
        .select_from(mine.join(gold, mine.c.position == gold.c.position))
        .where(both)
        .order_by(mine.c.position)
    )
