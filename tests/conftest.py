"""Fixtures for all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SKIPPED = "REAL-DATA TEST SKIPPED: set SSP_MIRROR to a folder with the public data (see README, Tests)"


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder of real public data; without it the test is skipped, loudly."""
    named = os.environ.get("SSP_MIRROR", "")
    folder = Path(named.removeprefix("file://"))
    if not named or not folder.is_dir():
        pytest.skip(SKIPPED)
    return folder.resolve()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [
        report for report in terminalreporter.stats.get("skipped", []) if SKIPPED in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.write_sep(
            "!", f"{len(skipped)} real-data tests were skipped: SSP_MIRROR is not set", red=True
        )
