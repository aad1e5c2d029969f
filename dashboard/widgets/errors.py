"""Errors a user can meet become one message on the page; all others go to the log as they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import StudioError
from dashboard.widgets.empty import problem


@contextmanager
def shown() -> Iterator[None]:
    """Show a `StudioError` of the block where it happened, instead of breaking the page."""
    try:
        yield
    except StudioError as error:
        problem(error)
