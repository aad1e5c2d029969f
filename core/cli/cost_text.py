"""Costs as people read them: an estimate before a run, the figures after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from core.calls.pricing import Price
from core.cli.output import table
from core.costs import Estimate, Range
from core.costs.afterwards import Cost
from core.costs.asking import Needs
from core.costs.scale import Row

MINUTE, HOUR = 60, 3600


def estimate_document(found: Estimate, rows: Sequence[Row]) -> dict[str, Any]:
    """An estimate as JSON."""
    return asdict(found) | {
        "leaves": found.leaves,
        "costs": found.costs,
        "scale": [asdict(row) for row in rows],
    }


def estimate_text(found: Estimate) -> str:
    """An estimate in lines."""
    known = (
        "how many of them are in the log is not known"
        if found.cached is None
        else f"{found.cached:,} in the log"
    )
    lines = [
        found.statement,
        f"calls: {_range(found.calls)} for {found.items:,} items, {known}",
        f"tokens: prompts {_range(found.prompt_tokens)}, answers {_range(found.completion_tokens)} "
        f"(measured on {found.measured_on} prompts)",
        f"price: {_money(found.price, found.currency)} - {found.priced}",
        f"time: {_time(found.seconds)}",
        *(f"note: {note}" for note in found.notes),
    ]
    return "\n".join(lines)


def needs_text(statement: str, takes: Needs, price: Price | None) -> str:
    """What asking outside of a run takes, in lines."""
    return "\n".join(
        [
            statement,
            f"calls: {takes.calls:,}; tokens: prompts {_range(takes.prompt_tokens)}, answers at most "
            f"{takes.completion_tokens.high:,.0f}",
            f"price: {_money(takes.price(price), price.currency if price else '')}",
        ]
    )


def scale_text(rows: Sequence[Row]) -> str:
    """What more items take, as a table."""
    header = ("items", "basis", "calls", "prompt tokens", "answer tokens", "time", "price")
    return table(
        [
            (
                f"{row.items:,}",
                row.basis,
                f"{row.calls:,.0f}",
                f"{row.prompt_tokens:,.0f}",
                f"{row.completion_tokens:,.0f}",
                "-" if row.seconds is None else duration(row.seconds),
                "-" if row.price is None else f"{row.price:,.2f} {row.currency}".strip(),
            )
            for row in rows
        ],
        header,
    )


def cost_text(found: Cost) -> str:
    """What a run cost, in lines."""
    spent, changes = found.spending, found.changes
    lines = [
        f"{spent.calls:,} calls to {spent.model} ({spent.host or 'in process, or recorded'}): "
        f"{spent.prompt_tokens:,} prompt and {spent.completion_tokens:,} answer tokens",
        f"worth: {_amount(spent.worth, spent.currency)}; per item {_amount(found.per_item, spent.currency)}",
    ]
    if changes and changes.fixed is not None:
        lines.append(
            f"Stage II fixed {changes.fixed:,} labels and broke {changes.broken:,} of {changes.labels:,}: "
            f"{_amount(found.per_fixed, spent.currency)} per fixed label, "
            f"{_amount(found.per_gained, spent.currency)} per label gained"
        )
    elif changes:
        per = _amount(found.per_changed, spent.currency)
        lines.append(
            f"Stage II changed {changes.changed:,} of {changes.labels:,} labels: {per} per changed label"
        )
    return "\n".join([*lines, *([found.remark] if found.remark else [])])


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    if seconds < MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / MINUTE:.0f} min" if seconds < 2 * HOUR else f"{seconds / HOUR:.1f} h"


def _range(value: Range) -> str:
    if value.low == value.high:
        return f"{value.likely:,.0f}"
    return f"{value.likely:,.0f} ({value.low:,.0f} to {value.high:,.0f})"


def _money(value: Range | None, currency: str) -> str:
    if value is None:
        return "not known"
    if value.high == 0:
        return "nothing"
    return f"{value.likely:.2f} {currency} ({value.low:.2f} to {value.high:.2f} at most)"


def _amount(value: float | None, currency: str) -> str:
    if value is None:
        return "not known"
    return f"{value:.4g} {currency}" if currency else f"{value:.4g}"


def _time(value: Range | None) -> str:
    if value is None:
        return "not known before the first call"
    return f"about {duration(value.likely)} ({duration(value.low)} to {duration(value.high)})"
