"""Money and tokens as they are written on pages."""

from __future__ import annotations


def said(price: float | None, currency: str) -> str:
    """`0.42 USD`; small sums with as many digits as they need."""
    if price is None:
        return "no price known"
    if not price:
        return "nothing"
    digits = 2 if price >= 1 else 3 if price >= 0.01 else 5
    return f"{price:,.{digits}f} {currency}".strip()
