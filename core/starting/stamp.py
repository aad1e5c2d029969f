"""What is installed in `.venv`: a stamp, written when an installation has ended, names it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIGHT, FULL = "requirements-light.txt", "requirements.txt"
TESTS, DEVELOPMENT = "requirements-test.txt", "requirements-dev.txt"
INCLUDES = {LIGHT: set[str](), FULL: {LIGHT}, TESTS: set[str](), DEVELOPMENT: {LIGHT, FULL, TESTS}}
"""The requirements files, with those that they leave nothing to install of."""


@dataclass(frozen=True)
class Environment:
    """The project's own Python environment: the folder `.venv` in `root`."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def stamp(self) -> Path:
        return self.folder / "installed.json"

    @property
    def mark(self) -> Path:
        """There while an installation is under way, and after one that was killed."""
        return self.folder / "installing"

    @property
    def lock(self) -> Path:
        return self.folder / "lock"


def wanted(environment: Environment, asked: Sequence[str]) -> list[str]:
    """What is to be there: what was asked for or installed before, without what is included.

    A new environment gets everything, or the light part when only tests were asked for.
    """
    files = {*asked, *read_stamp(environment).get("files", [])} & INCLUDES.keys()
    if files <= {TESTS}:
        files.add(LIGHT if files else FULL)
    included = {name for file in files for name in INCLUDES[file]}
    return sorted(files - included)


def is_stamped(environment: Environment, files: Sequence[str]) -> bool:
    """Whether exactly these files were installed here, as they are now, and nothing was killed since."""
    return read_stamp(environment) == _stamp(environment, files) and not environment.mark.exists()


def read_stamp(environment: Environment) -> dict[str, Any]:
    """The stamp; nothing where there is none that can be read."""
    try:
        stamp = json.loads(environment.stamp.read_text("utf8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(environment: Environment, files: Sequence[str]) -> None:
    """Say that these files are installed: all of the stamp or none of it."""
    fresh = environment.stamp.with_suffix(".new")
    fresh.write_text(json.dumps(_stamp(environment, files), indent=1), "utf8")
    fresh.replace(environment.stamp)


def _stamp(environment: Environment, files: Sequence[str]) -> dict[str, Any]:
    root = environment.root
    return {"files": list(files), "root": str(root), "digest": digest(root, files)}


def digest(root: Path, files: Sequence[str]) -> str:
    """SHA-256 over requirements files, those they include, and the project's own packaging."""
    found = hashlib.sha256()
    for name in [*with_includes(root, files), "pyproject.toml"]:
        found.update(f"{name}\n".encode() + (root / name).read_bytes() + b"\n")
    return found.hexdigest()


def with_includes(root: Path, files: Sequence[str]) -> list[str]:
    """Requirements files and those they include with `-r`, each once."""
    names = list(files)
    for name in names:  # grows while it is read
        for line in (root / name).read_text("utf8").splitlines():
            other = line.removeprefix("-r").strip()
            if line.startswith("-r") and other not in names:
                names.append(other)
    return names
