"""How often a model has to be told what was wrong with its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.costs import Range
from core.costs.shares import share

UNKNOWN = Range(0.0, 0.05, 0.30)
"""Taken of a model that was never asked: an assumption, replaced by its first run."""
MENDED = ("repaired", "unparseable", "truncated")


@dataclass(frozen=True, slots=True)
class Repairs:
    """Further calls per item, and what that is known from."""

    calls: Range
    known_from: int


def repairs_of(outcomes: Mapping[str, int], allowed: int) -> Repairs:
    """What to expect of a model whose items ended as `outcomes` says, mended at most `allowed` times."""
    total = sum(outcomes.values())
    if not allowed:
        return Repairs(Range(0.0, 0.0, 0.0), total)
    if not total:
        return Repairs(Range(UNKNOWN.low, UNKNOWN.likely, UNKNOWN.high * allowed), 0)
    rate = share(sum(outcomes.get(name, 0) for name in MENDED), total)
    return Repairs(Range(rate.low, rate.likely, rate.high * allowed), total)
