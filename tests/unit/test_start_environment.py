"""start.py and its environment: made once, kept, made again when it cannot be trusted. Real pip."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from core.starting.environment import install, is_torn, megabytes
from core.starting.processes import CannotStart, alone
from core.starting.stamp import FULL, LIGHT, Environment, read_stamp, write_stamp
from tests.small_project import small_project, wheel

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.thorough]


def version(environment: Environment) -> str:
    """Of the package in the environment."""
    command = [environment.python, "-c", "import tiny; print(tiny.version)"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def packages(environment: Environment) -> Path:
    (found,) = environment.folder.glob("lib/python*/site-packages")
    return found


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """A small project, installed."""
    made = small_project(tmp_path / "a project")
    assert install(made, [LIGHT])
    return made


def test_installed_once_and_kept(environment: Environment) -> None:
    assert version(environment) == "1.0"
    assert not environment.mark.exists()
    assert 5 < megabytes(environment) < 100
    began = time.monotonic()
    assert not install(environment, [])
    assert not install(environment, [LIGHT])
    assert time.monotonic() - began < 1
    assert install(environment, [FULL])
    assert read_stamp(environment)["files"] == [FULL]


def test_other_requirements_are_installed_into_the_same_environment(environment: Environment) -> None:
    kept = packages(environment) / "of_the_user.py"
    kept.touch()
    small_project(environment.root, "2.0")
    assert install(environment, [])
    assert version(environment) == "2.0"
    assert kept.exists()
    (environment.root / "pyproject.toml").write_text("# another\n", "utf8")
    assert install(environment, [])
    assert not install(environment, [])


def test_an_interrupted_installation_is_made_again(
    environment: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half a package is there, and pip would take it for a whole one."""
    (packages(environment) / "tiny.py").unlink()
    environment.mark.touch()
    assert install(environment, [])
    assert version(environment) == "1.0"
    assert "interrupted" in capsys.readouterr().out
    assert read_stamp(environment)["files"] == [LIGHT]


def test_a_project_that_moved_gets_an_environment_of_its_place(
    environment: Environment, tmp_path: Path
) -> None:
    moved = Environment(environment.root.rename(tmp_path / "moved"))
    assert install(moved, [])
    script = (moved.folder / "bin" / "pip").read_text("utf8")
    assert str(moved.folder) in script


def test_a_python_that_went_away_is_replaced(environment: Environment) -> None:
    environment.python.unlink()
    environment.python.symlink_to("/nowhere/python3")
    assert install(environment, [])
    assert version(environment) == "1.0"


def test_what_pip_cannot_find_leaves_the_old_environment(
    environment: Environment, capfd: pytest.CaptureFixture[str]
) -> None:
    (environment.root / LIGHT).write_text("--no-index\ntiny==3.0\n", "utf8")
    with pytest.raises(CannotStart, match="pip did not install everything"):
        install(environment, [])
    assert "tiny==3.0" in capfd.readouterr().err
    assert version(environment) == "1.0"
    small_project(environment.root, "1.0")
    assert not install(environment, []), "nothing was changed, so there is nothing to do"


def test_what_pip_leaves_torn_is_not_trusted(environment: Environment) -> None:
    assert not is_torn(environment)
    (packages(environment) / "tiny-1.0.dist-info" / "INSTALLER").unlink()
    assert is_torn(environment)
    (environment.root / LIGHT).write_text("--no-index\ntiny==3.0\n", "utf8")
    with pytest.raises(CannotStart):
        install(environment, [])
    assert environment.mark.exists()
    (packages(environment) / "tiny-1.0.dist-info" / "INSTALLER").touch()
    (packages(environment) / "~iny").mkdir()
    assert is_torn(environment)


def test_an_environment_of_somebody_else_is_kept_when_it_works_and_never_deleted(tmp_path: Path) -> None:
    environment = small_project(tmp_path)
    subprocess.run([sys.executable, "-m", "venv", environment.folder], check=True)
    kept = packages(environment) / "of_the_user.py"
    kept.touch()
    assert install(environment, [])
    assert kept.exists()
    environment.stamp.unlink()
    environment.python.unlink()
    with pytest.raises(CannotStart, match="Delete or rename that folder"):
        install(environment, [])
    assert kept.exists()


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == module else object())
    with pytest.raises(CannotStart, match=f"without its module {module}. Install it .*python3-venv"):
        install(small_project(tmp_path), [])


def test_an_environment_is_not_deleted_under_the_python_that_runs(
    environment: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment.mark.touch()
    monkeypatch.setattr(sys, "prefix", str(environment.folder))
    with pytest.raises(CannotStart, match="deactivate"):
        install(environment, [])
    assert version(environment) == "1.0"


def test_a_venv_that_fails_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho first >&2\necho no space left >&2\nexit 1\n", "utf8")
    broken.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(broken))
    with pytest.raises(CannotStart, match="could not be made: no space left"):
        install(small_project(tmp_path / "project"), [])


INSTALL = """
import sys
from pathlib import Path
from core.starting.environment import install
from core.starting.stamp import LIGHT, Environment
install(Environment(Path(sys.argv[1])), [LIGHT])
"""


def test_one_that_is_killed_while_it_installs_is_repaired(tmp_path: Path) -> None:
    """At six moments of an installation, in turn; what they leave is made whole by the next start."""
    environment = small_project(tmp_path / "project")
    torn = 0
    for moment in (0.2, 0.7, 1.2, 1.7, 2.2, 2.7):
        with subprocess.Popen(
            [sys.executable, "-c", INSTALL, environment.root],
            cwd=ROOT,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
        ) as process:
            time.sleep(moment)
            os.killpg(process.pid, 9)
        torn += environment.mark.exists()
    assert torn
    install(environment, [LIGHT])
    assert version(environment) == "1.0"
    assert not environment.mark.exists()


def test_two_at_once_install_one_after_the_other(tmp_path: Path) -> None:
    environment = small_project(tmp_path)
    command = [sys.executable, "-c", INSTALL, environment.root]
    started = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(2)
    ]
    said = [process.communicate()[0] for process in started]
    assert [process.returncode for process in started] == [0, 0], said
    assert sum("Installing" in words for words in said) == 1
    assert sum("waiting for it" in words for words in said) == 1
    assert version(environment) == "1.0"


def test_the_second_waits_until_the_first_is_done(tmp_path: Path) -> None:
    order: list[str] = []

    def second() -> None:
        with alone(tmp_path / "lock"):
            order.append("second")

    thread = threading.Thread(target=second)
    with alone(tmp_path / "lock"):
        thread.start()
        time.sleep(0.3)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_stamp_is_whole_or_not_there(environment: Environment) -> None:
    wheel(environment.root / "wheels", "9.9")
    write_stamp(environment, [LIGHT])
    assert not list(environment.folder.glob("*.new"))
