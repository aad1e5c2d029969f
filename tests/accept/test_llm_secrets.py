"""A planted key is nowhere but in the header of the requests; with egress=local only loopback is called."""

from __future__ import annotations

import json
import logging
import socket
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.egress import EgressRefused, is_this_machine
from core.errors import StudioError
from core.jobs.launch import run_here
from core.jobs.prepare import Request
from core.settings import Settings
from core.store import Store
from core.types import Egress
from tests.accept.llm_jobs import Job, asking, project
from tests.fake_llm import FakeLLM, serving
from tests.llm_client import SECRET, plain

SENTENCES = 60
ECHO = {"429": 0.1, "500": 0.1, "reset": 0.05, "refusal": 0.05, "invalid-json": 0.05}
"""The fake server repeats the Authorization header in its errors."""


@pytest.fixture(autouse=True)
def nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    plain(monkeypatch)


def all_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder, and every file inside of archives."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path), path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    yield from ((f"{path}:{name}", archive.read(name)) for name in archive.namelist())


def every_table(store: Store, folder: Path) -> None:
    """The whole database as text: what is packed in its own file cannot be searched."""
    folder.mkdir()
    with store.read() as connection:
        tables = connection.scalars(text("SELECT table_name FROM information_schema.tables")).all()
        for table in tables:
            rows = connection.execute(text(f'SELECT * FROM "{table}"')).all()  # names of our own tables
            (folder / f"{table}.txt").write_text("\n".join(map(repr, rows)), "utf8")
    assert len(tables) > 5


@pytest.mark.parametrize("name", ["SSP_LLM_KEY", "OPENAI_API_KEY"])
def test_a_planted_key_is_nowhere(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    name: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv(name, SECRET)
    monkeypatch.setenv("OPENAI_LOG", "debug")
    said: list[str] = []
    chosen = project(tmp_path / "workspace", SENTENCES)
    with serving(key=SECRET, faults=ECHO, seed=3) as fake, Store.open(chosen.workspace) as store:
        job = Job(store, chosen, asking(fake, retries=1))
        job.until(lambda: job.is_done)
        said += troubles(store, chosen, fake)
        said += [*job.log.lines(), repr(job.outcomes())]
        assert all(headers["authorization"] == f"Bearer {SECRET}" for headers in fake.headers)
        assert len(fake.headers) >= SENTENCES
        failed = [json.loads(line) for line in job.log.lines() if json.loads(line)["status"] == "failed"]
        every_table(store, tmp_path / "tables")
        here = run_here(store, chosen, Request("random", "target", asking(fake), ["source"]), lambda *_: None)
        said.append(repr(here))
    assert failed, "no call failed: this test looks at nothing"
    printed = capfd.readouterr()
    said += [caplog.text, printed.out, printed.err, *map(repr, caplog.records)]
    files = list(all_files(tmp_path))
    found = [place for place, content in files if SECRET.encode() in content]
    assert found == []
    assert [text[:200] for text in said if SECRET in text] == []
    assert any(place.endswith("calls.sqlite") for place, _ in files)
    print(f"\n{name}: not in {len(files)} files, {len(said)} texts; {len(failed)} calls failed")


def troubles(store: Store, chosen: Settings, fake: FakeLLM) -> list[str]:
    """Errors of runs that cannot be carried out, as a user meets them: message, cause and traceback."""
    wrong: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"model": "missing"}, {}),
        ({"extra": '{"unknown": 1}'}, {}),
        ({"seed": 2}, {"key": "another"}),
        ({"seed": 3, "retries": 0}, {"faults": {"500": 1.0}}),
    ]
    found = []
    for settings, behaviour in wrong:
        before = fake.settings
        fake.set(**behaviour)
        request = Request("random", "target", asking(fake, **settings), ["source"])
        with pytest.raises(StudioError) as caught:
            run_here(store, chosen, request, lambda *_: None)
        found += [str(caught.value), repr(caught.value), str(caught.getrepr(style="long", chain=True))]
        fake.settings = before
    return found


class Guard:
    """Notes every address that a process opens a connection to or looks up, before it does."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in {"socket.connect", "socket.sendto"} and isinstance(arguments[1], tuple):
            self.seen.append(str(arguments[1][0]))
        elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
            host = arguments[0]
            self.seen.append(host.decode() if isinstance(host, bytes) else str(host))


GUARD = Guard()
_hooked: list[bool] = []


@contextmanager
def guarded() -> Iterator[Guard]:
    """An audit hook sees what any library does; it cannot be taken out again, so there is one for all."""
    if not _hooked:
        sys.addaudithook(lambda event, arguments: GUARD.hook(event, arguments))
        _hooked.append(True)
    GUARD.seen.clear()
    yield GUARD


def run(chosen: Settings, overrides: dict[str, str], recipe: str = "random") -> str:
    """What became of a run in this process."""
    with Store.open(chosen.workspace) as store:
        try:
            run_here(store, chosen, Request(recipe, "target", overrides, ["source"]), lambda *_: None)
        except StudioError as error:
            return type(error).__name__
    return "done"


AWAY: list[dict[str, Any]] = [
    {"base_url": "https://api.example.org/v1"},
    {"base_url": "https://api.example.org/v1", "agreed": "api.example.org"},
    {"base_url": "http://10.1.2.3:8000/v1", "agreed": "10.1.2.3"},
    {"base_url": "http://localhost.example.org/v1", "constrain": "auto"},
    {"base_url": "http://127.0.0.1.example.org/v1", "logprobs": "auto"},
    {"base_url": "http://0.0.0.0:8000/v1"},
    {"base_url": "https://[2001:db8::1]/v1"},
]


@pytest.mark.parametrize("settings", AWAY, ids=lambda settings: settings["base_url"])
def test_local_text_calls_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any]
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.org:3128")
    chosen = project(tmp_path / "workspace", 5)
    with serving() as fake, guarded() as guard:
        guard.seen.clear()
        assert run(chosen, asking(fake, **settings)) == EgressRefused.__name__
        assert guard.seen == []
        assert fake.counts()["asked"] == 0


@pytest.mark.parametrize("settings", [{}, {"constrain": "auto", "logprobs": "auto"}])
def test_local_text_stays_on_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any]
) -> None:
    """Whatever proxies the environment names."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://proxy.example.org:3128")
    chosen = project(tmp_path / "workspace", 10)
    with serving() as fake, guarded() as guard:
        assert run(chosen, asking(fake, **settings)) == "done"
        assert guard.seen
        assert {host for host in guard.seen if not is_this_machine(host)} == set()
        assert fake.counts()["finished"] >= 10


@pytest.mark.parametrize(
    ("egress", "settings", "ends"),
    [
        ("ask", {}, "EgressRefused"),
        ("ask", {"agreed": "api.invalid"}, "RecipeError"),
        ("any", {}, "RecipeError"),
    ],
)
def test_the_guard_sees_what_is_allowed_to_leave(
    tmp_path: Path, egress: Egress, settings: dict[str, Any], ends: str
) -> None:
    """It notices a connection to another machine where there may be one: `.invalid` is no host anywhere."""
    away = {"base_url": "https://api.invalid/v1"} | settings
    chosen = project(tmp_path / "workspace", 5, egress)
    with serving() as fake, guarded() as guard:
        guard.seen.clear()
        assert run(chosen, asking(fake, **away, retries=0)) == ends
    assert ("api.invalid" in guard.seen) == (ends == "RecipeError")


def test_a_socket_is_what_the_guard_sees() -> None:
    with guarded() as guard, socket.socket() as probe:
        guard.seen.clear()
        with suppress(OSError):
            probe.connect(("127.0.0.1", 9))
    assert guard.seen == ["127.0.0.1"]
