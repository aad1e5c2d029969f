"""Comparisons: what several labelings of one data set have in common and where they part, counted by token.

Everything is counted from a `Comparison`: the labels of all sides as numbers, token by token, for the
sentences that all sides labelled. What a figure was counted from is a `Where`, so that every figure can be
opened: its sentences are those in which some token passes.
"""

from core.comparison.sides import GOLD, HUMAN, MOST, Comparison, Side, load
from core.comparison.where import CHANGES, Where, changes, found, mask

__all__ = [
    "CHANGES",
    "GOLD",
    "HUMAN",
    "MOST",
    "Comparison",
    "Side",
    "Where",
    "changes",
    "found",
    "load",
    "mask",
]
