"""start.py: what its options do, and what it promises before anything is installed."""

from __future__ import annotations

import ast
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core import starting
from core.starting.processes import run
from core.starting.stamp import DEVELOPMENT, FULL, LIGHT, TESTS, Environment, wanted, write_stamp
from tests.small_project import FILES, calls, pretended, small_project

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"torch", "transformers", "sentence-transformers"}
NAMED = {
    "streamlit",
    "plotly",
    "torch",
    "transformers",
    "sentence-transformers",
    "pulp",
    "sqlalchemy",
    "duckdb",
}


def pins(name: str) -> dict[str, str]:
    """Package -> its line."""
    lines = [line.strip() for line in (ROOT / name).read_text("utf8").splitlines()]
    return {re.split(r"[\[=]", line)[0]: line for line in lines if line and not line.startswith(("#", "-r"))}


def test_the_light_requirements_are_the_full_ones_without_three() -> None:
    full = pins(FULL)
    assert set(full) >= NAMED
    assert [line for name, line in full.items() if name not in HEAVY] == list(pins(LIGHT).values())


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_is_pinned(name: str) -> None:
    assert [line for line in pins(name).values() if "==" not in line and line != "-e ."] == []


def test_nobody_is_told_where_to_download_from() -> None:
    starters = [ROOT / "start.py", ROOT / "Makefile", *(ROOT / name for name in FILES)]
    for path in [*starters, *(ROOT / "core" / "starting").glob("*.py")]:
        assert not re.search(r"https?://|index-url|pypi|pythonhosted", path.read_text("utf8")), path.name


def test_any_python_can_read_start_py() -> None:
    """Python 2 as well: an old one reaches the sentence, not a SyntaxError."""
    text = (ROOT / "start.py").read_text("ascii")
    modern = (
        ast.JoinedStr,
        ast.AnnAssign,
        ast.NamedExpr,
        ast.Match,
        ast.Nonlocal,
        ast.Starred,
        ast.FunctionDef,
    )
    nodes = list(ast.walk(ast.parse(text)))
    assert not [node for node in nodes if isinstance(node, modern)]
    future = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    assert future == []


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 10, 14)])
def test_an_old_python_is_told_in_one_line(version: tuple[int, ...]) -> None:
    pretend = (
        f"import runpy, sys; sys.version_info = {version!r}; runpy.run_path('start.py', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert f"needs Python 3.11 or newer, and this is Python {version[0]}.{version[1]}." in done.stderr


def test_it_starts_on_the_standard_library_alone(tmp_path: Path) -> None:
    """`-I -S`: without site-packages, without the environment of these tests; from another folder."""
    command = [sys.executable, "-I", "-S", ROOT / "start.py", "--help"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for option in (
        "--light",
        "--full",
        "--workspace",
        "--port",
        "--demo",
        "--no-serve",
        "--install-only",
        "--test",
    ):
        assert option in done.stdout


@pytest.mark.parametrize(
    ("installed", "asked", "files"),
    [
        ([], [], [FULL]),
        ([], [LIGHT], [LIGHT]),
        ([], [TESTS], [LIGHT, TESTS]),
        ([], [DEVELOPMENT], [DEVELOPMENT]),
        ([LIGHT], [], [LIGHT]),
        ([LIGHT], [TESTS], [LIGHT, TESTS]),
        ([LIGHT, TESTS], [], [LIGHT, TESTS]),
        ([LIGHT, TESTS], [FULL], [TESTS, FULL]),
        ([FULL], [LIGHT], [FULL]),
        ([DEVELOPMENT], [LIGHT, TESTS], [DEVELOPMENT]),
    ],
)
def test_what_is_installed_is_remembered(
    tmp_path: Path, installed: list[str], asked: list[str], files: list[str]
) -> None:
    environment = small_project(tmp_path)
    environment.folder.mkdir()
    if installed:
        write_stamp(environment, installed)
    assert wanted(environment, asked) == sorted(files)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": ["requirements-of-another-time.txt"]}'])
def test_a_stamp_that_says_nothing_is_no_stamp(tmp_path: Path, text: str) -> None:
    environment = small_project(tmp_path)
    environment.folder.mkdir()
    environment.stamp.write_text(text, "utf8")
    assert wanted(environment, []) == [FULL]


def carry_out(environment: Environment, *arguments: str) -> int:
    return starting.carry_out(starting.parser().parse_args(arguments), environment)


PLACE = "--workspace {root}/workspace"
OPENS = [
    ([], [f"-P -m core.cli sample {PLACE}", f"-P -m core.cli serve {PLACE}"]),
    (["--no-serve"], [f"-P -m core.cli sample {PLACE}"]),
    (["--install-only"], []),
    (["--workspace", "/w", "--port", "99", "--no-serve"], ["-P -m core.cli sample --workspace /w"]),
    (["--port", "99"], [f"-P -m core.cli sample {PLACE}", f"-P -m core.cli serve {PLACE} --port 99"]),
    (["--demo"], [f"-P -m core.cli demo {PLACE}", f"-P -m core.cli serve {PLACE}/demo --tour"]),
]


@pytest.mark.parametrize(("arguments", "wished"), OPENS, ids=lambda value: " ".join(value))
def test_what_an_option_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], wished: list[str]
) -> None:
    monkeypatch.delenv("SSP_WORKSPACE", raising=False)
    environment = pretended(tmp_path)
    assert carry_out(environment, *arguments) == 0
    assert calls(environment) == [line.format(root=tmp_path) for line in wished]


def test_the_workspace_can_come_from_the_surroundings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSP_WORKSPACE", "elsewhere")
    monkeypatch.chdir(tmp_path)
    environment = pretended(tmp_path / "project")
    assert carry_out(environment, "--no-serve") == 0
    assert calls(environment) == [f"-P -m core.cli sample --workspace {tmp_path}/elsewhere"]


def test_tests_run_in_the_project_and_its_answer_is_ours(tmp_path: Path) -> None:
    environment = pretended(tmp_path, LIGHT, TESTS, code=3)
    assert carry_out(environment, "--test") == 3
    (line,) = (tmp_path / "calls").read_text().splitlines()
    assert line.startswith(f"{tmp_path}: -m pytest")
    assert "not e2e and not real" in line


def test_a_sample_that_fails_opens_nothing(tmp_path: Path) -> None:
    environment = pretended(tmp_path, code=2)
    assert carry_out(environment) == 2
    assert len(calls(environment)) == 1


@pytest.mark.parametrize(("files", "offered"), [([LIGHT], True), ([LIGHT, TESTS], True), ([FULL], False)])
def test_a_light_installation_offers_the_rest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: list[str], *, offered: bool
) -> None:
    carry_out(pretended(tmp_path, *files), "--install-only")
    assert ("python start.py --full" in capsys.readouterr().out) == offered


def test_light_and_full_contradict_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        starting.main(["--light", "--full"])
    assert "not allowed with" in capsys.readouterr().err


def test_what_goes_wrong_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(starting, "ROOT", tmp_path / "nowhere")
    assert starting.main(["--install-only"]) == 1
    assert capsys.readouterr().err.startswith("start.py: ")


def test_a_program_that_was_killed_is_a_failure() -> None:
    assert run([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]) == 137


def test_programs_see_no_other_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("PIP_USER", "1")
    code = "import os, sys; sys.exit('PYTHONPATH' in os.environ or os.environ['PIP_USER'] != '0')"
    assert run([sys.executable, "-c", code]) == 0


STOPPABLE = '''
import sys
from core.starting.processes import run
# a shell starts what it puts into the background with Ctrl-C ignored
child = """
import os, signal, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
print(os.getpid(), flush=True)
time.sleep(60)
"""
sys.exit(run([sys.executable, "-c", child]))
'''


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopping_it_stops_what_it_runs(number: signal.Signals) -> None:
    command = [sys.executable, "-c", STOPPABLE]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        # a terminal sends Ctrl-C to both, `kill` reaches the first alone
        for pid in [child, process.pid] if number == signal.SIGINT else [process.pid]:
            os.kill(pid, number)
        assert process.wait(timeout=10) == 128 + number
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
