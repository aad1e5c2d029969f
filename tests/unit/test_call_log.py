"""The log of calls: appended to by many, on the disk before it is used, read one at a time."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from core.calls import CallLog
from core.calls.log import VERSION, CallLogTrouble
from core.types import Completion

CALL = Completion(
    key="k0",
    model="m",
    prompt_sha256="h",
    prompt="Hvat er hetta? 猫\n\t",
    text="Hon\tPRON\u2028\x00",
    finish_reason="stop",
    prompt_tokens=12,
    completion_tokens=3,
    parameters='{"a": 1}',
    host="example.org",
    seconds=0.25,
    logprobs=(("Hon", -0.5), ("\t", -0.25)),
    label_probabilities=((0.25, 0.75),),
)
FAILED = replace(CALL, status="failed", text="", error="example.org is busy", logprobs=None, seconds=None)


@pytest.fixture
def log(tmp_path: Path) -> CallLog:
    return CallLog(tmp_path / "cache" / "calls.sqlite")


def test_a_call_comes_back_as_it_was(log: CallLog) -> None:
    log.add([CALL, replace(CALL, key="k1", prompt_tokens=None, logprobs=None, label_probabilities=None)])
    assert log.find("k0") == CALL
    assert CallLog(log.path).find("k1") == replace(
        CALL, key="k1", prompt_tokens=None, logprobs=None, label_probabilities=None
    )
    assert log.find("k2") is None


def test_looking_creates_nothing(log: CallLog) -> None:
    assert log.find("k0") is None
    assert log.totals("run").calls == 0
    assert not log.path.exists()
    log.add([])
    assert not log.path.exists()


def test_failed_calls_are_kept_and_not_found(log: CallLog) -> None:
    log.add([FAILED])
    assert log.find("k0") is None
    assert list(log.read(["k0"])) == [FAILED]
    log.add([CALL, replace(CALL, text="a second answer"), FAILED])
    assert log.find("k0") == CALL


def test_reading_is_in_order_and_leaves_out_what_is_not_there(log: CallLog) -> None:
    calls = [replace(CALL, key=f"k{number}") for number in range(5)]
    log.add([*calls, replace(FAILED, key="f"), replace(FAILED, key="f", error="again")])
    found = list(log.read(["k3", "nothing", "k1", "f", "k3"]))
    assert [call.key for call in found] == ["k3", "k1", "f", "k3"]
    assert found[2].error == "again"


def test_what_a_run_came_to(log: CallLog) -> None:
    log.add([CALL, replace(CALL, key="k1", prompt_tokens=None)], "mine")
    log.add([FAILED], "mine")
    log.add([replace(CALL, key="k2")], "another")
    found = log.totals("mine")
    assert (found.calls, found.prompt_tokens, found.completion_tokens, found.seconds) == (2, 12, 6, 0.5)


def test_lines_are_json_oldest_first(log: CallLog, monkeypatch: pytest.MonkeyPatch) -> None:
    log.add([replace(CALL, key=f"k{number:03}") for number in range(450)], "r")
    log.add([FAILED])
    lines = [json.loads(line) for line in log.lines()]
    assert [line["key"] for line in lines] == [f"k{number:03}" for number in range(450)] + ["k0"]
    assert lines[0]["prompt"] == CALL.prompt
    assert lines[0]["parameters"] == {"a": 1}
    assert lines[0]["logprobs"] == [["Hon", -0.5], ["\t", -0.25]]
    assert (lines[0]["run"], lines[0]["at"][-6:]) == ("r", "+00:00")
    assert lines[-1]["error"] == "example.org is busy"


def test_many_threads(log: CallLog) -> None:
    def write(thread: int) -> None:
        for number in range(20):
            log.add([replace(CALL, key=f"{thread}-{number}")])
            assert log.find(f"{thread}-{number}")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(log.lines())) == 160
    log.close()


WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from core.calls import CallLog
from tests.unit.test_call_log import CALL
log = CallLog(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    log.add([replace(CALL, key=f"{sys.argv[2]}-{number}")])
    print(number, flush=True)
"""


def writer(log: CallLog, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(log.path), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_many_processes_at_once_lose_nothing(log: CallLog) -> None:
    writers = [writer(log, f"p{number}", 50) for number in range(4)]
    for one in writers:
        assert one.communicate(timeout=60)[0].splitlines()[-1] == "49"
        assert one.returncode == 0
    assert sorted(json.loads(line)["key"] for line in log.lines()) == sorted(
        f"p{process}-{number}" for process in range(4) for number in range(50)
    )


@pytest.mark.slow
def test_what_was_added_outlives_kill_9(log: CallLog) -> None:
    one = writer(log, "p", 100_000)
    assert one.stdout
    for _ in range(30):
        said = one.stdout.readline()
    os.kill(one.pid, signal.SIGKILL)
    rest = one.communicate(timeout=10)[0].splitlines()
    last = int([said, *rest][-1])
    assert all(log.find(f"p-{number}") for number in range(last + 1))


def test_a_file_that_is_no_log(log: CallLog) -> None:
    log.path.parent.mkdir()
    log.path.write_bytes(b"no database at all" * 100)
    with pytest.raises(CallLogTrouble, match="cannot be read or written") as caught:
        log.find("k0")
    assert str(log.path) in str(caught.value)


def test_a_log_of_a_newer_version(log: CallLog) -> None:
    log.add([CALL])
    log.close()
    with sqlite3.connect(log.path) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    with pytest.raises(CallLogTrouble, match="newer version"):
        CallLog(log.path).find("k0")


def test_half_of_a_group_is_not_kept(log: CallLog) -> None:
    log.add([CALL])
    with pytest.raises(CallLogTrouble):
        log.add([replace(CALL, key="k1"), replace(CALL, key="k2", prompt=None)])  # type: ignore[arg-type]
    assert log.find("k1") is None
    log.add([replace(CALL, key="k3")])
    assert log.find("k3")


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CallLogTrouble):
        CallLog(tmp_path / "file" / "calls.sqlite").add([CALL])


def test_it_waits_for_its_disk(log: CallLog) -> None:
    """A power cut takes nothing back that was paid for: 2 = FULL."""
    log.add([CALL])
    with log._open() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
