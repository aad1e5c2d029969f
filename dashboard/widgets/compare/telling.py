"""Conditions in words: what the sentences listed have in common."""

from __future__ import annotations

from collections.abc import Sequence

from core.comparison import Where
from core.comparison.where import BINS, LENGTHS

KINDS = {
    "changed": "changed",
    "fixed": "fixed",
    "broken": "broken",
    "moved": "moved, still wrong",
    "same": "unchanged",
    "same_right": "unchanged, right",
    "same_wrong": "unchanged, wrong",
}


def told(where: Where, titles: Sequence[str], *, unit: str) -> str:
    """`broken from Stage I to Stage II · right: B-DATE`; "" where there is no condition.

    Args:
        titles: what the sides are called, in order.
        unit: tokens or items.
    """
    name = dict(enumerate(titles)).get
    parts = [_change(where, titles)] if where.change else []
    if where.right:
        parts.append(f"right: {where.right}")
    parts += [f"{name(side, side)}: {label}" for side, label in where.given.items()]
    if where.wrong:
        parts.append(
            f"wrong in {name(int(where.wrong), where.wrong) if where.wrong.isdecimal() else where.wrong}"
        )
    if where.form:
        parts.append(f"“{where.form}”")
    if where.length:
        parts.append(f"{_length(where.length)} {unit} long")
    if where.bin >= 0:
        low, high = where.bin / BINS, (where.bin + 1) / BINS
        parts.append(f"confidence of {name(where.after, where.after)} {low:.1f} to {high:.1f}")
    return " · ".join(parts)


def _change(where: Where, titles: Sequence[str]) -> str:
    kind = KINDS[where.change]
    if max(where.before, where.after) >= len(titles) or len(titles) < 2:
        return kind
    return f"{kind} from {titles[where.before]} to {titles[where.after]}"


def _length(first: int) -> str:
    last = next((end for start, end in LENGTHS if start == first), None)
    return f"{first} to {last}" if last else f"{first} or more"
