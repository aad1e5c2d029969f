"""Which label gave way to which, and what that brought: the label-switch table of the SSP paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.comparison.counting import triples, whole
from core.comparison.sides import UNKNOWN, Comparison

if TYPE_CHECKING:
    import pandas as pd


def switches(compared: Comparison, before: int = 0, after: int = 1) -> pd.DataFrame:
    """from_label, to_label, count, fixed, broken, moved of the changed tokens: most frequent first.

    Without a reference the last three are missing; tokens whose right label is unknown are in none of them.
    """
    import pandas as pd

    counts = triples(compared, before, after)
    counts = counts.of(counts.changed)
    names = np.array(compared.labels, dtype=object)
    known = counts.right != UNKNOWN
    fixed, broken = known & (counts.after == counts.right), known & (counts.before == counts.right)
    masks = {"fixed": fixed, "broken": broken, "moved": known & ~fixed & ~broken}
    frame = pd.DataFrame(
        {"from_label": counts.before, "to_label": counts.after, "count": counts.count}
        | {name: counts.count * mask for name, mask in masks.items()}
    )
    sums = frame.groupby(["from_label", "to_label"], as_index=False).sum()
    sums = sums.sort_values("count", ascending=False, kind="stable", ignore_index=True)
    for side in ("from_label", "to_label"):
        sums[side] = names[sums[side].to_numpy(dtype=np.int64)]
    for kind in masks:
        sums[kind] = whole(sums[kind].to_numpy(), known=compared.reference is not None)
    return sums


def change_counts(compared: Comparison, before: int = 0, after: int = 1) -> dict[str, int]:
    """changed, same, total tokens; with a reference fixed, broken, moved, same_right, same_wrong and known.

    `known` are the tokens whose right label is known: those of which the five are told.
    """
    counts = triples(compared, before, after)
    changed, total = int(counts.count[counts.changed].sum()), int(counts.count.sum())
    told = {"changed": changed, "same": total - changed, "total": total}
    if compared.reference is None:
        return told
    known = counts.of(counts.right != UNKNOWN)
    sums = dict.fromkeys(("fixed", "broken", "moved", "same_right", "same_wrong"), 0)
    for kind, count in zip(known.kinds(judged=True), known.count.tolist(), strict=True):
        sums[kind] += count
    return told | sums | {"known": sum(sums.values())}
