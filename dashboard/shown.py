"""How the cells of a table are written where people read them: in LaTeX and in the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from math import isfinite
from numbers import Integral, Real
from typing import Any

import pandas as pd

MINUS = "\u2212"
NOTHING = "\u2013"
"""Stands where there is no figure; never a 0."""
DECIMALS = ((1.0, 4), (100.0, 2), (10_000.0, 1))
"""Up to which largest figure a column has how many decimals: four digits that say something."""


def columns(table: pd.DataFrame) -> list[tuple[str, bool, list[str]]]:
    """Per column its heading, whether it holds figures, and its cells as text."""
    found = []
    for place, name in enumerate(table.columns):
        values = table.iloc[:, place].tolist()
        figures = all(_is_number(value) or is_missing(value) for value in values) and bool(values)
        decimals = _decimals(values) if figures else 0
        found.append((str(name), figures, [_cell(value, decimals) for value in values]))
    return found


def number(value: float | None, decimals: int) -> str:
    """`1,234.5` with a true minus sign; a dash for what is not there."""
    if value is None or not isfinite(value):
        return NOTHING
    return f"{value:,.{decimals}f}".replace("-", MINUS)


def signed(value: float | None, decimals: int) -> str:
    """As `number`, with a plus sign where there is more."""
    if value is None or not isfinite(value):
        return NOTHING
    return f"{value:+,.{decimals}f}".replace("-", MINUS)


def is_missing(value: object) -> bool:
    """Whether a cell holds nothing: None, NaN, NaT."""
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, Real) and value != value)


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _decimals(values: Sequence[Any]) -> int:
    known = [value for value in values if not is_missing(value) and isfinite(value)]
    if all(isinstance(value, Integral) or float(value).is_integer() for value in known):
        return 0
    largest = max(abs(float(value)) for value in known)
    return next((decimals for limit, decimals in DECIMALS if largest <= limit), 0)


def _cell(value: object, decimals: int) -> str:
    if is_missing(value):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Real):
        return number(float(value), decimals) if isfinite(value) else str(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return str(value)
