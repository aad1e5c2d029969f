"""Before text leaves or money is spent somebody says yes: at a terminal, or by naming the host."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from core.cli import confirming
from core.egress import EgressRefused
from core.errors import Cancelled
from core.jobs.prepare import Request
from core.settings import with_workspace
from core.store import Store
from tests.language_model_project import project
from tests.ssp_command import Ssp

AWAY = {"llm": "endpoint", "llm.base_url": "https://api.example.org/v1", "llm.model": "m", "k": "2"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("project"))


@pytest.fixture
def tmp_path(place: Path) -> Path:
    """Where `ssp` works."""
    return place


@pytest.fixture
def asked() -> Request:
    return Request("ssp", "mine", AWAY, ("theirs",))


def confirm(tmp_path: Path, request: Request, *, yes: bool = False) -> Request:
    place = with_workspace(tmp_path / "workspace")
    with Store.open(place.workspace) as store:
        return confirming.confirmed(store, place, request, yes=yes)


def terminal(monkeypatch: pytest.MonkeyPatch, answer: bool) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)

    def said(question: str, **more: object) -> bool:
        heard.append(question)
        return answer

    monkeypatch.setattr("typer.confirm", said)
    return heard


def test_without_a_terminal_nothing_leaves_unconfirmed(ssp: Ssp, asked: Request, tmp_path: Path) -> None:
    pairs = [part for key, value in AWAY.items() for part in ("--set", f"{key}={value}")]
    refused = ssp("run", "ssp", "--dataset", asked.dataset, "--source", "theirs", *pairs)
    assert refused.code == 2
    assert "6 sentences of" in refused.message
    assert "go to api.example.org (model m)" in refused.message
    assert "--yes" in refused.message


def test_yes_agrees_to_the_host_that_the_command_names(asked: Request, tmp_path: Path) -> None:
    found = confirm(tmp_path, asked, yes=True)
    assert found.overrides["llm.agreed"] == "api.example.org"
    assert "embedder.agreed" not in found.overrides


def test_yes_does_not_agree_to_a_host_that_a_saved_recipe_names(
    ssp: Ssp, asked: Request, tmp_path: Path
) -> None:
    from core.own_recipes import save

    full = {"stage2.llm": "endpoint", **{key: value for key, value in AWAY.items() if key.startswith("llm.")}}
    save(tmp_path / "workspace", "mine", "ssp", full)
    request = Request("mine", asked.dataset, {}, ("theirs",))
    with pytest.raises(EgressRefused, match="the saved recipe names"):
        confirm(tmp_path, request, yes=True)
    named = Request("mine", asked.dataset, {"llm.agreed": "api.example.org"}, ("theirs",))
    assert confirm(tmp_path, named, yes=True).overrides["llm.agreed"] == "api.example.org"


def test_at_a_terminal_somebody_is_asked(
    asked: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = terminal(monkeypatch, answer=True)
    assert confirm(tmp_path, asked).overrides["llm.agreed"] == "api.example.org"
    assert len(heard) == 1
    terminal(monkeypatch, answer=False)
    with pytest.raises(Cancelled):
        confirm(tmp_path, asked)


def test_what_has_to_stay_is_refused_whatever_anybody_says(
    ssp: Ssp, asked: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ssp("egress", asked.dataset, "local")
    heard = terminal(monkeypatch, answer=True)
    with pytest.raises(EgressRefused, match="stay on this machine"):
        confirm(tmp_path, asked, yes=True)
    ssp("egress", asked.dataset, "ask")
    assert heard == []


def test_nobody_is_asked_about_a_server_here_or_about_nothing(
    asked: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = terminal(monkeypatch, answer=False)
    here = {**AWAY, "llm.base_url": "http://127.0.0.1:9/v1"}
    request = Request("ssp", asked.dataset, here, ("theirs",))
    assert confirm(tmp_path, request) == request
    offline = Request("ssp", asked.dataset, {"k": "2"}, ("theirs",))
    assert confirm(tmp_path, offline) == offline
    assert heard == []


def test_a_gateway_here_that_charges_is_confirmed(
    ssp: Ssp, asked: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ssp("llm", "prices", "--set", "*=1/1", "--host", "127.0.0.1")
    here = {**AWAY, "llm.base_url": "http://127.0.0.1:9/v1"}
    heard = terminal(monkeypatch, answer=True)
    confirm(tmp_path, Request("ssp", asked.dataset, here, ("theirs",)))
    ssp("llm", "prices", "--delete", "*", "--host", "127.0.0.1")
    assert len(heard) == 1


@pytest.mark.parametrize("yes", [False, True])
def test_where_a_dashboard_holds_the_workspace(asked: Request, *, yes: bool) -> None:
    offline = Request("ssp", asked.dataset, {"k": "2"})
    assert confirming.confirmed_unseen(offline, yes=False) == offline
    if yes:
        assert confirming.confirmed_unseen(asked, yes=True).overrides["llm.agreed"] == "api.example.org"
        return
    with pytest.raises(confirming.NotConfirmed, match=r"api\.example\.org"):
        confirming.confirmed_unseen(asked, yes=False)
