"""Fixtures of the unit tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from core import settings
from core.store import Store
from dashboard import resources
from tests.bench.generate import generate
from tests.ssp_command import ssp
from tests.unit.plain_project import N, Plain

__all__ = ["ssp"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty workspace's store."""
    with Store.open(tmp_path / "workspace") as opened:
        yield opened


@pytest.fixture
def looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store of an empty workspace that the dashboard looks at."""
    monkeypatch.setenv("SSP_WORKSPACE", str(tmp_path))
    settings.reset()
    st.cache_data.clear()
    yield resources.store()
    resources.close()
    settings.reset()


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, str, str]]:
    """A generated project (read only): its store, data set and run."""
    with Store.open(tmp_path_factory.mktemp("generated")) as opened:
        yield opened, *generate(opened, N)


@pytest.fixture(scope="session")
def plain(generated: tuple[Store, str, str]) -> Plain:
    """The same project as Python lists."""
    return Plain(*generated)
