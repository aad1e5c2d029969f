"""Stored runs, asked for once more with other settings. Consent to send text is never taken over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from core.jobs.again import request_of
from core.jobs.prepare import Request
from core.store import Store


def with_settings(store: Store, run_id: str, overrides: Mapping[str, str]) -> Request:
    """The request that made a run, with these settings over its own.

    Raises:
        UnknownName, RecipeError: as `request_of`.
    """
    request = without_leave(request_of(store, run_id))
    return replace(request, overrides={**request.overrides, **overrides})


def without_leave(request: Request) -> Request:
    """The request without anybody's agreement that text may go to a host: that is asked for each time."""
    kept = {key: value for key, value in request.overrides.items() if not key.endswith(".agreed")}
    return replace(request, overrides=kept)
