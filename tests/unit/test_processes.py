"""Who is who among processes, and which dashboard has the workspace open."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core import presence, processes
from core.errors import StoreLocked
from core.processes import Process
from core.store.opening import _locked
from core.whole_files import read_json, replace_json, whole


def test_this_process_lives_and_one_that_ended_does_not() -> None:
    assert processes.alive(processes.this())
    code = "print('up', flush=True); input()"
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "up\n"
    known = Process(child.pid, processes.born(child.pid) or "")
    assert processes.alive(known)
    assert processes.command(child.pid).startswith(sys.executable[:40])  # the path may be all that fits
    child.communicate("\n")
    assert not processes.alive(known)
    assert processes.command(child.pid) == ""


def test_a_process_that_ended_but_was_not_waited_for_is_dead() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    known = Process(child.pid, processes.born(child.pid) or "")
    for _ in range(200):
        if not processes.alive(known):
            break
        time.sleep(0.05)
    assert not processes.alive(known)
    child.wait()


def test_another_process_of_the_same_number_is_another() -> None:
    assert not processes.alive(Process(os.getpid(), "earlier"))
    assert not processes.alive(None)
    assert Process.read({"pid": "x"}) is None


def test_where_there_is_no_proc_ps_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(processes, "PROC", tmp_path)
    me = processes.this()
    assert me.born
    assert processes.alive(me)
    assert "python" in processes.command(os.getpid())
    assert processes.born(2**22 + 1) is None


def test_a_dashboard_is_known_while_it_runs(tmp_path: Path) -> None:
    assert presence.dashboard(tmp_path) is None
    with presence.announced(tmp_path, "http://127.0.0.1:8501/"):
        found = presence.dashboard(tmp_path)
        assert found == presence.Dashboard(processes.this(), "http://127.0.0.1:8501/")
        error = _locked(tmp_path / "studio.duckdb", os.getpid())
        assert "SSP Studio at http://127.0.0.1:8501/" in str(error)
        assert f"process {os.getpid()}" in str(error)
    assert presence.dashboard(tmp_path) is None
    assert not (tmp_path / presence.FILE).exists()


@pytest.mark.parametrize("content", ['{"pid": 1, "born": "long ago", "url": "x"}', "[]", "{", ""])
def test_the_file_of_a_killed_dashboard_means_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / presence.FILE).write_text(content)
    assert presence.dashboard(tmp_path) is None


def test_any_other_holder_is_named_with_its_command(tmp_path: Path) -> None:
    said = str(_locked(tmp_path / "studio.duckdb", os.getpid()))
    assert f"process {os.getpid()} (" in said
    assert "python" in said
    assert "another process" in str(StoreLocked("x", None))


def test_a_file_is_whole_or_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    replace_json(path, {"n": 1})

    def interrupted() -> None:
        with whole(path) as part:
            part.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        interrupted()
    assert read_json(path) == {"n": 1}
    assert [item.name for item in tmp_path.iterdir()] == ["a.json"]
    path.write_text(json.dumps([1]))
    with pytest.raises(ValueError, match="JSON object"):
        read_json(path)
