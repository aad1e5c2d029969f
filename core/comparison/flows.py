"""Where labels went: from what one side said to what another says, to what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.comparison.counting import Triples, triples
from core.comparison.sides import UNKNOWN, Codes, Comparison
from core.comparison.where import Mask, changes

if TYPE_CHECKING:
    import pandas as pd

OTHER = "other"
"""Stands for all labels that are not among the most prominent; a label of that name is one of them."""
TOP = 8
COLUMNS = ("from_label", "to_label", "gold_label", "kind")
Row = tuple[str, str, str, str]
"""from_label, to_label, gold_label, kind; "" = any."""


def flow(compared: Comparison, before: int = 0, after: int = 1, *, top: int = TOP) -> pd.DataFrame:
    """from_label, to_label, gold_label, count, kind (of CHANGES): most frequent first.

    With a reference only tokens whose right label is known; without one, gold_label is None. Labels beyond
    the most prominent are OTHER, so that the same three may be there once for each kind.
    """
    import pandas as pd

    counts, known = _shown(compared, before, after)
    names = np.array([*_names(compared, counts, top), None], dtype=object)
    frame = pd.DataFrame(
        {
            "from_label": names[counts.before],
            "to_label": names[counts.after],
            "gold_label": names[counts.right],
            "kind": counts.kinds(judged=known),
            "count": counts.count,
        }
    )
    sums = frame.groupby(list(COLUMNS), sort=True, dropna=False)["count"].sum().reset_index()
    sums["gold_label"] = sums["gold_label"].astype(object).where(sums["gold_label"].notna(), None)
    ordered = sums.sort_values("count", ascending=False, kind="stable", ignore_index=True)
    return ordered[["from_label", "to_label", "gold_label", "count", "kind"]]


def prominent(compared: Comparison, before: int = 0, after: int = 1, *, top: int = TOP) -> tuple[str, ...]:
    """The labels that `flow` calls by their name: those that most changes were from or to."""
    counts, _ = _shown(compared, before, after)
    kept = _kept(compared, counts, top)
    return tuple(name for name, one in zip(compared.labels, kept, strict=True) if one)


def in_flow(compared: Comparison, row: Row, before: int = 0, after: int = 1, *, top: int = TOP) -> Mask:
    """The tokens (T,) that a row of `flow` counts, or all rows with what it does not leave open."""
    counts, _ = _shown(compared, before, after)
    names = np.array(_names(compared, counts, top), dtype=object)
    passing = np.ones(compared.n_tokens, dtype=np.bool_)
    if compared.reference is not None:
        passing &= compared.reference != UNKNOWN
    columns: tuple[Codes | None, ...] = (compared.given[before], compared.given[after], compared.reference)
    for label, codes in zip(row[:3], columns, strict=True):
        if label:
            passing &= _nothing(passing) if codes is None else np.isin(codes, np.flatnonzero(names == label))
    if row[3]:
        passing &= changes(compared, before, after).get(row[3], _nothing(passing))
    return passing


def _nothing(like: Mask) -> Mask:
    return np.zeros_like(like)


def _shown(compared: Comparison, before: int, after: int) -> tuple[Triples, bool]:
    """What is counted, and whether it is held against a reference."""
    counts = triples(compared, before, after)
    known = compared.reference is not None
    return (counts.of(counts.right != UNKNOWN) if known else counts), known


def _names(compared: Comparison, counts: Triples, top: int) -> list[str]:
    """What each label is called."""
    kept = _kept(compared, counts, top)
    return [name if one else OTHER for name, one in zip(compared.labels, kept, strict=True)]


def _kept(compared: Comparison, counts: Triples, top: int) -> Mask:
    n = len(compared.labels)
    moved = counts.of(counts.changed)
    changed = np.bincount(moved.before, moved.count, n) + np.bincount(moved.after, moved.count, n)
    often = np.zeros(n)
    for side in (counts.before, counts.after, counts.right):
        often += np.bincount(side[side >= 0], counts.count[side >= 0], n)
    allowed = (often > 0) & np.array([name != OTHER for name in compared.labels])
    # one label less would only give its place to OTHER
    size = top + 1 if allowed.sum() == top + 1 and (often > 0).sum() == top + 1 else top
    order = np.lexsort((-often, -changed, ~allowed))
    kept = np.zeros(n, dtype=np.bool_)
    kept[order[:size]] = True
    return np.asarray(kept & allowed)
