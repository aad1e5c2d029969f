"""Comparisons: what several labelings of one data set have in common and where they part, counted by token.

Everything is counted from a `Comparison`: the labels of all sides as numbers, token by token, for the
sentences that all sides labelled. What a figure was counted from is a `Where`, so that every figure can be
opened: its sentences are those in which some token passes.
"""

from core.comparison.agreement import agreement, alpha
from core.comparison.audited import Audited, audited
from core.comparison.calibration import Calibration, calibration, expected_calibration_error, reliability
from core.comparison.confusions import between, confusion
from core.comparison.flows import OTHER, flow, in_flow, prominent
from core.comparison.scores import METRICS, main_metric, scores
from core.comparison.sides import GOLD, HUMAN, MOST, Comparison, Side, load
from core.comparison.significance import Difference, headline
from core.comparison.slices import by_confidence, by_form, by_label, by_length, where_of
from core.comparison.switches import change_counts, switches
from core.comparison.where import CHANGES, Where, changes, found, mask

__all__ = [
    "CHANGES",
    "GOLD",
    "HUMAN",
    "METRICS",
    "MOST",
    "OTHER",
    "Audited",
    "Calibration",
    "Comparison",
    "Difference",
    "Side",
    "Where",
    "agreement",
    "alpha",
    "audited",
    "between",
    "by_confidence",
    "by_form",
    "by_label",
    "by_length",
    "calibration",
    "change_counts",
    "changes",
    "confusion",
    "expected_calibration_error",
    "flow",
    "found",
    "headline",
    "in_flow",
    "load",
    "main_metric",
    "mask",
    "prominent",
    "reliability",
    "scores",
    "switches",
    "where_of",
]
