"""Uploaded files while they are looked at: in the workspace, under names of our own, never for long."""

from __future__ import annotations

import hashlib
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

FOLDER = "uploads"
LONGEST_STAY = 24 * 3600
"""Seconds after which a file that nobody removed is removed."""
OWNER = re.compile(r"[0-9a-f]{16,64}")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file a user gave. `name` is what it was called there, for the eye alone."""

    id: str
    path: Path
    name: str
    sha256: str
    size: int


def store(
    workspace: Path, owner: str, role: str, *, file_id: str, name: str, content: memoryview | bytes
) -> Upload:
    """Put a file where the engine can read it, in place of the one its owner had in this role.

    Args:
        owner: a random name of the session, hexadecimal.
        role: `file`, `translation` or `labels`; of the user's own name only a plain suffix is taken over.

    Raises:
        ValueError: the owner is no such name. OSError: there is no room.
    """
    sweep(workspace)
    folder = _folder(workspace, owner)
    remove(workspace, owner, role)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    shown = _called(name)
    path = folder / f"{role}{_suffix(shown)}"
    path.write_bytes(content)
    return Upload(file_id, path, shown, hashlib.sha256(content).hexdigest(), len(content))


def remove(workspace: Path, owner: str, role: str = "") -> None:
    """Remove what an owner has in a role, or everything."""
    folder = _folder(workspace, owner)
    for path in _inside(folder):
        if not role or path.name.partition(".")[0] == role:
            path.unlink(missing_ok=True)
    with suppress(OSError):  # absent, or another role's file is in it
        folder.rmdir()


def sweep(workspace: Path) -> None:
    """Remove what has stayed too long, whoever left it."""
    oldest = time.time() - LONGEST_STAY
    for folder in _inside(workspace / FOLDER):
        with suppress(OSError):
            newest = max((path.stat().st_mtime for path in _inside(folder)), default=0.0)
            if max(newest, folder.stat().st_mtime) < oldest:
                shutil.rmtree(folder, ignore_errors=True)


def _folder(workspace: Path, owner: str) -> Path:
    if not OWNER.fullmatch(owner):
        raise ValueError(f"{owner!r} is no owner of uploads")
    return workspace / FOLDER / owner


def _inside(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from sorted(folder.iterdir())


def _called(name: str) -> str:
    """The last part of a file name, without what cannot be shown."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(char for char in last if char.isprintable()).strip()[:200] or "file"


def _suffix(name: str) -> str:
    """Formats are guessed by the suffix, packed or not: `.tsv`, `.conllu.gz`."""
    found = re.search(r"(\.[A-Za-z0-9]{1,10})?\.[A-Za-z0-9]{1,10}$", name)
    return found[0].lower() if found else ""
