"""How long to wait before a host is asked again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime

BUSY = (408, 425, 429)
"""Answers besides 5xx after which it helps to ask again."""


def asked_pause(headers: Mapping[str, str]) -> float:
    """Seconds that `Retry-After` (a number or a date) or `retry-after-ms` asks for; 0 = neither does."""
    exact = _number(headers.get("retry-after-ms", ""))
    if exact:
        return exact / 1000
    asked = headers.get("Retry-After", "").strip()
    return _number(asked) or _until(asked)


def _number(text: str) -> float:
    """A number as it is, below a year of seconds; 0 where it is none."""
    with suppress(ValueError):
        value = float(text[:9])
        return value if 0 < value < 4e7 else 0.0
    return 0.0


def _until(text: str) -> float:
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return 0.0
