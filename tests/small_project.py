"""A project as `start.py` sees one: requirements files, and a package to install that lies beside them."""

from __future__ import annotations

import zipfile
from pathlib import Path

from core.starting.stamp import Environment, write_stamp

FILES = ("requirements.txt", "requirements-light.txt", "requirements-test.txt", "requirements-dev.txt")


def small_project(root: Path, version: str = "1.0") -> Environment:
    """Every requirements file asks for `tiny`, found in the folder `wheels` and nowhere else."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "pyproject.toml").write_text("", "utf8")
    wheel(root / "wheels", version)
    for name in FILES:
        (root / name).write_text(f"--no-index\n--find-links wheels\ntiny=={version}\n", "utf8")
    return Environment(root)


def wheel(folder: Path, version: str) -> None:
    """The smallest package that pip installs."""
    folder.mkdir(exist_ok=True)
    notes = f"tiny-{version}.dist-info"
    held = {
        "tiny.py": f"version = {version!r}\n",
        f"{notes}/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
        f"{notes}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in (*held, f"{notes}/RECORD"))
    with zipfile.ZipFile(folder / f"tiny-{version}-py3-none-any.whl", "w") as archive:
        for name, text in {**held, f"{notes}/RECORD": record}.items():
            archive.writestr(name, text)


def pretended(root: Path, *files: str, code: int = 0) -> Environment:
    """A project whose environment is there already; its Python only writes down how it was called."""
    environment = small_project(root)
    environment.python.parent.mkdir(parents=True)
    answer = f'#!/bin/sh\n[ "$1" = -c ] && exit 0\necho "$(pwd): $*" >> "{root}/calls"\nexit {code}\n'
    environment.python.write_text(answer, "utf8")
    environment.python.chmod(0o755)
    write_stamp(environment, sorted(files or ("requirements.txt",)))
    return environment


def calls(environment: Environment) -> list[str]:
    """How a pretended Python was called: its arguments."""
    written = environment.root / "calls"
    lines = written.read_text("utf8").splitlines() if written.exists() else []
    return [line.partition(": ")[2] for line in lines]
