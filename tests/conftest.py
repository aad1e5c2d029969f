"""Fixtures for all tests."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings

from tests.needs import LEFT_OUT

settings.register_profile("any machine", deadline=None)  # how long an example takes is no property of it
settings.load_profile("any machine")
SKIPPED = "REAL-DATA TEST SKIPPED: set SSP_MIRROR to a folder with the public data (see README, Tests)"


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of real public data; without it the test is skipped, loudly."""
    named = os.environ.get("SSP_MIRROR", "")
    folder = Path(named.removeprefix("file://"))
    if not named or not folder.is_dir():
        pytest.skip(SKIPPED)
    return folder.resolve()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named by their place: an archive holds the second it was made in, and workers must agree."""
    return argname if isinstance(val, bytes) else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    say = partial(terminalreporter.write_sep, "!", red=True)
    if real := sum(SKIPPED in reason for reason in reasons):
        say(f"{real} real-data tests were skipped: SSP_MIRROR is not set")
    if heavy := sum(LEFT_OUT in reason for reason in reasons):
        say(f"{heavy} tests were skipped, the light installation cannot run them: python start.py --full")
