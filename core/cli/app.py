"""Every command of `ssp`; each one opens the workspace, calls the engine and prints."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from core import world
from core.cli.output import StderrReport
from core.embedding_cache import kept_in
from core.errors import StudioError
from core.settings import Settings, settings, with_workspace
from core.store import Store

app = typer.Typer(
    name="ssp",
    help="Label low-resource languages by self-supervised prompting.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

USAGE_ERROR, STOPPED = 2, 130

Workspace = Annotated[
    Path | None,
    typer.Option("--workspace", help="Folder of the workspace (default: $SSP_WORKSPACE, else ./workspace)."),
]
Json = Annotated[bool, typer.Option("--json", help="Print exactly one JSON document.")]


def configured(workspace: Path | None) -> Settings:
    """The settings, with the workspace the user named."""
    return settings() if workspace is None else with_workspace(workspace.expanduser())


@contextmanager
def opened(workspace: Path | None) -> Iterator[tuple[Store, Settings]]:
    """The workspace's store for the length of one command."""
    chosen = configured(workspace)
    with Store.open(chosen.workspace) as store, kept_in(chosen.embeddings), world.kept_in(chosen.models):
        yield store, chosen


@contextmanager
def progress() -> Iterator[StderrReport]:
    report = StderrReport()
    try:
        yield report
    finally:
        report.close()


def main() -> None:
    """Entry point: a user's error is one line on stderr and an exit code, never a traceback."""
    try:
        code = _command()(sys.argv[1:] or ["--help"], standalone_mode=False)
    except StudioError as error:
        sys.exit(_complain(str(error), error.exit_code))
    except TyperException as error:
        sys.exit(_complain(f"{error.format_message().rstrip('.')}. Ask `ssp --help`.", USAGE_ERROR))
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(_complain("stopped.", STOPPED))
    except RuntimeError as error:
        if str(error) != "Query interrupted":  # how DuckDB answers Ctrl-C
            raise
        sys.exit(_complain("stopped.", STOPPED))
    if code == STOPPED:  # how typer answers Ctrl-C
        _complain("stopped.", STOPPED)
    sys.exit(code if isinstance(code, int) else 0)


@cache
def _command() -> Callable[..., object]:
    """All commands as one: every module of this package adds its own when it is imported."""
    package = importlib.import_module("core.cli")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name != "__main__":
            importlib.import_module(f"core.cli.{module.name}")
    return typer.main.get_command(app)


def _complain(message: str, code: int) -> int:
    print(f"error: {' '.join(message.split())}", file=sys.stderr)
    return code
