"""The project's own Python environment: made, filled, repaired.

A mark is there from the first to the last moment of an installation. One that is found later was left by a
killed process, and what else that one left is thrown away: pip takes half a package for a whole one.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from core.starting.processes import CannotStart, alone, clean_variables, run
from core.starting.stamp import Environment, is_stamped, read_stamp, wanted, write_stamp

IS_USABLE = "import sys, importlib.util as u; sys.exit(sys.version_info < (3, 11) or not u.find_spec('pip'))"


def install(environment: Environment, asked: Sequence[str]) -> bool:
    """Have everything installed that was asked for now or before; returns whether there was anything to do.

    Args:
        asked: requirements files; none means what is there already, or everything in a new environment.

    Raises:
        CannotStart: the environment cannot be made, or pip could not install.
    """
    if _is_ready(environment, asked):
        return False
    environment.folder.mkdir(exist_ok=True)
    with alone(environment.lock):
        if _is_ready(environment, asked):  # another start.py did it while we waited
            return False
        files = wanted(environment, asked)
        _make_usable(environment)
        environment.mark.touch()
        _pip(environment, files)
        write_stamp(environment, files)
        environment.mark.unlink()
    return True


def megabytes(environment: Environment) -> int:
    """What the environment's files hold, in MB (10^6 bytes)."""
    total = 0
    for folder, _, names in os.walk(environment.folder):
        total += sum(os.lstat(os.path.join(folder, name)).st_size for name in names)  # noqa: PTH118 - many files
    return round(total / 1e6)


def _is_ready(environment: Environment, asked: Sequence[str]) -> bool:
    return is_stamped(environment, wanted(environment, asked)) and _is_usable(environment)


def _is_usable(environment: Environment) -> bool:
    """Whether the environment's Python runs, is new enough and has pip."""
    if not environment.python.exists():
        return False
    command = [str(environment.python), "-c", IS_USABLE]
    try:
        done = subprocess.run(command, capture_output=True, env=clean_variables(), check=False)
    except OSError:
        return False
    return done.returncode == 0


def _make_usable(environment: Environment) -> None:
    """Keep an environment that works; make one where there is none, or where ours was torn or moved."""
    stamp, interrupted = read_stamp(environment), environment.mark.exists()
    moved = bool(stamp) and stamp.get("root") != str(environment.root)
    if _is_usable(environment) and not interrupted and not moved:
        return
    empty = all(path == environment.lock for path in environment.folder.iterdir())
    if not (stamp or interrupted or empty):
        raise CannotStart(
            f"{environment.folder} is no working environment of Python 3.11 or newer, and start.py did not "
            "make it. Delete or rename that folder, then start again."
        )
    if not empty:
        why = "an installation was interrupted" if interrupted else "the project or its Python has changed"
        print(f"Making the environment again, because {why}.", flush=True)
    _make(environment)


def _make(environment: Environment) -> None:
    for name in ("venv", "ensurepip"):
        if importlib.util.find_spec(name) is None:
            raise CannotStart(
                f"this Python ({sys.executable}) came without its module {name}. Install it (on Debian and "
                "Ubuntu: apt install python3-venv), or start with another Python."
            )
    if Path(sys.prefix).resolve() == environment.folder.resolve():
        raise CannotStart(
            f"{environment.folder} has to be made again, but its own Python runs this. "
            "Leave it (deactivate) and start with the Python outside of it."
        )
    environment.mark.touch()
    _clear(environment)
    command = [sys.executable, "-m", "venv", str(environment.folder)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines() or ["no message"]
        raise CannotStart(f"{environment.folder} could not be made: {said[-1]}")


def _clear(environment: Environment) -> None:
    """Empty the environment's folder, all but the mark and the lock that this process holds."""
    for path in environment.folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path not in {environment.lock, environment.mark}:
            path.unlink()


def _pip(environment: Environment, files: Sequence[str]) -> None:
    """Install. Modules are compiled when they are first used: half the time, a fifth less on the disk."""
    print(f"Installing {' and '.join(files)} into {environment.folder} (minutes) ...", flush=True)
    options = ["--no-compile", "--disable-pip-version-check", *([] if sys.stdout.isatty() else ["--quiet"])]
    for name in files:
        options += ["-r", name]
    if run([str(environment.python), "-m", "pip", "install", *options], environment.root):
        if not is_torn(environment):
            environment.mark.unlink()
        raise CannotStart(
            "pip did not install everything; its own message is above. If it met no network or a proxy, "
            "set those (pip config) and start again: what was fetched is kept."
        )


def is_torn(environment: Environment) -> bool:
    """Whether pip stopped inside a package: its last note is missing, or half of an old one remains."""
    for pattern in ("lib/python*/site-packages", "Lib/site-packages"):
        for place in environment.folder.glob(pattern):
            if any(place.glob("~*")):
                return True
            if any(not (notes / "INSTALLER").exists() for notes in place.glob("*.dist-info")):
                return True
    return False
