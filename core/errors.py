"""One tree of errors: what happened, where, and what to do next, each with a stable code."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class StudioError(Exception):
    """Any error a user can meet.

    Attributes:
        code: stable, machine-readable name of the kind of error.
        exit_code: what the command line exits with (2 = input, 3 = the store is in use).
    """

    code = "error"
    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class FormatError(StudioError):
    """A file does not hold what its format promises. `line` counts from 1; 0 = the whole file."""

    code = "format"

    def __init__(self, path: str, line: int, message: str, hint: str = "") -> None:
        where = f"{path}:{line}" if line else path
        super().__init__(f"{where}: {message}", hint)
        self.path = path
        self.line = line
        self.problem = message


class UnknownName(StudioError):
    """A name that is not known; says which ones are near."""

    code = "unknown_name"

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str = "") -> None:
        names = sorted(known)
        near = get_close_matches(name, names, n=3, cutoff=0.5)
        if near:
            hint = f"Did you mean {' or '.join(near)}? {hint}".strip()
        elif names and len(names) <= 20:
            hint = f"Known: {', '.join(names)}. {hint}".strip()
        super().__init__(f"unknown {kind} {name!r}.", hint)


class RecipeError(StudioError):
    """A recipe or one of its settings cannot be carried out."""

    code = "recipe"


class NoRecordedCalls(RecipeError):
    """Replay was asked for, but the data set holds no recorded calls, or not this one."""

    code = "no_recorded_calls"


class DownloadError(StudioError):
    """A public file could not be fetched."""

    code = "download"


class ConflictError(StudioError):
    """Somebody else changed the same thing first."""

    code = "conflict"


class StoreLocked(StudioError):
    """Another process holds the workspace's database."""

    code = "store_locked"
    exit_code = 3

    def __init__(self, path: str, pid: int | None, *, url: str = "", command: str = "") -> None:
        if url:
            message = f"the workspace of {path} is open in SSP Studio at {url} (process {pid})."
            hint = "Use its pages, or close it and give the command again."
        else:
            holder = f"process {pid}" if pid else "another process"
            said = f" ({command})" if command else ""
            message = f"the workspace database {path} is held by {holder}{said}."
            hint = "Wait until it has ended, or stop it."
        super().__init__(message, hint)
        self.pid = pid


class StoreDamaged(StudioError):
    """The workspace's database cannot be read."""

    code = "store_damaged"


class Cancelled(StudioError):
    """The user stopped a job."""

    code = "cancelled"
    exit_code = 130
