"""Settings: read once from the environment, with a workspace that can be exchanged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core import settings as module
from core.errors import StudioError
from core.settings import Settings, settings, with_workspace


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("SSP_WORKSPACE", "SSP_MIRROR", "SSP_LIVE_BASE", "SSP_THREADS", "SSP_TIMEOUT"):
        monkeypatch.delenv(name, raising=False)
    module.reset()
    yield
    module.reset()


def test_defaults_lie_in_the_current_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    found = Settings()
    assert found.workspace == tmp_path / "workspace"
    assert found.mirror is None
    assert found.live_base.startswith("https://")
    assert found.threads >= 1


def test_the_environment_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSP_MIRROR", "/first")
    assert settings().mirror == "/first"
    monkeypatch.setenv("SSP_MIRROR", "/second")
    assert settings().mirror == "/first"
    module.reset()
    assert settings().mirror == "/second"


def test_how_many_jobs_run_at_a_time_can_be_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSP_JOBS_AT_A_TIME", "3")
    assert Settings().jobs_at_a_time == 3
    monkeypatch.setenv("SSP_JOBS_AT_A_TIME", "0")
    with pytest.raises(StudioError, match="SSP_JOBS_AT_A_TIME cannot be '0'"):
        settings()


def test_a_blank_mirror_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSP_MIRROR", "  ")
    assert Settings().mirror is None


def test_a_blank_workspace_is_the_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SSP_WORKSPACE", "")
    assert Settings().workspace == tmp_path / "workspace"


def test_a_variable_that_makes_no_sense_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSP_THREADS", "many")
    with pytest.raises(StudioError, match="SSP_THREADS cannot be 'many'"):
        settings()


def test_another_workspace_keeps_everything_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSP_MIRROR", "/first")
    monkeypatch.setenv("SSP_THREADS", "3")
    changed = with_workspace(tmp_path / "other")
    assert (changed.workspace, changed.mirror, changed.threads) == (tmp_path / "other", "/first", 3)
    assert changed.downloads == tmp_path / "other" / "downloads"
    assert with_workspace(None, changed) is changed


def test_a_workspace_may_be_named_from_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert with_workspace("~/work").workspace == tmp_path / "work"


def test_settings_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().mirror = "/elsewhere"  # type: ignore[misc]
