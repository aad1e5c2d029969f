"""What `python start.py` does, in order: environment, sample, dashboard.

This room uses the standard library only, and nothing else of `core`: it runs before anything is installed.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from core.starting.environment import install, megabytes
from core.starting.processes import CannotStart, run
from core.starting.stamp import DEVELOPMENT, FULL, LIGHT, TESTS, Environment, wanted

ROOT = Path(__file__).resolve().parents[2]
FAILED, STOPPED = 1, 130
OFFLINE_TESTS = ("tests/unit", "tests/properties", "tests/contract", "tests/golden", "tests/pages")
NEITHER_BROWSER_NOR_REAL_DATA = "not e2e and not real and not thorough"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked; returns the exit code. What goes wrong is one line on stderr."""
    options = parser().parse_args(arguments)
    try:
        return carry_out(options, Environment(ROOT))
    except (CannotStart, OSError) as problem:
        print(f"start.py: {problem}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("start.py: stopped.", file=sys.stderr)
        return STOPPED


def parser() -> argparse.ArgumentParser:
    """The options of start.py."""
    found = argparse.ArgumentParser(
        prog="start.py", description="Install SSP Studio, prepare its sample, open the dashboard."
    )
    size = found.add_mutually_exclusive_group()
    size.add_argument("--light", action="store_true", help="without torch and what is built on it")
    size.add_argument("--full", action="store_true", help="install everything, also after --light")
    found.add_argument("--workspace", type=Path, metavar="DIR", help="the data's folder (default: workspace)")
    found.add_argument("--port", type=int, help="first port to try for the dashboard (default: 8501)")
    found.add_argument("--demo", action="store_true", help="open the recorded GPT-4 demo, not the sample")
    end = found.add_mutually_exclusive_group()
    end.add_argument("--no-serve", action="store_true", help="install and prepare, open no dashboard")
    end.add_argument("--install-only", action="store_true", help="install, nothing else")
    end.add_argument("--test", action="store_true", help="run the tests that need no browser, no network")
    found.add_argument("--dev", action="store_true", help="install everything, and what developers need")
    return found


def carry_out(options: argparse.Namespace, environment: Environment) -> int:
    """Install, then test, or prepare and serve; returns the exit code."""
    if install(environment, asked(options)):
        print(f"Installed: {environment.folder} takes {megabytes(environment)} MB.", flush=True)
    if set(wanted(environment, [])) <= {LIGHT, TESTS}:
        print("Light: neural embedders and .pth files need more: python start.py --full", flush=True)
    if options.install_only:
        return 0
    if options.test:
        return test(environment)
    place = workspace(options, environment)
    code = ssp(environment, "demo" if options.demo else "sample", "--workspace", place)
    return code if code or options.no_serve else serve(options, environment, place)


def asked(options: argparse.Namespace) -> list[str]:
    """The requirements files that the options name."""
    chosen = {LIGHT: options.light, FULL: options.full, TESTS: options.test, DEVELOPMENT: options.dev}
    return [name for name, yes in chosen.items() if yes]


def workspace(options: argparse.Namespace, environment: Environment) -> str:
    """The workspace: as named, else $SSP_WORKSPACE, else `workspace` in the project."""
    named = options.workspace or os.environ.get("SSP_WORKSPACE", "").strip() or environment.root / "workspace"
    return str(Path(named).expanduser().absolute())


def serve(options: argparse.Namespace, environment: Environment, place: str) -> int:
    """Open the dashboard; returns when it is stopped."""
    where = ["--workspace", str(Path(place) / "demo"), "--tour"] if options.demo else ["--workspace", place]
    return ssp(environment, "serve", *where, *([] if options.port is None else ["--port", str(options.port)]))


def ssp(environment: Environment, *arguments: str) -> int:
    """The command line of the environment, in the folder the user is in."""
    # as a module: the first line of the script `ssp` does not survive every path that a project can have
    return run([str(environment.python), "-P", "-m", "core.cli", *arguments])


def test(environment: Environment) -> int:
    """The offline tests; what more they could use is named where they skip it."""
    command = [str(environment.python), "-m", "pytest", "-n", "auto", "-m", NEITHER_BROWSER_NOR_REAL_DATA]
    return run([*command, *OFFLINE_TESTS], environment.root)
