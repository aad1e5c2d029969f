"""Fixtures of the unit tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.store import Store
from tests.bench.generate import generate
from tests.ssp_command import ssp
from tests.unit.plain_project import N, Plain

__all__ = ["ssp"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty workspace's store."""
    with Store.open(tmp_path / "workspace") as opened:
        yield opened


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, str, str]]:
    """A generated project (read only): its store, data set and run."""
    with Store.open(tmp_path_factory.mktemp("generated")) as opened:
        yield opened, *generate(opened, N)


@pytest.fixture(scope="session")
def plain(generated: tuple[Store, str, str]) -> Plain:
    """The same project as Python lists."""
    return Plain(*generated)
