"""The gate: text leaves this machine only where its owner allows it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from core.egress import CHOICES, MEANING, EgressRefused, check
from core.store import Store, facts, views
from core.types import Dataset, Egress, Instance, Record

HERE = ["http://localhost:11434/v1", "http://127.0.0.1:8000", "127.8.9.1", "http://[::1]:9/x", "a.localhost"]
AWAY = [
    "https://api.example.org/v1", "example.org", "10.0.0.5:8000", "http://localhost.example.org",
    "http://localhost@example.org/", "http://192.168.1.4", "http://0.0.0.0:80", "127.0.0.1.example.org",
]  # fmt: skip


def dataset(egress: Egress, name: str = "mine") -> Dataset:
    return Dataset(name, name, "fao", "pos", ("X",), egress=egress)


@pytest.mark.parametrize("address", HERE)
@pytest.mark.parametrize("egress", CHOICES)
def test_this_machine_is_always_allowed(egress: Egress, address: str) -> None:
    check([dataset(egress)], address)


@pytest.mark.parametrize("address", AWAY)
def test_local_text_stays_whatever_is_agreed(address: str) -> None:
    with pytest.raises(EgressRefused, match="stay on this machine"):
        check([dataset("local")], address, agreed=True)


@pytest.mark.parametrize("address", AWAY)
def test_the_default_needs_a_yes(address: str) -> None:
    with pytest.raises(EgressRefused, match="nobody has agreed"):
        check([dataset("ask")], address)
    check([dataset("ask")], address, agreed=True)
    check([dataset("any")], address)


def test_the_strictest_of_all_data_sets_decides() -> None:
    with pytest.raises(EgressRefused, match="quiet"):
        check([dataset("any"), dataset("local", "quiet")], "https://example.org", agreed=True)


def test_the_setting_is_stored(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        facts.add_dataset(
            store, Dataset("d", "d", "fao", "pos", ()), [Record(Instance(0, "test", ("a",), "a"))]
        )
        assert views.dataset(store, "d").egress == "ask"
        for choice in CHOICES:
            facts.set_egress(store, "d", choice)
            assert views.dataset(store, "d").egress == choice
    assert set(MEANING) == set(CHOICES)


CLIENTS = {
    "openai",
    "httpx",
    "httpx2",
    "requests",
    "aiohttp",
    "http.client",
    "urllib.request",
    "socket",
    "smtplib",
    "ftplib",
}
FETCHES_ONLY = {"core/download.py", "core/transfer.py", "core/cli/server.py"}
"""Modules that open connections and send no text of a data set: they fetch public files, or serve."""

OVER_A_LINE = {"core/llms/_client.py"}
"""Modules that open connections where a line was given to them, and have no other way."""


def test_whoever_opens_a_connection_asks_the_gate() -> None:
    asking = 0
    for path in sorted(Path("core").rglob("*.py")):
        names = _imported(ast.parse(path.read_text("utf8")))
        if names & CLIENTS and path.as_posix() not in FETCHES_ONLY | OVER_A_LINE:
            assert "core.egress" in names, f"{path} sends without asking core.egress"
        asking += bool(names & CLIENTS)
    assert asking, "no module opens a connection: this test looks at nothing"


def test_lines_are_given_out_by_the_gate_alone() -> None:
    """A line is leave to ask a host: who makes one asks the gate, and nobody else makes one."""
    makers = set()
    for path in sorted(Path("core").rglob("*.py")):
        calls = [
            node.func for node in ast.walk(ast.parse(path.read_text("utf8"))) if isinstance(node, ast.Call)
        ]
        if {"Line", "ModelLine", "PostLine"} & {name.id for name in calls if isinstance(name, ast.Name)}:
            makers.add(path.as_posix())
    assert makers == {"core/sending.py"}
    assert "core.egress" in _imported(ast.parse(Path("core/sending.py").read_text("utf8")))


def _imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names
