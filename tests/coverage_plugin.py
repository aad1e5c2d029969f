"""Coverage of the engine and the dashboard: `pytest -p tests.coverage_plugin --covered 95`.

Python 3.11 can only be traced by calling a function at every line, of libraries too: that doubles the time of
all tests. SlipCover changes the bytecode of our own modules instead; this plugin hooks it into their import
alone, since its own hook takes over the import of tests as well.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import slipcover

SOURCES = ["core", "dashboard"]
UNSEEN = ["dashboard/app.py"]
"""Streamlit runs it from its text, not by import."""


class OurModules:
    """Finds our modules as Python does, and has them measured."""

    def __init__(self, measured: slipcover.Slipcover) -> None:
        self._measured = measured

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] not in SOURCES:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.origin and isinstance(spec.loader, SourceFileLoader):
            spec.loader = slipcover.importer.SlipcoverLoader(self._measured, spec.loader, spec.origin)
        return spec


class Measuring:
    """One process of the test run: workers hand what they saw to the one that started them."""

    def __init__(self, wanted: float) -> None:
        self._wanted = wanted
        self._seen: list[dict[str, Any]] = []
        self._measured = slipcover.Slipcover(branch=True, source=SOURCES, omit=UNSEEN)
        self._total = 0.0
        sys.meta_path.insert(0, OurModules(self._measured))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        if "coverage" in getattr(node, "workeroutput", {}):
            self._seen.append(json.loads(node.workeroutput["coverage"]))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        seen = self._measured.get_coverage()
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput["coverage"] = json.dumps(seen)
            return
        for other in self._seen:
            slipcover.merge_coverage(seen, other)
        self._seen = [seen]
        self._total = float(seen["summary"]["percent_covered"])
        if self._total < self._wanted and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._total:
            return
        with Path("coverage.txt").open("w", encoding="utf8") as report:
            slipcover.print_coverage(self._seen[0], outfile=report, skip_covered=True)
        good = self._total >= self._wanted
        say = f"coverage {self._total:.1f} % ({self._wanted:.0f} wanted), file by file in coverage.txt"
        terminalreporter.write_sep("-", say, green=good, red=not good)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--covered", type=float, default=None, help="percent of lines and branches to cover")


def pytest_configure(config: pytest.Config) -> None:
    wanted = config.getoption("covered")
    if wanted is not None:
        config.pluginmanager.register(Measuring(wanted), "measuring")
